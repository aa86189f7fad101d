"""The user that stands for whoever has opened a link."""

from ..resource_server.containment import content_of
from ..resource_server.guests import IGuest
from .objects import uid_of
from AccessControl.PermissionRole import _what_not_even_god_should_do
from AccessControl.users import SpecialUser
from typing import Any
from zope.interface import implementer


_ROLE = "Reader"


# The class has no docstring: in Zope, a docstring makes an object publishable.
# It is nobody, like Zope's own: without an id, a group or a property. On one object,
# and on what is part of it, it has the role Reader, too.
@implementer(IGuest)
class LinkVisitor(SpecialUser):
    def __init__(self, uid: str, credential_id: str = "") -> None:
        super().__init__("Anonymous User", "", ("Anonymous",), [])
        self.uid = uid
        self.credential_id = credential_id
        self.guest_id = f"signed_link:{uid}:{credential_id}"
        self._is_made = False

    def getId(self) -> str | None:
        # Sources of properties, groups and roles are asked about somebody whom they do
        # not know. Not all of them could be asked about nobody.
        return None if self._is_made else self.guest_id

    def getMemberId(self) -> None:
        # Plone makes a member of every user without this, but of nobody.
        return None

    def addPropertysheet(self, id: str, data: Any) -> None:
        pass

    def getGroups(self) -> list[str]:
        return []

    def _addGroups(self, groups: Any = ()) -> None:
        pass

    def _addRoles(self, roles: Any = ()) -> None:
        # PAS makes every user Authenticated, last of all.
        if "Authenticated" in roles:
            self._is_made = True

    def getRolesInContext(self, object: Any) -> list[str]:
        roles = list(self.getRoles())
        return [*roles, _ROLE] if self._sees(object) else roles

    def allowed(self, object: Any, object_roles: Any = None) -> int | None:
        answer: int | None = super().allowed(object, object_roles)
        if answer or object_roles is _what_not_even_god_should_do:
            return answer
        return 1 if _ROLE in object_roles and self._sees(object) else answer

    def _sees(self, object: Any) -> bool:
        content = content_of(object)
        return content is not None and uid_of(content) == self.uid
