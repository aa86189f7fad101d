"""What happens to sessions."""

from .interfaces import ISessionEndedEvent
from .interfaces import ISignedOutEvent
from dataclasses import dataclass
from typing import Any
from zope.interface import implementer


@implementer(ISessionEndedEvent)
@dataclass(frozen=True, kw_only=True)
class SessionEndedEvent:
    """See ISessionEndedEvent."""

    site: Any
    session: Any


@implementer(ISignedOutEvent)
@dataclass(frozen=True, kw_only=True)
class SignedOutEvent:
    """See ISignedOutEvent."""

    user_id: str
    requester: str
    sessions: int
    ends_log_in: bool
    ends_jwts: bool
