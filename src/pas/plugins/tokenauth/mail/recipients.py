"""Owners as recipients of mail."""

from ..site.context import SiteContext
from ..site.memberdata import member_of
from .addresses import is_address
from dataclasses import dataclass
from Products.CMFCore.utils import getToolByName
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """Somebody who can get mail.

    :param user_id: the user id
    :param address: the mail address
    :param language: the language of the mail
    """

    user_id: str
    address: str
    language: str


def recipient_of(site: SiteContext, user_id: str) -> Recipient | None:
    """A user as a recipient, or None for who is gone or has no usable address."""
    user = site.users.get(user_id)
    member = None if user is None else member_of(user)
    if member is None:
        return None
    address = member.getProperty("email", "")
    if not is_address(address):
        return None
    language = _supported(site.portal, member.getProperty("language", ""))
    return Recipient(user_id=user_id, address=address, language=language)


def _supported(portal: Any, language: Any) -> str:
    """That language if the site speaks it, else the site's own."""
    languages = getToolByName(portal, "portal_languages")
    if language in languages.getSupportedLanguages():
        return str(language)
    return str(languages.getDefaultLanguage())
