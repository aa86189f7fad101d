"""``reseal``: after it, older sealing keys can go."""

from ..sealing.configuration import SealingOff
from ..sealing.keyring import CannotOpen
from ..sealing.sealer import reseal as reseal_site
from .answers import Answer
from .failures import CommandFailed
from .session import Session
from .transactions import committed
from typing import Any


def reseal(session: Session, arguments: Any) -> Answer:
    """Seal again with the newest key what an older one has sealed."""
    try:
        count = committed(lambda: reseal_site(session.site))
    except SealingOff as off:
        raise CommandFailed(f"Nothing can be sealed: {off}.") from None
    except CannotOpen:
        raise CommandFailed(
            "A secret was sealed by a key that is missing. Nothing was done: add that"
            " key, on a line of its own behind the newest."
        ) from None
    return Answer({"resealed": count}, f"Secrets that were sealed again: {count}.")
