"""Issuing service keys: ``issue``, ``ensure`` and ``rotate``."""

from ..core.clock import now
from ..core.scopes import WRITE
from ..credentials.options import ServiceKeyLimits
from ..credentials.serializers import time_document
from ..servicekeys.ensure import ensure_service_key
from ..servicekeys.ensure import EnsuredServiceKey
from ..servicekeys.ensure import replaces_public_key
from ..servicekeys.find import named_service_key
from ..servicekeys.serializers import issued_document
from ..servicekeys.serializers import service_key_document
from ..servicekeys.service import issue_service_key
from ..servicekeys.service import IssuedServiceKey
from ..servicekeys.service import rotate_service_key
from ..storage.servicekeys import ServiceKey
from .answers import Answer
from .failures import Absent
from .publickeys import key_material
from .secretfiles import new_secret_file
from .secretfiles import NewSecretFile
from .secretfiles import STANDARD_OUTPUT
from .session import Session
from .transactions import committed
from .values import expires_at
from pathlib import Path
from typing import Any

import json
import secrets


def issue(session: Session, options: Any) -> Answer:
    """Issue a key to a user."""
    material = key_material(options)
    once = secrets.token_hex()

    def change() -> IssuedServiceKey:
        at = now()
        issued = issue_service_key(
            session.server,
            session.actor,
            _limits(options, options.title, at),
            at,
            once,
            material=material,
            owner=options.user,
            name=options.name,
        )
        keyfile.write(_as_text(issued.keyfile))
        return issued

    with new_secret_file(options.output) as keyfile:
        keyfile.create()
        issued = committed(change)
    return _answer(session, "Issued", keyfile, issued.service_key, issued)


def ensure(session: Session, options: Any) -> Answer:
    """Issue a key under a name, or correct the one that is there."""
    material = key_material(options)
    server, owner, name = session.server, options.user, options.name

    def change() -> EnsuredServiceKey:
        at = now()
        known = named_service_key(server, owner, name, at)
        made_at = at
        if known is not None and not replaces_public_key(known, material, at):
            # A lifetime counts from the same time with every call.
            made_at = known.secret_made_at
        limits = _limits(options, options.title or name, made_at)
        ensured = ensure_service_key(
            server, session.actor, owner, name, limits, at, material=material
        )
        if ensured.issued is not None:
            keyfile.write(_as_text(ensured.issued.keyfile))
        else:
            # Somebody else may have issued it, and this transaction is repeated.
            keyfile.discard()
            _check_keyfile(options, ensured.service_key)
        return ensured

    with new_secret_file(options.output) as keyfile:
        ensured = committed(change)
    done = "Unchanged:"
    if ensured.changed:
        done = "Issued" if ensured.created else "Corrected"
    return _answer(
        session,
        done,
        keyfile,
        ensured.service_key,
        ensured.issued,
        changed=ensured.changed,
    )


def rotate(session: Session, options: Any) -> Answer:
    """Add a key pair to a key."""
    material = key_material(options)

    def change() -> IssuedServiceKey:
        at = now()
        issued = rotate_service_key(
            session.server,
            session.actor,
            options.client_id,
            at,
            options.overlap,
            material=material,
            expires_at=(
                expires_at(options.expires, at) if "expires" in options else "unchanged"
            ),
        )
        keyfile.write(_as_text(issued.keyfile))
        return issued

    with new_secret_file(options.output) as keyfile:
        keyfile.create()
        issued = committed(change)
    return _answer(session, "Rotated", keyfile, issued.service_key, issued)


def _limits(options: Any, title: str, made_at: float) -> ServiceKeyLimits:
    return ServiceKeyLimits(
        title=title,
        ip_ranges=options.ip,
        expires_at=expires_at(options.expires, made_at),
        scopes=tuple(options.scope or (WRITE,)),
        may_impersonate=options.may_impersonate,
        may_manage_users=options.may_manage_users,
        require_jti=options.require_jti,
    )


def _check_keyfile(options: Any, service_key: ServiceKey) -> None:
    """Whoever relies on the keyfile learns at once that it is gone."""
    if options.public_key is not None or options.output == STANDARD_OUTPUT:
        return
    if Path(options.output).exists():
        return
    raise Absent(
        f"The key {service_key.client_id} is there, but its keyfile {options.output} is"
        " not, and it cannot be had again. Make a new one: tokenauth rotate"
        f" {service_key.client_id} --overlap 0d --output {options.output}"
    )


def _answer(
    session: Session,
    done: str,
    keyfile: NewSecretFile,
    service_key: ServiceKey,
    issued: IssuedServiceKey | None,
    **members: Any,
) -> Answer:
    if issued is not None and keyfile.is_printed:
        document = issued_document(session.server, issued, now())
        return Answer({**document, **members}, _as_text(issued.keyfile))
    document = service_key_document(session.server, service_key, now())
    end = time_document(service_key.expires_at) or "never"
    text = f"{done} {service_key.client_id} of {service_key.owner}, expires: {end}."
    if keyfile.path is not None:
        text += f" Keyfile: {keyfile.path}"
    return Answer({**document, **members, "output": keyfile.path}, text)


def _as_text(keyfile: dict[str, Any]) -> str:
    """A keyfile as people see it."""
    return json.dumps(keyfile, indent=2)
