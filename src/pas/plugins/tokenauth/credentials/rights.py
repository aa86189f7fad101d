"""Who may do what with which credential: the owner, an administrator, a Manager.

An administrator sees, revokes and tightens. What lets a program in more is the
owner's, or that of somebody who may issue keys for others: else an administrator
could rotate the key of a Manager and be a Manager.
"""

from ..i18n import _
from ..permissions import ISSUE_KEYS_FOR_OTHERS
from ..permissions import MANAGE_ALL_SERVICE_KEYS
from ..site.context import AuthorizationServer
from ..site.errors import InvalidInput
from ..site.errors import NotAllowed
from ..site.requester import Actor
from ..site.requester import require_permission
from ..storage.interfaces import ICredential
from .kinds import CredentialKind
from .kinds import kind_of


def require_any_right(actor: Actor, kind: CredentialKind) -> None:
    """Refuse who may neither have credentials of a kind nor see those of others.

    :raises NotAllowed: with the reason, one class for each
    """
    if actor.may(MANAGE_ALL_SERVICE_KEYS):
        actor.require_person()
    else:
        actor.require(kind.manage_own)


def check_owner(
    server: AuthorizationServer, actor: Actor, kind: CredentialKind, owner: str
) -> None:
    """Refuse to issue a credential to this user, unless the actor may.

    :param owner: a user id; the actor's own, or empty, for themselves
    :raises NotAllowed: with the reason, one class for each
    :raises InvalidInput: when there is no such user
    """
    if not owner or actor.is_user(owner):
        actor.require(kind.manage_own)
        return
    require_permission(actor, ISSUE_KEYS_FOR_OTHERS)
    if server.users.get(owner) is None:
        raise InvalidInput("owner", _("There is no such user in this site."))


def is_own(actor: Actor, credential: ICredential) -> bool:
    """Whether it is the actor's, who may still have credentials of this kind."""
    return (
        actor.is_user(credential.owner)
        and credential.orphaned_at is None
        and actor.may(kind_of(credential).manage_own)
    )


def owner_manages(server: AuthorizationServer, credential: ICredential) -> bool:
    """Whether its owner may have credentials of this kind, and so see and revoke it."""
    owner = server.users.get(credential.owner)
    permission = kind_of(credential).manage_own
    return owner is not None and server.users.has_permission(owner, permission)


def may_see(actor: Actor, credential: ICredential) -> bool:
    """Whether the actor may see, tighten and revoke it."""
    return is_own(actor, credential) or actor.may(MANAGE_ALL_SERVICE_KEYS)


def may_widen(actor: Actor, credential: ICredential) -> bool:
    """Whether the actor may rename and rotate it, and loosen its limits."""
    return is_own(actor, credential) or actor.may(ISSUE_KEYS_FOR_OTHERS)


def check_may_widen(actor: Actor, credential: ICredential) -> None:
    """Refuse who may not do that.

    :raises NotAllowed: when the actor may not
    """
    if not may_widen(actor, credential):
        raise NotAllowed(
            _("You may only revoke the keys of others and tighten their limits.")
        )
