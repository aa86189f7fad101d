"""What a nightly job does: ``purge``, ``notify`` and ``doctor``."""

from ..core.clock import now
from ..credentials.maintenance import purge as purge_some
from ..mail import notify as notify_owners
from ..mail import sends_mail
from ..resource_server.facts import site_facts
from ..site.diagnostics import warnings
from .answers import Answer
from .failures import DONE
from .failures import FAILED
from .session import in_english
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


def doctor(session: Session, arguments: Any) -> Answer:
    """Tell what needs attention, as far as nobody has to visit the site for it."""
    site = session.site
    found = [
        {
            "code": each.code,
            "level": each.level,
            "message": in_english(each.message),
        }
        for each in warnings(site, site_facts(site, now()))
    ]
    text = "\n".join(f"{each['level']}: {each['message']}" for each in found)
    return Answer(found, text or "Nothing needs attention.", FAILED if found else DONE)
