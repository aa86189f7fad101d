"""Users who have less than their roles in the request of a token.

The limit holds wherever Plone asks a user, so it is in the user's class: a subclass of
the one that another user factory of the site chose. In all other requests, and for all
other users, nothing is different.
"""

from ..site.administrative import administrative_roles
from ..web.access import limiting_access
from ..web.access import unlimited
from .containment import place_of
from .roles import counting_roles
from .roles import limited_roles
from .roles import Place
from .workflows import guarding_roles
from .workflows import seeing_roles
from AccessControl import getSecurityManager
from AccessControl.PermissionRole import _what_not_even_god_should_do
from Acquisition import aq_base
from Acquisition import aq_inner
from Acquisition import aq_parent
from ExtensionClass import Base
from functools import cache
from typing import Any


# The class has no docstring: in Zope, a docstring makes an object publishable.
# Mixed into the class of a user, whom the scopes of a token limit while a request
# of it runs.
class LimitedUser(Base):
    def getRoles(self) -> list[str]:
        # For the catalog, and for code that compares roles itself.
        roles: list[str] = super().getRoles()  # type: ignore[misc]
        if limiting_access(self.getId()) is None:  # type: ignore[attr-defined]
            return roles
        return _limited(self, roles, ())

    def getRolesInContext(self, object: Any) -> list[str]:
        # For guards of workflows.
        if limiting_access(self.getId()) is None:  # type: ignore[attr-defined]
            return super().getRolesInContext(object)  # type: ignore[misc]
        with unlimited():
            roles = super().getRolesInContext(object)  # type: ignore[misc]
        return _limited(self, roles, guarding_roles(_site_of(self)))

    def allowed(self, object: Any, object_roles: Any = None) -> int | None:
        # Whether the user has one of these roles, and it counts.
        answer: int | None
        if (
            object_roles is None
            or object_roles is _what_not_even_god_should_do
            or limiting_access(self.getId()) is None  # type: ignore[attr-defined]
        ):
            answer = super().allowed(object, object_roles)  # type: ignore[misc]
            return answer
        if not _is_asked_as_owner(self):
            object_roles = _counting(self, place_of(object), object_roles)
        with unlimited():
            answer = super().allowed(object, object_roles)  # type: ignore[misc]
        return answer

    def has_role(self, roles: Any, object: Any = None) -> int:
        # Whether the user has one of these roles, and it counts.
        answer: int
        if limiting_access(self.getId()) is None:  # type: ignore[attr-defined]
            answer = super().has_role(roles, object)  # type: ignore[misc]
            return answer
        asked = [roles] if isinstance(roles, str) else roles
        place = Place.ROOT if object is None else place_of(object)
        with unlimited():
            answer = super().has_role(  # type: ignore[misc]
                _counting(self, place, asked), object
            )
        return answer

    def __reduce_ex__(self, protocol: Any) -> Any:
        # The class was made here, so no pickle can find it by its name.
        _, user_class = type(self).__bases__
        return _limited_user, (user_class, dict(vars(self)))


def limit_user(user: Any) -> Any:
    """A user like one that a user factory has made, whom tokens limit."""
    return _limited_user(user.__class__, vars(user))


def is_limited(user: Any) -> bool:
    """Whether the requests of tokens limit a user."""
    return isinstance(aq_base(user), LimitedUser)


@cache
def _limited_class(user_class: Any) -> Any:
    # Its metaclass is that of the other class, and its name stands in every `repr`.
    members = {"__module__": user_class.__module__}
    bases = (LimitedUser, user_class)
    return type(user_class)(user_class.__name__, bases, members)


def _limited_user(user_class: Any, state: dict[str, Any]) -> Any:
    limited_class = _limited_class(user_class)
    user = limited_class.__new__(limited_class)
    vars(user).update(state)
    return user


def _counting(user: Any, place: Place, asked: Any) -> list[str]:
    counting = counting_roles(place, asked, administrative_roles(_site_of(user)))
    counting |= _kept_roles(user)
    # Local roles are remembered by the list of roles that are asked for.
    return [role for role in asked if role in counting]


def _limited(user: Any, roles: Any, guarding: Any) -> list[str]:
    site = _site_of(user)
    administrative = administrative_roles(site) - _kept_roles(user)
    # Most users have no administrative role, and nothing is worked out for them.
    if administrative.isdisjoint(roles):
        return list(roles)
    alternatives = [*seeing_roles(site), *guarding]
    return sorted(limited_roles(roles, administrative, alternatives))


def _kept_roles(user: Any) -> frozenset[str]:
    """Administrative roles that count all the same, by a scope of the token."""
    access = limiting_access(user.getId())
    return frozenset() if access is None else access.effect.keeps_roles


def _site_of(user: Any) -> Any:
    return aq_parent(aq_inner(aq_parent(aq_inner(user))))


def _is_asked_as_owner(user: Any) -> bool:
    """Whether a script with proxy roles asks this user, as its owner.

    Its proxy roles decide then, not the user of the request; but the owner must be
    allowed to do what they allow.
    """
    manager = getSecurityManager()
    stack = manager._context.stack
    if not stack or not getattr(stack[-1], "_proxy_roles", None):
        return False
    return user is not manager.getUser()
