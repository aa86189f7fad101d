"""What a nightly job does: ``purge`` and ``notify``."""

from ..core.clock import now
from ..credentials.maintenance import purge as purge_some
from ..mail import notify as notify_owners
from ..mail import sends_mail
from .answers import Answer
from .failures import DONE
from .failures import FAILED
from .session import Session
from .transactions import committed
from typing import Any


#: Log entries removed in one transaction: few, so that it seldom conflicts.
LIMIT = 10_000


def purge(session: Session, arguments: Any) -> Answer:
    """Forget what need not be kept any longer, in several transactions."""
    removed = 0
    while True:
        count = committed(lambda: purge_some(session.site, now(), LIMIT))
        removed += count
        if count < LIMIT:
            break
    return Answer(
        {"log_entries_removed": removed},
        f"Done. Entries of usage logs that were removed: {removed}.",
    )


def notify(session: Session, arguments: Any) -> Answer:
    """Mail owners whose credentials expire soon."""
    result = notify_owners(session.site, now())
    text = (
        f"Owners mailed: {result.sent}, without an address: {result.without_address},"
        f" could not be mailed: {result.failed}."
    )
    if not sends_mail(session.site.portal):
        text = "The site has no mail server or no sender address: nobody was mailed."
    return Answer(vars(result), text, FAILED if result.failed else DONE)
