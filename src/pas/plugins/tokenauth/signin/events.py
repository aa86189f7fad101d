"""What happens to sessions."""

from .interfaces import ISessionEndedEvent
from dataclasses import dataclass
from typing import Any
from zope.interface import implementer


@implementer(ISessionEndedEvent)
@dataclass(frozen=True, kw_only=True)
class SessionEndedEvent:
    """See ISessionEndedEvent."""

    site: Any
    session: Any
