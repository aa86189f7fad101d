"""Checks on every use of a link: it, who issued it, and what it leads to."""

from ..core.errors import AccessRefused
from ..permissions import CREATE_SIGNED_LINKS
from ..site.context import SiteContext
from ..site.users import SiteUser
from ..storage.signedlinks import SignedLink
from ..tokens.checks import checked_owner
from ..web.access import unlimited
from .interfaces import DOWNLOAD
from .objects import has_file
from .objects import uid_of
from .visitor import LinkVisitor
from Products.CMFCore.permissions import View
from typing import Any


def check_link(
    site: SiteContext, link: SignedLink, obj: Any, address: str, now: float
) -> None:
    """Refuse a link that leads nowhere for a visitor at this address.

    :param obj: the object with its UID, or None if there is none
    :raises AccessRefused: with the reason
    :raises SourceFailed: when a source of users cannot say
    """
    owner = checked_owner(site, link, address, now)
    reason = obstacle(site, owner, obj, link.action)
    if reason:
        raise AccessRefused(reason, link.credential_id)


def obstacle(site: SiteContext, owner: SiteUser, obj: Any, action: str) -> str:
    """Why a user cannot share an object by link now, or an empty string.

    :param obj: None where there is no such object
    :raises SourceFailed: when a source of users cannot say
    """
    if not site.settings.allow_signed_links:
        return "links are switched off"
    if obj is None:
        return "the object is gone"
    if not is_allowed_type(site, obj):
        return "links to content of this type are not allowed"
    if action == DOWNLOAD and not has_file(obj):
        return "there is no file"
    if not may_share(site, owner, obj):
        return "its owner may not share the object"
    if not is_shareable(obj):
        return "the role Reader does not see the object"
    return ""


def may_share(site: SiteContext, owner: SiteUser, obj: Any) -> bool:
    """Whether a user sees an object and may share it by link."""
    principal = site.users.principal(owner)
    with unlimited():
        return all(
            principal.has_permission(permission, obj)
            for permission in (CREATE_SIGNED_LINKS, View)
        )


def is_shareable(obj: Any) -> bool:
    """Whether an object shows itself to who has opened a link."""
    return bool(LinkVisitor(uid_of(obj)).has_permission(View, obj))


def is_allowed_type(site: SiteContext, obj: Any) -> bool:
    """Whether content of this type can be shared by link."""
    names = (site.settings.signed_link_types or "").split()
    return not names or obj.portal_type in names
