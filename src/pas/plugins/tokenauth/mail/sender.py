"""Mails as they leave the site, and who they come from: it, as its settings say."""

from ..core.text import cleaned
from .addresses import is_address
from .delivery import mail_host
from .recipients import Recipient
from dataclasses import dataclass
from datetime import datetime
from datetime import timezone
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import make_msgid
from plone.base.interfaces import IMailSchema
from plone.base.interfaces import ISiteSchema
from plone.registry.interfaces import IRegistry
from typing import Any
from zope.component import queryUtility


#: Lines end as SMTP wants it, and nothing needs a server that knows 8BITMIME.
_POLICY = SMTP.clone(cte_type="7bit")
_SUBJECT_LENGTH = 200
_NAME_LENGTH = 100


@dataclass(frozen=True, kw_only=True)
class Sender:
    """The site as a sender of mails.

    :param site_title: the name by which its users know the site
    :param name: what mail programs show as the sender; may be empty
    :param address: where answers go
    """

    site_title: str
    name: str
    address: str


def sends_mail(portal: Any) -> bool:
    """Whether the site can send mail: it has a mail server and a sender address."""
    registry = queryUtility(IRegistry, context=portal)
    if registry is None:
        return False
    settings = registry.forInterface(IMailSchema, prefix="plone", check=False)
    has_server = settings.smtp_host and mail_host(portal) is not None
    return bool(has_server) and is_address(settings.email_from_address)


def sender_of(portal: Any) -> Sender:
    """The sender of a site that sends mail."""
    registry = queryUtility(IRegistry, context=portal)
    settings = registry.forInterface(IMailSchema, prefix="plone", check=False)
    about = registry.forInterface(ISiteSchema, prefix="plone", check=False)
    return Sender(
        site_title=cleaned(about.site_title or "", _NAME_LENGTH) or portal.getId(),
        name=cleaned(settings.email_from_name or "", _NAME_LENGTH),
        address=settings.email_from_address,
    )


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
