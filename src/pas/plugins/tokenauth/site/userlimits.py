"""Which users and groups somebody who gets in by them is for."""

from .users import SiteUser
from .users import SiteUsers
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class UserLimits:
    """Users and members of groups; without either it is everybody.

    :param users: user ids
    :param groups: group ids
    """

    users: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()

    def allow(self, site_users: SiteUsers, user: SiteUser) -> bool:
        """Whether a user is among them now.

        :raises SourceFailed: when a source cannot say in which groups the user is
        """
        if not self.users and not self.groups:
            return True
        if user.user_id in self.users:
            return True
        if not self.groups:
            # Asking for groups is expensive.
            return False
        member_of = site_users.principal(user).getGroups()
        return not frozenset(self.groups).isdisjoint(member_of)

    def unknown(self, site_users: SiteUsers) -> tuple[str, ...]:
        """Those users and groups that no source knows, in the order they are given."""
        return (
            *(each for each in self.users if site_users.get(each) is None),
            *(each for each in self.groups if not site_users.has_group(each)),
        )
