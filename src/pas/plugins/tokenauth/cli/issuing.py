"""Issuing service keys: ``issue``, ``ensure`` and ``rotate``."""

from ..core.clock import now
from ..core.scopes import READ
from ..credentials.options import ServiceKeyOptions
from ..credentials.serializers import serialize_time
from ..servicekeys.ensure import ensure_service_key
from ..servicekeys.ensure import EnsuredServiceKey
from ..servicekeys.ensure import replaces_public_key
from ..servicekeys.find import named_service_key
from ..servicekeys.serializers import serialize_issued_key
from ..servicekeys.serializers import serialize_service_key
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


def issue(session: Session, arguments: Any) -> Answer:
    """Issue a key to a user."""
    material = key_material(arguments)
    idempotency_key = secrets.token_hex()

    def change() -> IssuedServiceKey:
        at = now()
        issued = issue_service_key(
            session.site,
            session.requester,
            _limits(arguments, arguments.title, at),
            at,
            idempotency_key,
            material=material,
            owner=arguments.user,
            name=arguments.name,
        )
        keyfile.write(_as_text(issued.keyfile))
        return issued

    with new_secret_file(arguments.output) as keyfile:
        keyfile.create()
        issued = committed(change)
    return _answer(session, "Issued", keyfile, issued.service_key, issued)


def ensure(session: Session, arguments: Any) -> Answer:
    """Issue a key under a name, or correct the one that is there."""
    material = key_material(arguments)
    site, owner, name = session.site, arguments.user, arguments.name

    def change() -> EnsuredServiceKey:
        at = now()
        known = named_service_key(site, owner, name, at)
        made_at = at
        if known is not None and not replaces_public_key(known, material, at):
            # A lifetime counts from the same time with every call.
            made_at = known.secret_made_at
        options = _limits(arguments, arguments.title or name, made_at)
        ensured = ensure_service_key(
            site, session.requester, owner, name, options, at, material=material
        )
        if ensured.issued is not None:
            keyfile.write(_as_text(ensured.issued.keyfile))
        else:
            # Somebody else may have issued it, and this transaction is repeated.
            keyfile.discard()
            _check_keyfile(arguments, ensured.service_key)
        return ensured

    with new_secret_file(arguments.output) as keyfile:
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


def rotate(session: Session, arguments: Any) -> Answer:
    """Add a key pair to a key."""
    material = key_material(arguments)

    def change() -> IssuedServiceKey:
        at = now()
        issued = rotate_service_key(
            session.site,
            session.requester,
            arguments.client_id,
            at,
            arguments.overlap,
            material=material,
            expires_at=(
                expires_at(arguments.expires, at)
                if "expires" in arguments
                else "unchanged"
            ),
        )
        keyfile.write(_as_text(issued.keyfile))
        return issued

    with new_secret_file(arguments.output) as keyfile:
        keyfile.create()
        issued = committed(change)
    return _answer(session, "Rotated", keyfile, issued.service_key, issued)


def _limits(arguments: Any, title: str, made_at: float) -> ServiceKeyOptions:
    return ServiceKeyOptions(
        title=title,
        ip_ranges=arguments.ip,
        expires_at=expires_at(arguments.expires, made_at),
        scopes=tuple(arguments.scope or (READ,)),
        may_impersonate=arguments.may_impersonate,
        require_jti=arguments.require_jti,
    )


def _check_keyfile(arguments: Any, service_key: ServiceKey) -> None:
    """Whoever relies on the keyfile learns at once that it is gone."""
    if arguments.public_key is not None or arguments.output == STANDARD_OUTPUT:
        return
    if Path(arguments.output).exists():
        return
    raise Absent(
        f"The key {service_key.client_id} is there, but its keyfile"
        f" {arguments.output} is not, and it cannot be had again. Make a new one:"
        f" tokenauth rotate {service_key.client_id} --overlap 0d"
        f" --output {arguments.output}"
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
        document = serialize_issued_key(session.site, issued, now())
        return Answer({**document, **members}, _as_text(issued.keyfile))
    document = serialize_service_key(session.site, service_key, now())
    end = serialize_time(service_key.expires_at) or "never"
    text = f"{done} {service_key.client_id} of {service_key.owner}, expires: {end}."
    if keyfile.path is not None:
        text += f" Keyfile: {keyfile.path}"
    return Answer({**document, **members, "output": keyfile.path}, text)


def _as_text(keyfile: dict[str, Any]) -> str:
    """A keyfile as people see it."""
    return json.dumps(keyfile, indent=2)
