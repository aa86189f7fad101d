"""Ending keys: ``revoke``."""

from ..clock import now
from ..usecases.servicekeys import revoke_issued_before
from ..usecases.servicekeys import revoke_service_keys
from .answers import Answer
from .session import Session
from .transactions import committed
from typing import Any


_EVER = float("inf")


def revoke(session: Session, options: Any) -> Answer:
    """Revoke the named keys, or all that were issued before a time."""
    number = committed(lambda: _revoked(session, options))
    return Answer({"revoked": number}, f"Service keys revoked: {number}.")


def _revoked(session: Session, options: Any) -> int:
    server, actor = session.server, session.actor
    if options.client_ids:
        return revoke_service_keys(server, actor, options.client_ids, now())
    before = _EVER if options.all else options.issued_before
    return revoke_issued_before(server, actor, before, now())
