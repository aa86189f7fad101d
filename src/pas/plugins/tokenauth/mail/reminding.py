"""Telling owners what expires soon: once for each step, for a scheduled job.

A credential is marked as told, and that is committed, before its mail is sent: of two
runs at once one finds the mark and sends nothing. A mail that cannot be sent takes the
mark back. So nobody is told twice, and whoever is not told because the process ends
between the two is told at the next step.
"""

from ..credentials.reminders import due_reminders
from ..credentials.reminders import is_due
from ..credentials.reminders import mark_reminded
from ..site.context import SiteContext
from ..storage.interfaces import ICredential
from .delivery import hand_over
from .delivery import NotSent
from .recipients import Recipient
from .recipients import recipient_of
from .reminder import reminder
from .sender import sends_mail
from collections.abc import Callable
from collections.abc import Iterable
from dataclasses import dataclass

import logging
import transaction


logger = logging.getLogger("pas.plugins.tokenauth")

#: An owner, and what of theirs expires soon.
Due = tuple[str, list[ICredential]]

_TRIES = 3
#: Mails in a row that a mail server does not answer to before it counts as down.
_GIVE_UP_AFTER = 3


@dataclass(kw_only=True)
class NotifyResult:
    """What became of the owners who were to be told.

    :param sent: owners who got a mail
    :param without_address: owners who are gone or have no usable mail address
    :param failed: owners whose mail could not be sent; the next run tries again
    """

    sent: int = 0
    without_address: int = 0
    failed: int = 0


def notify(
    site: SiteContext,
    now: float,
    counted: Callable[[list[Due], str], Iterable[Due]] = lambda items, what: items,
) -> NotifyResult:
    """Mail the owners of what expires soon, each at most once about a step.

    It commits for each owner, and discards what the caller has not committed.
    Nothing happens while the site cannot send mail.

    :param counted: is given all who are due and what they are, and lets them through
    """
    result = NotifyResult()
    if not sends_mail(site.portal):
        return result
    due = list(due_reminders(site, now).items())
    unanswered = 0
    for number, (owner, credentials) in enumerate(counted(due, "Owners")):
        recipient = recipient_of(site, owner)
        if recipient is None:
            # Not marked: they are told as soon as they have an address.
            result.without_address += 1
            continue
        try:
            result.sent += _remind(site, recipient, credentials, now)
            unanswered = 0
        except NotSent as problem:
            logger.warning("Mail to %s is not sent: %s", recipient.address, problem)
            result.failed += 1
            unanswered = unanswered + 1 if problem.unanswered else 0
        if unanswered == _GIVE_UP_AFTER:
            left = len(due) - number - 1
            logger.error("The mail server does not answer: %d owners left.", left)
            result.failed += left
            break
    return result


def _remind(
    site: SiteContext,
    recipient: Recipient,
    credentials: list[ICredential],
    now: float,
) -> bool:
    """Tell one owner, unless another run does.

    :raises NotSent: when they cannot be told now
    """
    claimed = _claimed(recipient, credentials, now)
    if not claimed:
        return False
    try:
        with transaction.manager:
            mail = reminder(site, recipient, claimed, now)
            hand_over(site.portal, mail)
    except NotSent:
        _give_back(claimed)
        raise
    return True


def _claimed(
    recipient: Recipient, credentials: list[ICredential], now: float
) -> dict[ICredential, tuple[float, int] | None]:
    """Those that this run is to tell of, with the marks they had."""
    for attempt in transaction.manager.attempts(_TRIES):
        with attempt:
            claimed = {it: it.reminded for it in credentials if is_due(it, now)}
            mark_reminded(claimed, now)
            transaction.get().note(f"tokenauth: remind {recipient.user_id}")
    return claimed


def _give_back(claimed: dict[ICredential, tuple[float, int] | None]) -> None:
    for attempt in transaction.manager.attempts(_TRIES):
        with attempt:
            for credential, reminded in claimed.items():
                credential.reminded = reminded
