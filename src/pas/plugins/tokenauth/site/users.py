"""Users of the site, as their sources know them at this moment.

PAS may cache what it finds out about a user. A check on use must not be
answered from a cache, so the plugins are asked directly.
"""

from ..web.access import unlimited
from ..web.errorview import Refusal
from .administrative import reasons
from Acquisition import aq_inner
from Acquisition import aq_parent
from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import dataclass
from Products.PluggableAuthService.interfaces.plugins import IRolesPlugin
from Products.PluggableAuthService.interfaces.plugins import IUserEnumerationPlugin
from transaction.interfaces import TransientError
from typing import Any
from ZODB.POSException import POSError
from zope.component import getMultiAdapter

import logging


logger = logging.getLogger("pas.plugins.tokenauth")

#: What no source is to blame for: the publisher repeats the request, or says so.
OF_THE_DATABASE = (POSError, TransientError)


class SourceFailed(Refusal):
    """No source knows a user, or what they may, and one could not be asked."""


@dataclass(frozen=True)
class SiteUser:
    """A user that a source of this site vouches for."""

    user_id: str
    login: str


class SiteUsers:
    """The users of one acl_users, without those of the Zope root."""

    def __init__(self, acl_users: Any) -> None:
        self._acl_users = acl_users
        self._plugins = acl_users.plugins
        self._portal = aq_parent(aq_inner(acl_users))
        self._failed: list[str] = []

    @property
    def folder_path(self) -> tuple[str, ...]:
        """Path of the user folder, which tells its users from those of another."""
        return self._acl_users.getPhysicalPath()

    def get(self, user_id: str) -> SiteUser | None:
        """The user with exactly this id, if a source knows them now.

        Nobody has an empty one, by which a directory may find everybody.
        """
        if not user_id:
            return None
        # Sources are asked in their order, and the first that knows the user is enough:
        # a directory behind a network takes its time.
        for found in self._enumerate(id=user_id):
            if found.user_id == user_id:
                return found
        return None

    def check_answered(self) -> None:
        """Refuse to take a user for unknown where a source could not be asked.

        :raises SourceFailed: when it is so
        """
        if self._failed:
            raise SourceFailed(", ".join(self._failed))

    def is_gone(self, user_id: str) -> bool:
        """Whether every source has answered that it does not know the user.

        A source that fails says nothing about anybody.
        """
        try:
            found = [_ask(plugin, {"id": user_id}) for _, plugin in self._sources()]
        except OF_THE_DATABASE:
            raise
        except Exception:
            return False
        return not any(user.user_id == user_id for users in found for user in users)

    def by_login(self, login: str) -> SiteUser | None:
        """The one user with exactly this login name; None if there are several."""
        login = self.login_of(login)
        found = {
            user.user_id: user
            for user in self._enumerate(login=login)
            if user.login == login
        }
        return found.popitem()[1] if len(found) == 1 else None

    def similar(self, text: str, at_most: int) -> list[SiteUser]:
        """The users whose id, login name or full name is like a text, by id.

        A source that fails finds nobody.

        :param at_most: how many there may be
        """
        search = getMultiAdapter(
            (self._portal, self._portal.REQUEST), name="pas_search"
        )
        found: dict[str, SiteUser] = {}
        for criterion in ("id", "login", "fullname"):
            try:
                users = search.searchUsers(**{criterion: text, "max_results": at_most})
                users = [SiteUser(user["userid"], user["login"]) for user in users]
            except OF_THE_DATABASE:
                raise
            except Exception as error:
                logger.warning("A search for users has failed: %s", kind_of(error))
            else:
                found |= {user.user_id: user for user in users}
        return [found[user_id] for user_id in sorted(found)[:at_most]]

    def login_of(self, typed: str) -> str:
        """A login name as sources know it, from one that was typed."""
        return self._acl_users.applyTransform(typed)

    def principal(self, user: SiteUser) -> Any:
        """The user with groups and roles as they are now, fit for permission checks.

        :raises SourceFailed: when a source cannot say; to leave its roles out could
            make somebody powerful look harmless
        """
        plugins = self._plugins
        try:
            principal = self._acl_users._createUser(plugins, user.user_id, user.login)
            groups = self._acl_users._getGroupsForPrincipal(principal, plugins=plugins)
            principal._addGroups(groups)
            for _plugin_id, plugin in plugins.listPlugins(IRolesPlugin):
                principal._addRoles(plugin.getRolesForPrincipal(principal) or ())
        except OF_THE_DATABASE:
            raise
        except Exception as error:
            logger.warning("The roles of a user are unknown: %s", kind_of(error))
            raise SourceFailed("roles") from None
        principal._addRoles(["Authenticated"])
        return principal

    def has_permission(self, user: SiteUser, permission: str) -> bool:
        """Whether the user has a permission at the site root."""
        return self.permits(self.principal(user), permission)

    def permits(self, principal: Any, permission: str) -> bool:
        """Whether a principal has a permission at the site root."""
        with unlimited():
            return bool(principal.has_permission(permission, self._portal))

    def roles(self, principal: Any) -> frozenset[str]:
        """The roles of a principal at the site root, through groups and locally too."""
        with unlimited():
            return frozenset(principal.getRolesInContext(self._portal))

    def administrative_permissions(self, principal: Any) -> frozenset[str]:
        """The administrative permissions that a principal has at the site root."""
        return self.permissions_of(self.roles(principal))

    def permissions_of(self, roles: Iterable[str]) -> frozenset[str]:
        """The administrative permissions that roles have at the site root."""
        by_role = reasons(self._portal)
        return frozenset().union(*(by_role.get(role, ()) for role in roles))

    def roles_with(self, permission: str) -> frozenset[str]:
        """The roles that have an administrative permission at the site root."""
        return frozenset(
            role
            for role, permissions in reasons(self._portal).items()
            if permission in permissions
        )

    def has_group(self, group_id: str) -> bool:
        """Whether a source knows a group with exactly this id."""
        found = self._acl_users.searchGroups(id=group_id, exact_match=True)
        return any(group["id"] == group_id for group in found)

    def is_own(self, user: Any) -> bool:
        """Whether a user object comes from this acl_users, not from the Zope root."""
        return folder_path_of(user) == self.folder_path

    def _enumerate(self, **criteria: str) -> Iterator[SiteUser]:
        for plugin_id, plugin in self._sources():
            try:
                users = _ask(plugin, criteria)
            except OF_THE_DATABASE:
                raise
            except Exception as error:
                # It vouches for nobody, and keeps nobody else out. What it raises may
                # be anything, and hold anything.
                self._failed.append(plugin_id)
                logger.warning(
                    "The user source %s does not answer: %s",
                    plugin_id,
                    kind_of(error),
                )
            else:
                yield from users

    def _sources(self) -> list[tuple[str, Any]]:
        return list(self._plugins.listPlugins(IUserEnumerationPlugin))


def _ask(plugin: Any, criteria: dict[str, str]) -> list[SiteUser]:
    infos = plugin.enumerateUsers(exact_match=True, **criteria) or ()
    return [SiteUser(info["id"], info["login"]) for info in infos]


def kind_of(error: Exception) -> str:
    """What an error is, without its message: that may hold anything."""
    return f"{type(error).__module__}.{type(error).__qualname__}"


def folder_path_of(user: Any) -> tuple[str, ...] | None:
    """Path of the user folder that a user object comes from, None for special users."""
    folder = aq_parent(aq_inner(user))
    return None if folder is None else folder.getPhysicalPath()
