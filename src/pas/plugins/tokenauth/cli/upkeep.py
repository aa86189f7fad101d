"""What a nightly job does, ``purge``, ``notify`` and ``doctor``, and ``reseal``."""

from ..core.clock import now
from ..credentials.maintenance import purge as purge_some
from ..credentials.maintenance import Purged
from ..mail import notify as notify_owners
from ..mail import sends_mail
from ..resource_server.facts import site_facts
from ..sealing.configuration import SealingOff
from ..sealing.keyring import CannotOpen
from ..sealing.sealer import forget_unopened
from ..sealing.sealer import reseal as reseal_site
from ..site.diagnostics import warnings
from .outcomes import Answer
from .outcomes import CommandFailed
from .outcomes import DONE
from .outcomes import FAILED
from .progress import counted
from .progress import show_progress
from .questions import confirm
from .session import committed
from .session import in_english
from .session import Session
from typing import Any

import transaction


#: Log entries removed in one transaction: few, so that it seldom conflicts.
LIMIT = 10_000


def purge(session: Session, arguments: Any) -> Answer:
    """Forget what need not be kept any longer, in several transactions.

    A dry run does all of it in one that is not committed.
    """
    done = Purged()
    at = now()

    def some() -> Purged:
        return purge_some(session.site, at, LIMIT)

    while True:
        purged = some() if arguments.dry_run else committed(some)
        done.log_entries += purged.log_entries
        done.forgotten += purged.forgotten
        done.orphaned += purged.orphaned
        show_progress(f"Log entries: {done.log_entries}")
        if purged.log_entries < LIMIT:
            break
    show_progress("")
    if arguments.dry_run:
        transaction.abort()
    text = "Nothing is changed; it would be this." if arguments.dry_run else "Done."
    return Answer(
        {
            "dry_run": arguments.dry_run,
            "log_entries_removed": done.log_entries,
            "credentials_forgotten": done.forgotten,
            "credentials_of_missing_owners_ended": done.orphaned,
        },
        f"{text}\n"
        f"Entries of usage logs that were removed: {done.log_entries}.\n"
        f"Ended long ago and forgotten, with their logs: {done.forgotten}.\n"
        f"Ended for good because their owner is gone: {done.orphaned}.",
    )


def notify(session: Session, arguments: Any) -> Answer:
    """Mail owners whose credentials expire soon."""
    result = notify_owners(session.site, now(), counted)
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


def reseal(session: Session, arguments: Any) -> Answer:
    """Seal again with the newest key what an older one has sealed."""
    forgotten = 0
    try:
        if arguments.forget_unopened:
            confirm(arguments, "Forget for good what the sealing key does not open?")
            forgotten = committed(lambda: forget_unopened(session.site))
        count = committed(lambda: reseal_site(session.site))
    except SealingOff as off:
        raise CommandFailed(f"Nothing can be sealed: {off}.") from None
    except CannotOpen:
        raise CommandFailed(
            "A secret was sealed by a key that is missing. Nothing was done: add that"
            " key, on a line of its own behind the newest. If it is lost, see"
            " --forget-unopened."
        ) from None
    text = f"Secrets that were sealed again: {count}."
    if arguments.forget_unopened:
        text = f"Secrets that were forgotten: {forgotten}. {text}"
    return Answer({"resealed": count, "forgotten": forgotten}, text)
