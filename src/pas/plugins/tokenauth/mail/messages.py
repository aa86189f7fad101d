"""Mails as they leave the site."""

from ..core.text import cleaned
from .recipients import Recipient
from .sender import Sender
from datetime import datetime
from datetime import timezone
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import make_msgid


#: Lines end as SMTP wants it, and nothing needs a server that knows 8BITMIME.
_POLICY = SMTP.clone(cte_type="7bit")
_SUBJECT_LENGTH = 200


def message(
    sender: Sender, recipient: Recipient, subject: str, body: str, now: float
) -> EmailMessage:
    """A mail in plain text."""
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = Address(display_name=sender.name, addr_spec=sender.address)
    mail["To"] = Address(addr_spec=recipient.address)
    mail["Subject"] = cleaned(subject, _SUBJECT_LENGTH)
    mail["Date"] = datetime.fromtimestamp(now, timezone.utc)
    mail["Message-ID"] = make_msgid(domain=sender.address.rpartition("@")[2])
    # No automatic answers to it (RFC 3834).
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(body)
    mail["Content-Language"] = recipient.language
    return mail
