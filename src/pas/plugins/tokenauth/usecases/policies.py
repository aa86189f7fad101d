"""Policies of the site: what nobody may have, whoever they are.

They are asked when a key is issued, rotated or changed. A value that was fine
when it was set, and is not touched, stays.
"""

from ..core.keys import ALGORITHMS
from ..core.keys import DEFAULT_ALGORITHM
from ..i18n import _
from .errors import PolicyViolation
from .errors import TooManyKeys
from .interfaces import ITokenAuthSettings
from .maintenance import DAY
from .server import AuthorizationServer


def latest_expiry(settings: ITokenAuthSettings, made_at: float) -> float | None:
    """When a key must end whose newest key pair was made at a time; None for never."""
    if settings.max_key_lifetime is None:
        return None
    return made_at + settings.max_key_lifetime * DAY


def default_algorithm(settings: ITokenAuthSettings) -> str:
    """The algorithm of who does not choose one."""
    allowed = settings.allowed_algorithms
    return next(name for name in (DEFAULT_ALGORITHM, *ALGORITHMS) if name in allowed)


def check_expiry(
    settings: ITokenAuthSettings, expires_at: float | None, made_at: float
) -> None:
    """Refuse an expiry beyond the longest lifetime.

    :raises PolicyViolation: for such an expiry
    """
    latest = latest_expiry(settings, made_at)
    if latest is not None and (expires_at is None or expires_at > latest):
        raise PolicyViolation(
            "expires",
            _(
                "By the policy of this site a key ends at most ${days} days after its"
                " key pair was made.",
                mapping={"days": settings.max_key_lifetime},
            ),
        )


def check_ip_ranges(settings: ITokenAuthSettings, ip_ranges: str) -> None:
    """Refuse a key that can be used from anywhere.

    :raises PolicyViolation: when the site requires IP ranges
    """
    if settings.require_ip_ranges and not ip_ranges:
        raise PolicyViolation(
            "ip_ranges", _("By the policy of this site every key needs IP ranges.")
        )


def check_algorithm(settings: ITokenAuthSettings, algorithm: str) -> None:
    """Refuse an algorithm.

    :raises PolicyViolation: when the site does not allow it
    """
    if algorithm not in settings.allowed_algorithms:
        raise PolicyViolation(
            "algorithm",
            _(
                "The policy of this site does not allow ${algorithm}.",
                mapping={"algorithm": algorithm},
            ),
        )


def check_number(server: AuthorizationServer, owner: str, now: float) -> None:
    """Refuse one more key for a user.

    :raises TooManyKeys: when they have as many as the site allows
    """
    maximum = server.settings.max_keys_per_user
    if maximum is None:
        return
    owned = server.storage.service_keys.owned_by(owner)
    if sum(key.is_live(now) for key in owned) >= maximum:
        raise TooManyKeys(maximum)
