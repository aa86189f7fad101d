"""What the site knows about a person, as far as other sites may learn it."""

from ..core.text import is_clean
from .context import SiteContext
from .users import SiteUser
from collections.abc import Iterable
from plone import api
from typing import Any


#: Characters of a value: whoever fills in a form decides how many there are.
MAX_LENGTH = 1000
#: Everybody who is logged in is in it, and has the role.
_EVERYBODY = frozenset({"AuthenticatedUsers", "Authenticated", "Anonymous"})


def member_of(user: SiteUser) -> Any | None:
    """The member of the site who is this user; None if Plone finds somebody else.

    PAS believes the first source that answers, whatever id it answers with.
    """
    found = api.portal.get_tool("acl_users").getUserById(user.user_id)
    if found is None or found.getId() != user.user_id:
        return None
    return api.portal.get_tool("portal_membership").wrapUser(found)


def member_property(user: SiteUser, name: str) -> str:
    """A property of a user as one clean line; empty where there is none."""
    member = member_of(user)
    value = member.getProperty(name, "") if member is not None else ""
    if not isinstance(value, str) or not is_clean(value):
        return ""
    return value.strip()[:MAX_LENGTH]


def groups_of(site: SiteContext, user: SiteUser) -> list[str]:
    """The clean ids of the groups that a user is in, without that of everybody.

    :raises SourceFailed: when a source cannot say
    """
    return _told(site.users.principal(user).getGroups())


def roles_of(site: SiteContext, user: SiteUser) -> list[str]:
    """The clean roles of a user everywhere in the site, without those of everybody.

    :raises SourceFailed: when a source cannot say
    """
    return _told(site.users.principal(user).getRoles())


def _told(names: Iterable[str]) -> list[str]:
    return sorted(filter(is_clean, {*names} - _EVERYBODY))
