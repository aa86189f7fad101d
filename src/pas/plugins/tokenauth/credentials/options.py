"""What is decided about a credential, and which of it is acceptable from whom."""

from ..core.ipranges import IPRangeError
from ..core.ipranges import is_within
from ..core.ipranges import normalized
from ..core.scopes import WRITE
from ..core.text import cleaned
from ..i18n import _
from ..permissions import IMPERSONATE_USER
from ..site.context import AuthorizationServer
from ..site.errors import InvalidInput
from ..site.requester import Actor
from ..site.users import SiteUser
from ..site.users import SiteUsers
from ..storage.interfaces import ICredential
from .kinds import CredentialKind
from .kinds import PERSONAL_TOKEN
from .kinds import SERVICE_KEY
from .messages import ip_range_message
from .policies import check_expiry
from .policies import check_ip_ranges
from .scopes import accepted_scopes
from .scopes import granted_scopes
from dataclasses import dataclass
from dataclasses import fields
from dataclasses import replace
from datetime import datetime
from datetime import timezone
from Products.CMFCore.permissions import ManagePortal
from typing import TypeVar


TITLE_LENGTH = 100
#: Calendars end here, a little later or earlier by time zone.
END_OF_TIME = datetime(9999, 1, 1, tzinfo=timezone.utc).timestamp()


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What is decided about a credential, at issue and later.

    :param title: text by which the owner recognises it
    :param ip_ranges: where it may be used from; empty for anywhere
    :param expires_at: seconds since the epoch, or None for never
    :param scopes: names of what it is good for at most
    """

    title: str
    ip_ranges: str = ""
    expires_at: float | None = None
    scopes: tuple[str, ...] = (WRITE,)


@dataclass(frozen=True, kw_only=True)
class ServiceKeyLimits(Limits):
    """What is decided about a service key.

    :param may_impersonate: whether it may act as other users
    :param may_manage_users: whether it may change user accounts
    :param require_jti: whether its grants must carry a jti
    """

    may_impersonate: bool = False
    may_manage_users: bool = False
    require_jti: bool = False


@dataclass(frozen=True, kw_only=True)
class PersonalTokenLimits(Limits):
    """What is decided about a personal access token."""


LimitsT = TypeVar("LimitsT", bound=Limits)

_CLASSES: dict[str, type[Limits]] = {
    SERVICE_KEY.name: ServiceKeyLimits,
    PERSONAL_TOKEN.name: PersonalTokenLimits,
}


def limits_of(credential: ICredential) -> Limits:
    """What is decided about a credential now, in the class for its kind."""
    limits = _CLASSES[credential.kind]
    names = [field.name for field in fields(limits)]
    return limits(**{name: getattr(credential, name) for name in names})


def offers_impersonation(server: AuthorizationServer, actor: Actor, owner: str) -> bool:
    """Whether the actor may let a key of this user act as other users."""
    return _both_may(server, actor, owner, IMPERSONATE_USER)


def offers_user_management(
    server: AuthorizationServer, actor: Actor, owner: str
) -> bool:
    """Whether the actor may let a key of this user change user accounts."""
    return _both_may(server, actor, owner, ManagePortal)


def may_manage_users(
    users: SiteUsers, credential: ICredential, owner: SiteUser
) -> bool:
    """Whether a credential may change accounts: its owner must still be a Manager."""
    return credential.may_manage_users and users.has_permission(owner, ManagePortal)


def accepted_limits(
    server: AuthorizationServer,
    kind: CredentialKind,
    limits: LimitsT,
    now: float,
    made_at: float,
    before: Limits | None = None,
) -> LimitsT:
    """The limits in the form they are stored in. What does not change is acceptable.

    :param made_at: when the secret was made that the program has
    :param before: what is decided now, if it is not a new credential
    :raises InvalidInput: for the first that cannot be used
    """
    title = cleaned(limits.title, TITLE_LENGTH)
    if not title:
        raise InvalidInput("title", _("Please enter a title."))
    try:
        ip_ranges = normalized(limits.ip_ranges)
    except IPRangeError as error:
        raise InvalidInput("ip_ranges", ip_range_message(error)) from None
    if before is None or ip_ranges != before.ip_ranges:
        check_ip_ranges(server.settings, ip_ranges)
    if before is None or limits.expires_at != before.expires_at:
        _check_expires(server, kind, limits.expires_at, now, made_at)
    scopes = limits.scopes
    if before is None or scopes != before.scopes:
        scopes = accepted_scopes(scopes)
    return replace(limits, title=title, ip_ranges=ip_ranges, scopes=scopes)


def check_switches(
    server: AuthorizationServer,
    actor: Actor,
    owner: str,
    limits: Limits,
    before: Limits | None = None,
) -> None:
    """Refuse to turn a switch on that the actor is not offered; it may stay on.

    What has no switches is fine.

    :raises InvalidInput: for the first such switch
    """
    for name, offers in (
        ("may_impersonate", offers_impersonation),
        ("may_manage_users", offers_user_management),
    ):
        is_on = before is not None and getattr(before, name, False)
        wanted = getattr(limits, name, False)
        if wanted and not is_on and not offers(server, actor, owner):
            raise InvalidInput(name, _("You are not allowed to turn this on."))


def check_tighter(kind: CredentialKind, limits: Limits, before: Limits) -> None:
    """Refuse anything that lets a program in more than before, or another title.

    :param limits: in the form they are stored in
    :raises InvalidInput: for the first such value
    """
    loosened = {
        "title": limits.title != before.title,
        "ip_ranges": not is_within(limits.ip_ranges, before.ip_ranges),
        "expires": _ends(limits) > _ends(before),
        "scopes": not granted_scopes(limits.scopes) <= granted_scopes(before.scopes),
    }
    if isinstance(limits, ServiceKeyLimits) and isinstance(before, ServiceKeyLimits):
        loosened |= _loosened_switches(limits, before)
    for name, is_looser in loosened.items():
        if is_looser:
            raise InvalidInput(name, kind.somebody_elses)


def _loosened_switches(
    limits: ServiceKeyLimits, before: ServiceKeyLimits
) -> dict[str, bool]:
    return {
        "may_impersonate": limits.may_impersonate > before.may_impersonate,
        "may_manage_users": limits.may_manage_users > before.may_manage_users,
        "require_jti": limits.require_jti < before.require_jti,
    }


def _check_expires(
    server: AuthorizationServer,
    kind: CredentialKind,
    expires_at: float | None,
    now: float,
    made_at: float,
) -> None:
    if expires_at is not None and expires_at <= now:
        raise InvalidInput("expires", _("The expiry must be in the future."))
    if expires_at is not None and expires_at >= END_OF_TIME:
        raise InvalidInput("expires", _("The expiry must be before the year 9999."))
    check_expiry(server.settings, kind, expires_at, made_at)


def _ends(limits: Limits) -> float:
    return float("inf") if limits.expires_at is None else limits.expires_at


def _both_may(
    server: AuthorizationServer, actor: Actor, owner: str, permission: str
) -> bool:
    """Whether the actor and the owner have a permission: no right is lent."""
    if not actor.may(permission):
        return False
    if actor.is_user(owner):
        return True
    user = server.users.get(owner)
    return user is not None and server.users.has_permission(user, permission)
