"""The options of a credential, and which of them are acceptable from whom.

Options are values by the names of the fields of a kind's schema. Each function for a
field knows the fields of zope.schema; those of credentials say what they do otherwise.
"""

from ..core.clock import DAY
from ..core.ipranges import IPRangeError
from ..core.ipranges import is_within
from ..core.ipranges import normalized as normalized_ranges
from ..core.redirects import check_redirect_uri
from ..core.redirects import origin_of
from ..core.redirects import RedirectRefused
from ..core.text import cleaned
from ..i18n import _
from ..site.administrative import reasons
from ..site.context import SiteContext
from ..site.errors import InvalidInput
from ..site.errors import Problems
from ..site.fields import checked
from ..site.fields import fields_of
from ..site.fields import member_of
from ..site.requester import Requester
from ..site.userlimits import UserLimits
from ..storage.interfaces import ICredential
from .fields import Expiry
from .fields import Groups
from .fields import IPRanges
from .fields import Lines
from .fields import Scopes
from .fields import Switch
from .fields import Title
from .fields import TITLE_LENGTH
from .fields import Users
from .fields import WebURLs
from .interfaces import ICredentialKind
from .messages import ip_range_message
from .messages import redirect_message
from .policies import check_expiry
from .policies import check_ip_ranges
from .policies import max_lifetime
from .scopes import accepted_scopes
from .scopes import granted_scopes
from .scopes import is_administrative
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import datetime
from datetime import timezone
from functools import singledispatch
from typing import Any


#: Stands for no value, which none equals.
_NEW = object()
#: Calendars end here, a little later or earlier by time zone.
END_OF_TIME = datetime(9999, 1, 1, tzinfo=timezone.utc).timestamp()


@dataclass(frozen=True, kw_only=True)
class Decision:
    """Who decides about a credential, of whom, and when.

    :param owner: user id of its owner
    :param now: seconds since the epoch
    :param made_at: when the secret was made that the program has
    :param before: the present options, which may stay; none for a new credential
    :param may_widen: whether the requester may do more than tighten
    """

    site: SiteContext
    requester: Requester
    kind: ICredentialKind
    owner: str
    now: float
    made_at: float
    before: Mapping[str, Any] = dataclass_field(default_factory=dict)
    may_widen: bool = True


def presets(settings: Any, kind: ICredentialKind, made_at: float) -> dict[str, Any]:
    """The options of a credential where none are given, on whatever way.

    :param made_at: when its secret is made
    """
    found = {name: field.default for name, field in fields_of(kind.options).items()}
    for name, field in fields_of(kind.options).items():
        if isinstance(field, Expiry):
            lifetimes = (field.preferred_days, max_lifetime(settings, kind))
            days = min((each for each in lifetimes if each is not None), default=None)
            found[name] = None if days is None else made_at + days * DAY
    return found


def options_of(kind: ICredentialKind, credential: ICredential) -> dict[str, Any]:
    """The present options of a credential."""
    return {name: getattr(credential, name) for name in fields_of(kind.options)}


def accepted_options(decision: Decision, given: Mapping[str, Any]) -> dict[str, Any]:
    """All options in the form they are stored in; what does not change is acceptable.

    :param given: what is to be decided; what is left out stays, or has its preset
    :raises InvalidInput: for everything that cannot be used
    """
    schema = decision.kind.options
    preset = presets(decision.site.settings, decision.kind, decision.made_at)
    values = {**preset, **decision.before, **given}
    accepted = {}
    problems = Problems()
    for name, field in fields_of(schema).items():
        with problems.collected():
            accepted[name] = _accepted(decision, field, values[name])
    with problems.collected():
        _check_administration_ends(accepted)
    with problems.collected():
        decision.kind.check_options(decision, accepted)
    problems.check()
    return accepted


def offers_administration(decision: Decision) -> bool:
    """Whether the requester may let a program administer the site as this owner.

    The owner has something to administer with, and nothing that the requester lacks.
    What belongs to the site may act for anybody.
    """
    site, users = decision.site, decision.site.users
    if not site.settings.allow_admin_scopes:
        return False
    if decision.kind.belongs_to_site:
        lent = frozenset().union(*reasons(site.portal).values())
    elif (owner := users.get(decision.owner)) is not None:
        lent = users.administrative_permissions(users.principal(owner))
    else:
        return False
    return bool(lent) and lent <= decision.requester.administrative_permissions


def offers(decision: Decision, field: Switch) -> bool:
    """Whether the requester may turn a switch on for this owner: no right is lent."""
    permission, users = field.permission, decision.site.users
    if permission and not decision.requester.may(permission):
        return False
    if not permission or decision.kind.belongs_to_site:
        return True
    if decision.requester.is_user(decision.owner):
        return True
    owner = users.get(decision.owner)
    return owner is not None and users.has_permission(owner, permission)


@singledispatch
def normalized(field: Any, value: Any) -> Any:
    """A value in the form it is stored in.

    :raises InvalidInput: when there is none
    """
    checked(field, value)
    return value


@normalized.register
def _normalized_title(field: Title, value: str) -> str:
    title = cleaned(value, TITLE_LENGTH)
    if not title:
        raise InvalidInput(member_of(field), _("Please enter a title."))
    return title


@normalized.register
def _normalized_ranges(field: IPRanges, value: str) -> str:
    try:
        return normalized_ranges(value)
    except IPRangeError as error:
        raise InvalidInput(member_of(field), ip_range_message(error)) from None


@normalized.register
def _normalized_expiry(field: Expiry, value: float | None) -> float | None:
    return value


@normalized.register
def _normalized_scopes(field: Scopes, value: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(set(value)))


@normalized.register
def _normalized_lines(field: Lines, value: tuple[str, ...]) -> tuple[str, ...]:
    """Each once, in the order they are given."""
    lines = tuple(dict.fromkeys(line.strip() for line in value))
    checked(field, lines)
    return tuple(filter(None, lines))


@singledispatch
def check_allowed(field: Any, value: Any, decision: Decision) -> None:
    """Refuse a value that this requester, or nobody, may choose now.

    :raises InvalidInput: for such a value
    """


@check_allowed.register
def _check_ranges(field: IPRanges, value: str, decision: Decision) -> None:
    check_ip_ranges(decision.site.settings, value)


@check_allowed.register
def _check_expiry(field: Expiry, value: float | None, decision: Decision) -> None:
    member = member_of(field)
    if value is not None and value <= decision.now:
        raise InvalidInput(member, _("The expiry must be in the future."))
    if value is not None and value >= END_OF_TIME:
        raise InvalidInput(member, _("The expiry must be before the year 9999."))
    check_expiry(decision.site.settings, decision.kind, value, decision.made_at)


@check_allowed.register
def _check_scopes(field: Scopes, value: tuple[str, ...], decision: Decision) -> None:
    accepted_scopes(value, decision.kind.is_for_applications)
    added = granted_scopes(value) - granted_scopes(decision.before.get("scopes", ()))
    if is_administrative(added) and not offers_administration(decision):
        raise InvalidInput(
            member_of(field), _("You cannot let a program administer this site.")
        )


@check_allowed.register
def _check_web_urls(field: WebURLs, value: tuple[str, ...], decision: Decision) -> None:
    member = member_of(field)
    if not value:
        raise InvalidInput(member, _("Please enter where people come back to."))
    for url in value:
        try:
            check_redirect_uri(url)
            if not origin_of(url):
                # Of an app's own scheme, and people come with a browser.
                raise RedirectRefused("not_https")
        except RedirectRefused as refused:
            raise InvalidInput(member, redirect_message(url, refused)) from None


@check_allowed.register
def _check_users(field: Users, value: tuple[str, ...], decision: Decision) -> None:
    unknown = UserLimits(users=value).unknown(decision.site.users)
    if unknown:
        raise InvalidInput(
            member_of(field),
            _("There is no user ${user}.", mapping={"user": unknown[0]}),
        )


@check_allowed.register
def _check_groups(field: Groups, value: tuple[str, ...], decision: Decision) -> None:
    unknown = UserLimits(groups=value).unknown(decision.site.users)
    if unknown:
        raise InvalidInput(
            member_of(field),
            _("There is no group ${group}.", mapping={"group": unknown[0]}),
        )


@check_allowed.register
def _check_switch(field: Switch, value: bool, decision: Decision) -> None:
    if value and not offers(decision, field):
        raise InvalidInput(member_of(field), _("You are not allowed to turn this on."))


@singledispatch
def loosens(field: Any, value: Any, before: Any) -> bool:
    """Whether a value may let a program do more than the one before; any, in doubt."""
    return bool(value != before)


@loosens.register
def _loosens_ranges(field: IPRanges, value: str, before: str) -> bool:
    return not is_within(value, before)


@loosens.register
def _loosens_expiry(field: Expiry, value: float | None, before: float | None) -> bool:
    return _end(value) > _end(before)


@loosens.register
def _loosens_scopes(
    field: Scopes, value: tuple[str, ...], before: tuple[str, ...]
) -> bool:
    return not granted_scopes(value) <= granted_scopes(before)


@loosens.register
def _loosens_switch(field: Switch, value: bool, before: bool) -> bool:
    return value < before if field.protects else value > before


def _accepted(decision: Decision, field: Any, value: Any) -> Any:
    if isinstance(value, InvalidInput):
        raise value
    before = decision.before.get(field.__name__, _NEW)
    if value == before:
        return value
    value = normalized(field, value)
    if value == before:
        return value
    if not decision.may_widen and loosens(field, value, before):
        raise InvalidInput(member_of(field), decision.kind.texts.somebody_elses)
    check_allowed(field, value, decision)
    return value


def _check_administration_ends(accepted: Mapping[str, Any]) -> None:
    # Neither is there if it cannot be used.
    scopes, expires_at = accepted.get("scopes", ()), accepted.get("expires_at", _NEW)
    if expires_at is None and is_administrative(scopes):
        raise InvalidInput(
            "expires", _("A credential that may administer the site needs an expiry.")
        )


def _end(expires_at: float | None) -> float:
    return float("inf") if expires_at is None else expires_at
