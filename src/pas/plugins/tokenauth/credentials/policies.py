"""Policies of the site: what no credential may be, whoever asks.

They are asked when a credential is issued, rotated or changed. A value that was fine
when it was set, and is not touched, stays.
"""

from ..core.clock import DAY
from ..i18n import _
from ..site.context import SiteContext
from ..site.errors import PolicyViolation
from .errors import TooManyCredentials
from .interfaces import ICredentialKind
from .kinds import credentials_of
from itertools import islice
from typing import Any


def max_lifetime(settings: Any, kind: ICredentialKind) -> int | None:
    """Days for which a credential can be used at most; None for any number."""
    name = kind.max_lifetime
    return getattr(settings, name) if name else None


def latest_expiry(settings: Any, kind: ICredentialKind, made_at: float) -> float | None:
    """When a credential must end whose secret was made at a time; None for any time."""
    days = max_lifetime(settings, kind)
    return None if days is None else made_at + days * DAY


def may_never_end(settings: Any, kind: ICredentialKind) -> bool:
    """Whether a credential may never expire."""
    if max_lifetime(settings, kind) is not None:
        return False
    return not kind.may_never_end or bool(getattr(settings, kind.may_never_end))


def check_expiry(
    settings: Any,
    kind: ICredentialKind,
    expires_at: float | None,
    made_at: float,
) -> None:
    """Refuse an expiry beyond the longest lifetime.

    :raises PolicyViolation: for such an expiry
    """
    days = max_lifetime(settings, kind)
    if days is None:
        if expires_at is None and not may_never_end(settings, kind):
            raise PolicyViolation("expires", kind.texts.must_end)
    elif expires_at is None or expires_at > made_at + days * DAY:
        raise PolicyViolation("expires", _(kind.texts.too_long, mapping={"days": days}))


def check_ip_ranges(settings: Any, ip_ranges: str) -> None:
    """Refuse a credential that can be used from anywhere.

    :raises PolicyViolation: when the site requires IP ranges
    """
    if settings.require_ip_ranges and not ip_ranges:
        raise PolicyViolation(
            "ip_ranges",
            _("This site's policy requires IP ranges for every key and token."),
        )


def check_number(
    site: SiteContext, kind: ICredentialKind, owner: str, now: float
) -> None:
    """Refuse one more credential of a kind for a user.

    :raises TooManyCredentials: when they have as many as the site allows
    """
    name = kind.max_per_user
    maximum: int | None = getattr(site.settings, name) if name else None
    if maximum is None:
        return
    owned = credentials_of(site.storage, kind).owned_by(owner)
    current = (credential for credential in owned if credential.is_current(now))
    if len(list(islice(current, maximum))) >= maximum:
        raise TooManyCredentials(kind, maximum)
