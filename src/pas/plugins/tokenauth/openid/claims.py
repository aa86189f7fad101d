"""Claims about people (OpenID Connect Core section 5.1), a component for each scope."""

from ..core.text import is_clean
from ..i18n import _
from ..site.context import SiteAdapter
from ..site.context import SiteContext
from ..site.memberdata import groups_of
from ..site.memberdata import member_property
from ..site.memberdata import roles_of
from ..site.users import SiteUser
from .interfaces import IClaims
from .interfaces import IEmailVerification
from AccessControl.PermissionRole import rolesForPermissionOn
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Mapping
from functools import cache
from plone import api
from Products.CMFCore.permissions import View
from typing import Any
from typing import ClassVar
from urllib.parse import quote
from zoneinfo import available_timezones
from zope.component import getAdapters
from zope.interface import implementer

import logging
import re


logger = logging.getLogger("pas.plugins.tokenauth")

#: More would make a JWT that clients refuse.
MAX_GROUPS = 200
_PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
_LANGUAGE = re.compile(r"([a-z]{2,3})(?:[-_]([a-z]{2}))?", re.IGNORECASE)
_URL = re.compile(r"https?://[^\s\"<>\\]+", re.IGNORECASE)


def claims_about(
    site: SiteContext,
    user: SiteUser,
    scopes: Iterable[str],
    names: Iterable[str] = (),
) -> dict[str, Any]:
    """Claims about a person, by name.

    :param scopes: scopes whose claims are wanted
    :param names: claims that are wanted, whatever their scope
    """
    wanted_scopes, wanted = frozenset(scopes), frozenset(names)
    return {
        name: value
        for scope, claims in sorted(getAdapters((site,), IClaims))
        if scope in wanted_scopes or wanted & claims.claims.keys()
        for name, value in claims(user).items()
        if scope in wanted_scopes or name in wanted
    }


def claims_of(site: SiteContext, scopes: Collection[str]) -> frozenset[str]:
    """Names of the claims that there can be with these scopes."""
    return frozenset(
        name
        for scope, claims in getAdapters((site,), IClaims)
        if scope in scopes
        for name in claims.claims
    )


@implementer(IClaims)
class ClaimsComponent(SiteAdapter):
    """Base of the components."""

    title: ClassVar[str]
    description: ClassVar[str]
    claims: ClassVar[Mapping[str, str]]

    def __call__(self, user: SiteUser) -> dict[str, Any]:
        found = self.values(user)
        return {name: value for name, value in found.items() if _is_value(value)}

    def values(self, user: SiteUser) -> dict[str, Any]:
        """The claims; those with an empty string or None are left out."""
        raise NotImplementedError


class ProfileClaims(ClaimsComponent):
    """The scope profile."""

    title = _("Profile")
    description = _("Know your name and what your profile says about you.")
    claims = {
        "name": _("Name"),
        "preferred_username": _("Login name"),
        "profile": _("Page about you"),
        "picture": _("Portrait"),
        "website": _("Home page"),
        "locale": _("Language"),
        "zoneinfo": _("Time zone"),
    }

    def values(self, user: SiteUser) -> dict[str, Any]:
        return {
            "name": member_property(user, "fullname"),
            "preferred_username": user.login if is_clean(user.login) else "",
            "profile": f"{self._site.pages_url}/author/{quote(user.user_id, safe='')}",
            "picture": self._picture(user),
            "website": _matching(_URL, member_property(user, "home_page")),
            "locale": _language(member_property(user, "language")),
            "zoneinfo": _time_zone(member_property(user, "timezone")),
        }

    def _picture(self, user: SiteUser) -> str:
        """The URL of the portrait, if anybody may see it in any browser."""
        tool = api.portal.get_tool("portal_membership")
        portrait_id = tool._getSafeMemberId(user.user_id)
        portraits = api.portal.get_tool("portal_memberdata").portraits
        portrait = portraits.get(portrait_id)
        if portrait is None or portrait.content_type not in _PICTURES:
            return ""
        if "Anonymous" not in rolesForPermissionOn(View, portrait):
            return ""
        path = f"portal_memberdata/portraits/{quote(portrait_id, safe='')}"
        return f"{self._site.pages_url}/{path}"


class EmailClaims(ClaimsComponent):
    """The scope email."""

    title = _("E-mail address")
    description = _("Know your e-mail address.")
    claims = {
        "email": _("E-mail address"),
        "email_verified": _("Whether the address was verified"),
    }

    def values(self, user: SiteUser) -> dict[str, Any]:
        address = member_property(user, "email")
        if not address:
            return {}
        verifications = getAdapters((self._site,), IEmailVerification)
        return {
            "email": address,
            "email_verified": any(
                knows(user, address) for _name, knows in verifications
            ),
        }


class GroupClaims(ClaimsComponent):
    """The scope groups."""

    title = _("Groups")
    description = _("Know the groups of this site that you belong to.")
    claims = {"groups": _("Groups")}

    def values(self, user: SiteUser) -> dict[str, Any]:
        groups = groups_of(self._site, user)
        if len(groups) > MAX_GROUPS:
            logger.warning(
                "A user has %d groups; applications learn of %d.",
                len(groups),
                MAX_GROUPS,
            )
        return {"groups": groups[:MAX_GROUPS]}


class RoleClaims(ClaimsComponent):
    """The scope roles."""

    title = _("Roles")
    description = _("Know what roles you have in this site.")
    claims = {"roles": _("Roles")}

    def values(self, user: SiteUser) -> dict[str, Any]:
        return {"roles": roles_of(self._site, user)}


def _is_value(value: Any) -> bool:
    """Whether it is worth telling (OpenID Connect Core section 5.3.2)."""
    return value not in ("", None)


def _matching(pattern: re.Pattern[str], value: str) -> str:
    return value if pattern.fullmatch(value) else ""


def _language(value: str) -> str:
    """A language of Plone as BCP 47 spells it."""
    found = _LANGUAGE.fullmatch(value)
    if found is None:
        return ""
    language, region = found[1].lower(), (found[2] or "").upper()
    return f"{language}-{region}" if region else language


def _time_zone(value: str) -> str:
    return value if value in _time_zones() else ""


@cache
def _time_zones() -> frozenset[str]:
    # It looks through folders each time.
    return frozenset(available_timezones())
