"""Who may do what with which service key: the owner, an administrator, a Manager.

An administrator sees, revokes and tightens. What lets a program in more is the
owner's, or that of somebody who may issue keys for others: else an administrator
could rotate the key of a Manager and be a Manager.
"""

from ..i18n import _
from ..permissions import ISSUE_KEYS_FOR_OTHERS
from ..permissions import MANAGE_ALL_SERVICE_KEYS
from ..permissions import MANAGE_OWN_SERVICE_KEYS
from ..storage.servicekeys import ServiceKey
from .actor import Actor
from .errors import InvalidInput
from .errors import NotAllowed
from .server import AuthorizationServer


def require_permission(actor: Actor, permission: str) -> None:
    """Refuse unless the actor has a permission, in person.

    :raises CalledByToken: when a token authenticates the request
    :raises NotAllowed: without the permission
    """
    actor.require_person()
    if not actor.may(permission):
        raise NotAllowed(_("You are not allowed to do this."))


def require_any_right(actor: Actor) -> None:
    """Refuse who may neither have service keys nor see those of others.

    :raises NotAllowed: with the reason, one class for each
    """
    if actor.may(MANAGE_ALL_SERVICE_KEYS):
        actor.require_person()
    else:
        actor.require(MANAGE_OWN_SERVICE_KEYS)


def check_owner(server: AuthorizationServer, actor: Actor, owner: str) -> None:
    """Refuse to issue a key to this user, unless the actor may.

    :param owner: a user id; the actor's own, or empty, for themselves
    :raises NotAllowed: with the reason, one class for each
    :raises InvalidInput: when there is no such user
    """
    if not owner or actor.is_user(owner):
        actor.require(MANAGE_OWN_SERVICE_KEYS)
        return
    require_permission(actor, ISSUE_KEYS_FOR_OTHERS)
    if server.users.get(owner) is None:
        raise InvalidInput("owner", _("There is no such user in this site."))


def is_own(actor: Actor, service_key: ServiceKey) -> bool:
    """Whether the key is the actor's, who may still have keys."""
    return (
        actor.is_user(service_key.owner)
        and service_key.orphaned_at is None
        and actor.may(MANAGE_OWN_SERVICE_KEYS)
    )


def may_see(actor: Actor, service_key: ServiceKey) -> bool:
    """Whether the actor may see, tighten and revoke the key."""
    return is_own(actor, service_key) or actor.may(MANAGE_ALL_SERVICE_KEYS)


def may_widen(actor: Actor, service_key: ServiceKey) -> bool:
    """Whether the actor may rename and rotate the key, and loosen its limits."""
    return is_own(actor, service_key) or actor.may(ISSUE_KEYS_FOR_OTHERS)


def check_may_widen(actor: Actor, service_key: ServiceKey) -> None:
    """Refuse who may not do that.

    :raises NotAllowed: when the actor may not
    """
    if not may_widen(actor, service_key):
        raise NotAllowed(
            _("You may only revoke the keys of others and tighten their limits.")
        )
