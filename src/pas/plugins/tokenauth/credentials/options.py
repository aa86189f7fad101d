"""The options of a credential, and which of them are acceptable from whom."""

from ..core.ipranges import IPRangeError
from ..core.ipranges import is_within
from ..core.ipranges import normalized
from ..core.scopes import READ
from ..core.text import cleaned
from ..i18n import _
from ..permissions import IMPERSONATE_USER
from ..site.context import SiteContext
from ..site.errors import InvalidInput
from ..site.requester import Requester
from ..storage.interfaces import ICredential
from .kinds import CredentialKind
from .kinds import PERSONAL_ACCESS_TOKEN
from .kinds import SERVICE_KEY
from .messages import ip_range_message
from .policies import check_expiry
from .policies import check_ip_ranges
from .scopes import accepted_scopes
from .scopes import granted_scopes
from .scopes import is_administrative
from dataclasses import dataclass
from dataclasses import fields
from dataclasses import replace
from datetime import datetime
from datetime import timezone
from typing import TypeVar


TITLE_LENGTH = 100
#: Calendars end here, a little later or earlier by time zone.
END_OF_TIME = datetime(9999, 1, 1, tzinfo=timezone.utc).timestamp()


@dataclass(frozen=True, kw_only=True)
class Options:
    """The options of a credential, at issue and later.

    :param title: a name by which the owner recognises it
    :param ip_ranges: where it may be used from; empty for anywhere
    :param expires_at: seconds since the epoch, or None for never
    :param scopes: names of the scopes that it has at most
    """

    title: str
    ip_ranges: str = ""
    expires_at: float | None = None
    scopes: tuple[str, ...] = (READ,)


@dataclass(frozen=True, kw_only=True)
class ServiceKeyOptions(Options):
    """The options of a service key.

    :param may_impersonate: whether it may act as other users
    :param require_jti: whether its grants must carry a jti
    """

    may_impersonate: bool = False
    require_jti: bool = False


@dataclass(frozen=True, kw_only=True)
class PersonalAccessTokenOptions(Options):
    """The options of a personal access token."""


LimitsT = TypeVar("LimitsT", bound=Options)

_CLASSES: dict[str, type[Options]] = {
    SERVICE_KEY.name: ServiceKeyOptions,
    PERSONAL_ACCESS_TOKEN.name: PersonalAccessTokenOptions,
}


def options_of(credential: ICredential) -> Options:
    """The present options of a credential, in the class for its kind."""
    options = _CLASSES[credential.kind]
    names = [field.name for field in fields(options)]
    return options(**{name: getattr(credential, name) for name in names})


def offers_impersonation(site: SiteContext, requester: Requester, owner: str) -> bool:
    """Whether the requester may let a key of this user act as other users."""
    return _both_may(site, requester, owner, IMPERSONATE_USER)


def offers_administration(site: SiteContext, requester: Requester, owner: str) -> bool:
    """Whether the requester may let a program administer the site as this user.

    The user has something to administer with, and nothing that the requester lacks.
    """
    user = site.users.get(owner) if site.settings.allow_admin_scopes else None
    if user is None:
        return False
    principal = site.users.principal(user)
    lent = site.users.administrative_permissions(principal)
    return bool(lent) and lent <= requester.administrative_permissions


def accepted_options(
    site: SiteContext,
    kind: CredentialKind,
    options: LimitsT,
    now: float,
    made_at: float,
    before: Options | None = None,
) -> LimitsT:
    """The options in the form they are stored in. What does not change is acceptable.

    :param made_at: when the secret was made that the program has
    :param before: the present options, if it is not a new credential
    :raises InvalidInput: for the first that cannot be used
    """
    title = cleaned(options.title, TITLE_LENGTH)
    if not title:
        raise InvalidInput("title", _("Please enter a title."))
    try:
        ip_ranges = normalized(options.ip_ranges)
    except IPRangeError as error:
        raise InvalidInput("ip_ranges", ip_range_message(error)) from None
    if before is None or ip_ranges != before.ip_ranges:
        check_ip_ranges(site.settings, ip_ranges)
    if before is None or options.expires_at != before.expires_at:
        _check_expires(site, kind, options.expires_at, now, made_at)
    scopes = options.scopes
    if before is None or scopes != before.scopes:
        scopes = accepted_scopes(scopes)
    return replace(options, title=title, ip_ranges=ip_ranges, scopes=scopes)


def check_switches(
    site: SiteContext,
    requester: Requester,
    owner: str,
    options: Options,
    before: Options | None = None,
) -> None:
    """Refuse to turn a switch on that the requester is not offered; it may stay on.

    Options without switches are fine.

    :raises InvalidInput: for the first such switch
    """
    is_on = getattr(before, "may_impersonate", False)
    wanted = getattr(options, "may_impersonate", False)
    if wanted and not is_on and not offers_impersonation(site, requester, owner):
        raise InvalidInput("may_impersonate", _("You are not allowed to turn this on."))


def check_scopes(
    site: SiteContext,
    requester: Requester,
    owner: str,
    options: Options,
    before: Options | None = None,
) -> None:
    """Refuse scopes of administration that the requester is not offered.

    They may stay as they are, but a credential that has them needs an expiry.

    :raises InvalidInput: for such scopes, or without an expiry
    """
    if not is_administrative(options.scopes):
        return
    if options.expires_at is None:
        raise InvalidInput(
            "expires", _("What may administer the site needs an expiry.")
        )
    if before is not None and granted_scopes(options.scopes) <= granted_scopes(
        before.scopes
    ):
        return
    if not offers_administration(site, requester, owner):
        raise InvalidInput(
            "scopes", _("You cannot let a program administer this site.")
        )


def check_tighter(kind: CredentialKind, options: Options, before: Options) -> None:
    """Refuse anything that authorizes a program to more than before, or another title.

    :param options: in the form they are stored in
    :raises InvalidInput: for the first such value
    """
    loosened = {
        "title": options.title != before.title,
        "ip_ranges": not is_within(options.ip_ranges, before.ip_ranges),
        "expires": _ends(options) > _ends(before),
        "scopes": not granted_scopes(options.scopes) <= granted_scopes(before.scopes),
    }
    if isinstance(options, ServiceKeyOptions) and isinstance(before, ServiceKeyOptions):
        loosened |= _loosened_switches(options, before)
    for name, is_looser in loosened.items():
        if is_looser:
            raise InvalidInput(name, kind.somebody_elses)


def _loosened_switches(
    options: ServiceKeyOptions, before: ServiceKeyOptions
) -> dict[str, bool]:
    return {
        "may_impersonate": options.may_impersonate > before.may_impersonate,
        "require_jti": options.require_jti < before.require_jti,
    }


def _check_expires(
    site: SiteContext,
    kind: CredentialKind,
    expires_at: float | None,
    now: float,
    made_at: float,
) -> None:
    if expires_at is not None and expires_at <= now:
        raise InvalidInput("expires", _("The expiry must be in the future."))
    if expires_at is not None and expires_at >= END_OF_TIME:
        raise InvalidInput("expires", _("The expiry must be before the year 9999."))
    check_expiry(site.settings, kind, expires_at, made_at)


def _ends(options: Options) -> float:
    return float("inf") if options.expires_at is None else options.expires_at


def _both_may(
    site: SiteContext, requester: Requester, owner: str, permission: str
) -> bool:
    """Whether the requester and the owner have a permission: no right is lent."""
    if not requester.may(permission):
        return False
    if requester.is_user(owner):
        return True
    user = site.users.get(owner)
    return user is not None and site.users.has_permission(user, permission)
