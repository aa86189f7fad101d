"""The audit log: what happened to credentials, as one JSON object per line.

It goes to the logger ``pas.plugins.tokenauth.audit``, which an administrator
sends where it belongs. No event carries a secret, so no line holds one.
"""

from .core.clock import now
from .events import IRefusedEvent
from .events import IRequestCommittedEvent
from .events import ITokenAuthEvent
from dataclasses import asdict
from datetime import datetime
from datetime import timezone
from typing import Any
from zope.component import adapter

import json
import logging
import transaction


logger = logging.getLogger("pas.plugins.tokenauth.audit")

#: Events that no transaction can take back.
_AT_ONCE = (IRefusedEvent, IRequestCommittedEvent)


@adapter(ITokenAuthEvent)
def log_event(event: Any) -> None:
    """Write a line about an event, once it is certain to have happened."""
    line = _line(event)
    if any(each.providedBy(event) for each in _AT_ONCE):
        # A refusal is a fact although nothing is written, and so is what has ended.
        logger.info(line)
    else:
        # A conflicting transaction is repeated, and the event with it.
        transaction.get().addAfterCommitHook(_log_if_committed, args=(line,))


def _log_if_committed(committed: bool, line: str) -> None:
    if committed:
        logger.info(line)


def _line(event: Any) -> str:
    time = datetime.fromtimestamp(now(), timezone.utc)
    members = {
        "time": time.isoformat(timespec="seconds"),
        "event": type(event).__name__.removesuffix("Event"),
        **asdict(event),
    }
    # What is true of few events stands beside the rest.
    members |= members.pop("details", {})
    return json.dumps(members)
