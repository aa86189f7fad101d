"""Changing the settings of the site."""

from ..events import SettingsChangedEvent
from ..i18n import _
from ..permissions import MANAGE_ALL_SERVICE_KEYS
from .context import SiteContext
from .errors import InvalidInput
from .errors import NotAllowed
from .errors import Problems
from .fields import checked
from .fields import fields_of
from .interfaces import IAddressSettings
from .issuer import FormerTokenEndpoint
from .issuer import is_issuer
from .issuer import TOKEN_ENDPOINT
from .requester import Requester
from .requester import require_permission
from .sections import setting_fields
from collections.abc import Mapping
from datetime import datetime
from datetime import timedelta
from datetime import timezone
from Products.CMFCore.permissions import ManagePortal
from typing import Any
from zope.event import notify

import transaction


#: How long grants addressed to a former issuer stay accepted.
FORMER_ISSUER_DAYS = 90
#: Settings that decide which grants are meant for this site.
_AUDIENCES = frozenset({"issuer", "former_token_endpoints"})
#: Settings that decide where programs and people are sent.
ADDRESSES = frozenset(fields_of(IAddressSettings))


def change_settings(
    site: SiteContext, requester: Requester, values: Mapping[str, Any], now: float
) -> frozenset[str]:
    """Change settings, all of them or none.

    When the issuer changes, the old one and its token endpoint become former
    token endpoints, so that no client that sends grants breaks at once.

    :param values: new values by name of the setting; in place of one that cannot be
        read, what is wrong with it
    :returns: the names of those that are different now
    :raises InvalidInput: for every value that cannot be used
    :raises NotAllowed: when the requester may not change one of them
    """
    require_permission(requester, MANAGE_ALL_SERVICE_KEYS)
    accepted = _accepted(values)
    changed = _changed(site, accepted)
    if not may_change_addresses(requester) and changed & ADDRESSES:
        raise NotAllowed(_("Only a Manager may change the addresses of the site."))
    if not changed:
        return changed
    _keep_former_issuer(site, accepted, now)
    for name, value in accepted.items():
        setattr(site.settings, name, value)
    transaction.get().note(f"tokenauth: settings by {requester.name}")
    names = tuple(sorted(changed))
    notify(SettingsChangedEvent(requester=requester.name, names=names))
    return changed


def may_change_addresses(requester: Requester) -> bool:
    """Whether the requester may change where programs and people are sent.

    A keyfile tells its program where to send grants. Whoever could change that could
    collect grants of a Manager's program, and exchange them here. Where people are
    sent, they enter their passwords.
    """
    return requester.may(ManagePortal)


def propose_issuer(settings: Any, url: str) -> None:
    """Take the site's URL as the issuer, if there is none and the URL can be one."""
    if not settings.issuer and is_issuer(url):
        settings.issuer = url


def _accepted(values: Mapping[str, Any]) -> dict[str, Any]:
    fields = setting_fields()
    problems = Problems()
    accepted = {}
    # In the order of the form; what is no setting comes last.
    for name in [*(name for name in fields if name in values), *values]:
        if name not in accepted:
            accepted[name] = values[name]
            with problems.collected():
                accepted[name] = _checked(name, fields.get(name), values[name])
    problems.check()
    return accepted


def _checked(name: str, field: Any, value: Any) -> Any:
    if isinstance(value, InvalidInput):
        raise value
    if name in ("issuer", "pages_url") and isinstance(value, str):
        value = value.strip().rstrip("/")
    checked(field, value)
    return value


def _changed(site: SiteContext, accepted: Mapping[str, Any]) -> frozenset[str]:
    settings = site.settings
    return frozenset(
        name for name, value in accepted.items() if getattr(settings, name) != value
    )


def _keep_former_issuer(
    site: SiteContext, accepted: dict[str, Any], now: float
) -> None:
    """Note the old issuer as a former one; the one in force is not former."""
    settings = site.settings
    if not _AUDIENCES & accepted.keys():
        return
    issuer = accepted.get("issuer", settings.issuer) or ""
    kept = accepted.get("former_token_endpoints", settings.former_token_endpoints)
    ends = {endpoint.url: endpoint.until for endpoint in kept}
    today = datetime.fromtimestamp(now, timezone.utc).date()
    until = today + timedelta(days=FORMER_ISSUER_DAYS)
    for url in _audiences(settings.issuer or ""):
        ends[url] = max(until, ends.get(url, until))
    # Slashes at the end of a bare origin make no difference to audiences.
    in_force = {*_audiences(issuer), f"{issuer}/"}
    accepted["former_token_endpoints"] = tuple(
        FormerTokenEndpoint(url, end)
        for url, end in ends.items()
        if url not in in_force
    )


def _audiences(issuer: str) -> tuple[str, ...]:
    return (issuer, f"{issuer}/{TOKEN_ENDPOINT}") if issuer else ()
