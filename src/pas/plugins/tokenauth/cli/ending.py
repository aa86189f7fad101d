"""Ending credentials: ``revoke`` and ``pat revoke``."""

from ..core.clock import now
from ..credentials.kinds import CredentialKind
from ..credentials.kinds import PERSONAL_ACCESS_TOKEN
from ..credentials.service import revoke_credentials
from ..credentials.service import revoke_issued_before
from .answers import Answer
from .session import Session
from .transactions import committed
from typing import Any


_EVER = float("inf")


def revoke(session: Session, arguments: Any) -> Answer:
    """Revoke the named credentials, or all that were issued before a time."""
    number = committed(lambda: _revoked(session, arguments, None))
    text = f"Service keys and personal access tokens revoked: {number}."
    return Answer({"revoked": number}, text)


def revoke_tokens(session: Session, arguments: Any) -> Answer:
    """The same with personal access tokens; service keys stay."""
    number = committed(lambda: _revoked(session, arguments, PERSONAL_ACCESS_TOKEN))
    return Answer({"revoked": number}, f"Personal access tokens revoked: {number}.")


def _revoked(session: Session, arguments: Any, kind: CredentialKind | None) -> int:
    site, requester = session.site, session.requester
    if arguments.ids:
        return revoke_credentials(site, requester, arguments.ids, now(), kind)
    before = _EVER if arguments.all else float(arguments.issued_before)
    return revoke_issued_before(site, requester, before, now(), kind)
