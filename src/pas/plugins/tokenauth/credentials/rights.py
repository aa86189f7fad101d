"""Who may do what with which credential: the owner, an administrator, a Manager.

An administrator sees, revokes and tightens. Only the owner, or somebody who may issue
keys for others, may authorize a program to more: else an administrator could rotate
the key of a Manager and be a Manager.
"""

from ..i18n import _
from ..permissions import ISSUE_KEYS_FOR_OTHERS
from ..permissions import MANAGE_ALL_SERVICE_KEYS
from ..site.context import SiteContext
from ..site.errors import InvalidInput
from ..site.errors import NotAllowed
from ..site.requester import Requester
from ..site.requester import require_permission
from ..storage.interfaces import ICredential
from .interfaces import ICredentialKind
from .kinds import kind_of
from .kinds import stored_kinds


def require_any_right(requester: Requester, kind: ICredentialKind) -> None:
    """Refuse who may neither have credentials of a kind nor see those of others.

    :raises NotAllowed: with the reason, one class for each
    """
    if requester.may(kind.manage_all):
        requester.require_person()
    else:
        requester.require(kind.manage_own)


def managed_kinds(
    site: SiteContext, requester: Requester, kind: ICredentialKind | None
) -> list[ICredentialKind]:
    """The kinds of which the requester may see the credentials of everybody.

    :param kind: the one that is asked for; None for any
    :raises NotAllowed: when the requester may not
    """
    if kind is not None:
        require_permission(requester, kind.manage_all)
        return [kind]
    require_permission(requester, MANAGE_ALL_SERVICE_KEYS)
    return [
        each for each in stored_kinds(site.storage) if requester.may(each.manage_all)
    ]


def check_owner(
    site: SiteContext, requester: Requester, kind: ICredentialKind, owner: str
) -> None:
    """Refuse to issue a credential to this user, unless the requester may.

    :param owner: a user id; the requester's own, or empty, for themselves, or for the
        site if those of this kind belong to it
    :raises NotAllowed: with the reason, one class for each
    :raises InvalidInput: when there is no such user
    """
    if kind.belongs_to_site:
        require_permission(requester, kind.manage_own)
        return
    if not owner or requester.is_user(owner):
        requester.require(kind.manage_own)
        return
    require_permission(requester, ISSUE_KEYS_FOR_OTHERS)
    if site.users.get(owner) is None:
        raise InvalidInput("owner", _("There is no such user in this site."))


def is_own(requester: Requester, credential: ICredential) -> bool:
    """Whether it is the requester's, who may still have credentials of this kind."""
    return (
        requester.is_user(credential.owner)
        and credential.orphaned_at is None
        and requester.may(kind_of(credential).manage_own)
    )


def owner_manages(site: SiteContext, credential: ICredential) -> bool:
    """Whether its owner may have credentials of this kind, and so see and revoke it."""
    return owner_may_have(site, credential.owner, kind_of(credential))


def owner_may_have(site: SiteContext, user_id: str, kind: ICredentialKind) -> bool:
    """Whether a user may have credentials of a kind."""
    user = site.users.get(user_id)
    return user is not None and site.users.has_permission(user, kind.manage_own)


def may_see(requester: Requester, credential: ICredential) -> bool:
    """Whether the requester may see, tighten and revoke it."""
    kind = kind_of(credential)
    return is_own(requester, credential) or requester.may(kind.manage_all)


def may_widen(requester: Requester, credential: ICredential) -> bool:
    """Whether the requester may rename and rotate it, and loosen its options."""
    permission = kind_of(credential).permission_to_widen(credential)
    return is_own(requester, credential) or requester.may(permission)


def may_revoke(requester: Requester, credential: ICredential) -> bool:
    """Whether the requester may end a credential that they may see."""
    kind = kind_of(credential)
    return not is_withheld(credential) or requester.may(kind.manage_all)


def is_withheld(credential: ICredential) -> bool:
    """Whether somebody has disabled what its owner would get back by ending it.

    Another one comes to be as soon as the owner says yes once more, and would be
    enabled.
    """
    is_again = kind_of(credential).made_by == "consent"
    by_other = credential.disabled_by not in ("", credential.owner)
    return is_again and bool(by_other or credential.withheld_by)


def check_may_widen(requester: Requester, credential: ICredential) -> None:
    """Refuse a requester who may not do that.

    :raises NotAllowed: when the requester may not
    """
    if not may_widen(requester, credential):
        raise NotAllowed(
            _("You may only revoke the keys of others and tighten their limits.")
        )
