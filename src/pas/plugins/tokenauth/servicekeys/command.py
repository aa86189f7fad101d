"""What only commands for service keys do: ``ensure`` and ``end-key-pair``."""

from ..cli.credentials import answer
from ..cli.files import new_secret_file
from ..cli.files import STANDARD_OUTPUT
from ..cli.options import given_options
from ..cli.outcomes import Absent
from ..cli.outcomes import Answer
from ..cli.questions import confirm
from ..cli.session import committed
from ..cli.session import Session
from ..core.clock import now
from ..credentials.serializers import serialize_credential
from ..credentials.service import credential_of
from ..storage.interfaces import ICredential
from ..storage.servicekeys import ServiceKey
from .interfaces import IKeyMaterial
from .interfaces import IServiceKeyOptions
from .kind import SERVICE_KEY
from .service import end_key_pair
from .service import ensure_service_key
from .service import EnsuredServiceKey
from .service import named_service_key
from .service import replaces_public_key
from pathlib import Path
from typing import Any


def ensure(session: Session, arguments: Any) -> Answer:
    """Issue a key under a name, or correct the one that is there."""
    site, owner, name = session.site, arguments.user, arguments.name
    material = given_options(IKeyMaterial, arguments, now())

    def change() -> EnsuredServiceKey:
        at = now()
        known = named_service_key(site, owner, name, at)
        made_at = at
        if known is not None and not replaces_public_key(known, material, at):
            # A lifetime counts from the same time with every call.
            made_at = known.secret_made_at
        options = given_options(IServiceKeyOptions, arguments, made_at)
        options["title"] = arguments.title or name
        ensured = ensure_service_key(
            site, session.requester, owner, name, options, at, material
        )
        if ensured.issued is not None:
            keyfile.write(ensured.issued.text)
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
    return answer(
        session,
        arguments,
        done,
        keyfile,
        ensured.service_key,
        ensured.issued,
        changed=ensured.changed,
    )


def end(session: Session, arguments: Any) -> Answer:
    """End a key pair."""
    site, requester = session.site, session.requester
    confirm(arguments, f"End the key pair {arguments.kid} for good?")

    def change() -> ICredential:
        key: Any = credential_of(site, requester, arguments.id, SERVICE_KEY)
        end_key_pair(site, requester, key, arguments.kid, now())
        return key

    key = committed(change)
    text = f"The key pair {arguments.kid} of {key.credential_id} has ended."
    return Answer(serialize_credential(site, key, now()), text)


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
