"""What an owner decides about a key, and which of it is acceptable."""

from ..core.ipranges import IPRangeError
from ..core.ipranges import normalized
from ..core.text import cleaned
from ..i18n import _
from ..permissions import IMPERSONATE_USER
from ..storage.interfaces import ICredential
from ..storage.servicekeys import ServiceKey
from .actor import Actor
from .errors import InvalidInput
from .problems import ip_range_message
from .users import SiteUser
from .users import SiteUsers
from dataclasses import dataclass
from Products.CMFCore.permissions import ManagePortal


TITLE_LENGTH = 100


@dataclass(frozen=True, kw_only=True)
class ServiceKeyLimits:
    """What the owner decides about a key, at issue and later.

    :param title: text by which the owner recognises the key
    :param ip_ranges: where the client may connect from; empty for anywhere
    :param expires_at: seconds since the epoch, or None for never
    :param may_impersonate: whether it may act as other users
    :param may_manage_users: whether it may change user accounts
    :param require_jti: whether its grants must carry a jti
    """

    title: str
    ip_ranges: str = ""
    expires_at: float | None = None
    may_impersonate: bool = False
    may_manage_users: bool = False
    require_jti: bool = False


def offers_impersonation(actor: Actor) -> bool:
    """Whether the actor may let a key act as other users."""
    return actor.may(IMPERSONATE_USER)


def offers_user_management(actor: Actor) -> bool:
    """Whether the actor may let a key change user accounts."""
    return actor.may(ManagePortal)


def may_manage_users(
    users: SiteUsers, credential: ICredential, owner: SiteUser
) -> bool:
    """Whether a credential may change accounts: its owner must still be a Manager."""
    return credential.may_manage_users and users.has_permission(owner, ManagePortal)


def accepted_limits(
    actor: Actor,
    limits: ServiceKeyLimits,
    now: float,
    before: ServiceKey | None = None,
) -> ServiceKeyLimits:
    """The limits in the form they are stored in.

    :param before: the key as it is now, if it is not a new one
    :raises InvalidInput: for the first that cannot be used
    """
    title = cleaned(limits.title, TITLE_LENGTH)
    if not title:
        raise InvalidInput("title", _("Please enter a title."))
    try:
        ip_ranges = normalized(limits.ip_ranges)
    except IPRangeError as error:
        raise InvalidInput("ip_ranges", ip_range_message(error)) from None
    unchanged = before is not None and before.expires_at == limits.expires_at
    if limits.expires_at is not None and limits.expires_at <= now and not unchanged:
        raise InvalidInput("expires", _("The expiry must be in the future."))
    _check_switch(
        limits.may_impersonate,
        before is not None and before.may_impersonate,
        offers_impersonation(actor),
        "may_impersonate",
    )
    _check_switch(
        limits.may_manage_users,
        before is not None and before.may_manage_users,
        offers_user_management(actor),
        "may_manage_users",
    )
    return ServiceKeyLimits(
        title=title,
        ip_ranges=ip_ranges,
        expires_at=limits.expires_at,
        may_impersonate=limits.may_impersonate,
        may_manage_users=limits.may_manage_users,
        require_jti=limits.require_jti,
    )


def _check_switch(wanted: bool, before: bool, offered: bool, name: str) -> None:
    """A switch may stay on or go off; only who is offered it may turn it on."""
    if wanted and not before and not offered:
        raise InvalidInput(name, _("You are not allowed to turn this on."))
