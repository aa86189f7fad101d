"""Ending credentials: ``revoke`` and ``pat revoke``."""

from ..core.clock import now
from ..credentials.kinds import CredentialKind
from ..credentials.kinds import PERSONAL_TOKEN
from ..credentials.service import revoke_credentials
from ..credentials.service import revoke_issued_before
from .answers import Answer
from .session import Session
from .transactions import committed
from typing import Any


_EVER = float("inf")


def revoke(session: Session, options: Any) -> Answer:
    """Revoke the named credentials, or all that were issued before a time."""
    number = committed(lambda: _revoked(session, options, None))
    text = f"Service keys and personal access tokens revoked: {number}."
    return Answer({"revoked": number}, text)


def revoke_tokens(session: Session, options: Any) -> Answer:
    """The same with personal access tokens; service keys stay."""
    number = committed(lambda: _revoked(session, options, PERSONAL_TOKEN))
    return Answer({"revoked": number}, f"Personal access tokens revoked: {number}.")


def _revoked(session: Session, options: Any, kind: CredentialKind | None) -> int:
    server, actor = session.server, session.actor
    if options.ids:
        return revoke_credentials(server, actor, options.ids, now(), kind)
    before = _EVER if options.all else float(options.issued_before)
    return revoke_issued_before(server, actor, before, now(), kind)
