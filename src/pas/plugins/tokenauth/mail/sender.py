"""Who the mails come from: the site, as its mail settings name it."""

from ..core.text import cleaned
from .addresses import is_address
from .delivery import mail_host
from dataclasses import dataclass
from plone.base.interfaces import IMailSchema
from plone.base.interfaces import ISiteSchema
from plone.registry.interfaces import IRegistry
from typing import Any
from zope.component import queryUtility


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
