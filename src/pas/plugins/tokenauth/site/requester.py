"""Who asks for something to be done."""

from ..i18n import _
from .administrative import administrative_permissions
from .context import SiteContext
from .errors import CalledByToken
from .errors import NotAllowed
from .errors import NotASiteUser
from functools import cached_property
from typing import Any


class Requester:
    """A person at the keyboard, or a program with a token.

    :param user: the user object that Zope authenticated
    :param site: the context of the site, where permissions are asked for
    :param by_token: whether a token of ours authenticates the request
    :param credential_id: the credential with which a program does what its scopes let
        it do in the user's place; empty for a person
    """

    credential_id = ""

    def __init__(
        self,
        user: Any,
        site: SiteContext,
        by_token: bool = False,
        credential_id: str = "",
    ) -> None:
        self._user = user
        self._site = site
        self._by_token = by_token
        self.credential_id = credential_id

    @property
    def user_id(self) -> str:
        """The user id; of no use unless :meth:`is_site_user`."""
        return str(self._user.getId() or "")

    @cached_property
    def is_site_user(self) -> bool:
        """Whether the user comes from this site's own sources."""
        users = self._site.users
        return users.is_own(self._user) and users.get(self.user_id) is not None

    @property
    def name(self) -> str:
        """What the records show: the user id, told from that of another user folder."""
        return self.user_id if self.is_site_user else f"{self.user_id} (Zope root)"

    def is_user(self, user_id: str) -> bool:
        """Whether this is the user of the site with that id."""
        return self.user_id == user_id and self.is_site_user

    def may(self, permission: str) -> bool:
        """Whether the user has a permission at the site root."""
        return bool(self._user.has_permission(permission, self._site.portal))

    @cached_property
    def administrative_permissions(self) -> frozenset[str]:
        """The administrative permissions that the user has at the site root."""
        return self._site.users.administrative_permissions(self._user)

    def require(self, permission: str) -> None:
        """Refuse unless this is a user of the site with a permission, in person.

        :raises CalledByToken: when a token authenticates the request
        :raises NotASiteUser: for a user of the Zope root
        :raises NotAllowed: without the permission
        """
        self.require_person()
        if not self.is_site_user:
            raise NotASiteUser()
        if not self.may(permission):
            raise NotAllowed(_("You are not allowed to do this."))

    def require_person(self) -> None:
        """Refuse requests that are authenticated by a token.

        :raises CalledByToken: for such a request
        """
        if self._by_token:
            raise CalledByToken()


class Operator(Requester):
    """Somebody at the command line of the server, who could change anything anyway.

    :param name: what the records show instead of a user id
    """

    is_site_user = False
    user_id = ""
    name = ""

    def __init__(self, name: str) -> None:
        self.name = name

    def may(self, permission: str) -> bool:
        """Every permission."""
        return True

    @property
    def administrative_permissions(self) -> frozenset[str]:  # type: ignore[override]
        """All there are."""
        return administrative_permissions()

    def require(self, permission: str) -> None:
        """Refuse: there is no user who could own a credential.

        :raises NotASiteUser: always
        """
        raise NotASiteUser()

    def require_person(self) -> None:
        """Nothing to refuse: no request is made."""


def require_permission(requester: Requester, permission: str) -> None:
    """Refuse unless the requester has a permission, in person.

    :raises CalledByToken: when a token authenticates the request
    :raises NotAllowed: without the permission
    """
    requester.require_person()
    if not requester.may(permission):
        raise NotAllowed(_("You are not allowed to do this."))
