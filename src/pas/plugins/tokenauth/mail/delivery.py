"""Handing mails to the mail host of the site, so that no request depends on it.

A mail is sent after its transaction is committed: a mail server that is down can
neither keep a credential from being issued nor announce one that was not. A mail host
with a queue takes the mails with the transaction; it sends them by itself.
"""

from email.message import EmailMessage
from Products.CMFCore.utils import getToolByName
from Products.MailHost.MailHost import MailHostError
from smtplib import SMTPRecipientsRefused
from smtplib import SMTPResponseException
from typing import Any

import logging
import transaction


logger = logging.getLogger("pas.plugins.tokenauth")

#: More at once is the work of an administrator, who tells people what it is about.
MAX_AT_ONCE = 20

#: What mail servers, sockets, queues and their settings can do wrong.
_ERRORS = (MailHostError, OSError, RuntimeError, ValueError)
_ANSWERS = (SMTPRecipientsRefused, SMTPResponseException)
#: By which a transaction knows its mails.
_KEY = "pas.plugins.tokenauth.mail"


class NotSent(Exception):
    """The mail host did not take a mail; the message says why.

    :param unanswered: whether the next mail is likely to wait in vain, too
    """

    def __init__(self, error: Exception) -> None:
        super().__init__(f"{type(error).__name__}: {error}")
        self.unanswered = isinstance(error, OSError) and not isinstance(error, _ANSWERS)


def hand_over(portal: Any, mail: EmailMessage) -> None:
    """Send a mail now, or with this transaction if the mail host has a queue.

    :raises NotSent: when the mail host does not take it
    """
    try:
        mail_host(portal).send(mail, immediate=not has_queue(portal))
    except _ERRORS as error:
        raise NotSent(error) from None


def has_queue(portal: Any) -> bool:
    """Whether mails are kept in files until they are sent."""
    return bool(getattr(mail_host(portal), "smtp_queue", False))


class Outbox:
    """The mails of one transaction."""

    def __init__(self, portal: Any) -> None:
        self._portal = portal
        self._mails: list[EmailMessage] = []
        self._announced = 0

    def has_room(self) -> bool:
        """Whether one more mail is sent, to be asked once for each."""
        self._announced += 1
        return self._announced <= MAX_AT_ONCE

    def add(self, mail: EmailMessage) -> None:
        """Send a mail if the transaction is committed."""
        self._mails.append(mail)

    def close(self) -> None:
        """Hand the mails over to a queue, just before the transaction is committed."""
        if self._announced > MAX_AT_ONCE:
            logger.warning(
                "%d changes of credentials at once: no owner gets mail about them.",
                self._announced,
            )
            self._mails = []
        if has_queue(self._portal):
            self._send_all()

    def committed(self, success: bool) -> None:
        """Send what is left, after the transaction."""
        if success:
            self._send_all()

    def _send_all(self) -> None:
        while self._mails:
            mail = self._mails.pop(0)
            try:
                hand_over(self._portal, mail)
            except NotSent as problem:
                logger.warning("Mail to %s is not sent: %s", mail["To"], problem)
                if problem.unanswered:
                    # Somebody is waiting for the response to the request.
                    self._give_up()

    def _give_up(self) -> None:
        if self._mails:
            logger.warning("Nor are %d other mails sent.", len(self._mails))
        self._mails = []


def outbox(portal: Any) -> Outbox:
    """The outbox of the current transaction."""
    current = transaction.get()
    try:
        box: Outbox = current.data(_KEY)
    except KeyError:
        box = Outbox(portal)
        current.set_data(_KEY, box)
        current.addBeforeCommitHook(box.close)
        current.addAfterCommitHook(box.committed)
    return box


def mail_host(portal: Any) -> Any:
    """The mail host of a site, or None."""
    return getToolByName(portal, "MailHost", None)
