"""``signing-keys``: lists the keys with which the site signs, and makes new ones."""

from ..cli.outcomes import Answer
from ..cli.outcomes import CommandFailed
from ..cli.session import committed
from ..cli.session import Session
from ..cli.tables import as_table
from ..core.clock import now
from ..core.times import serialize_time
from ..sealing.configuration import SealingOff
from .signingkeys import KeyState
from .signingkeys import SigningKeyRing
from typing import Any


COLUMNS = ("kid", "algorithm", "state", "made", "until")


def signing_keys(session: Session, arguments: Any) -> Answer:
    """List the keys, after making new ones if that is asked for."""
    ring = SigningKeyRing(session.site)
    requester = session.requester.name
    try:
        if arguments.replace:
            committed(lambda: ring.replace(requester, now()))
        elif arguments.rotate and not committed(lambda: ring.rotate(requester, now())):
            raise CommandFailed("There are new keys already, which do not sign yet.")
    except SealingOff as off:
        raise CommandFailed(f"Nothing can be sealed: {off}.") from None
    documents = [_serialized(state) for state in ring.states(now())]
    text = as_table(documents, COLUMNS) if documents else "There are no signing keys."
    return Answer(documents, text)


def _serialized(state: KeyState) -> dict[str, Any]:
    return {
        "kid": state.public_key.kid,
        "algorithm": state.public_key.algorithm,
        "state": state.state,
        "made": serialize_time(state.public_key.added_at),
        "until": serialize_time(state.until),
    }
