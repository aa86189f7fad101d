"""What only the command ``ensure`` does."""

from ..cli.credentials import answer
from ..cli.files import new_secret_file
from ..cli.files import STANDARD_OUTPUT
from ..cli.options import given_options
from ..cli.outcomes import Absent
from ..cli.outcomes import Answer
from ..cli.session import committed
from ..cli.session import Session
from ..core.clock import now
from ..storage.servicekeys import ServiceKey
from .interfaces import IKeyMaterial
from .interfaces import IServiceKeyOptions
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
