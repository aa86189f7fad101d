"""Finding service keys: all keys of the site, by text, owner and state."""

from ..permissions import MANAGE_ALL_SERVICE_KEYS
from ..storage.servicekeys import ServiceKey
from .actor import Actor
from .maintenance import DAY
from .rights import require_permission
from .server import AuthorizationServer
from .servicekeys import last_use
from collections.abc import Callable
from collections.abc import Iterable
from typing import Any


#: Days before its end from which on a key counts as expiring.
EXPIRING_DAYS = 14
#: Days without use from which on a key counts as unused.
UNUSED_DAYS = 90

#: What a key can be searched by; all but `unused` exclude each other.
STATES = ("active", "expiring", "unused", "expired", "revoked", "orphaned")
SORT_ORDERS = ("title", "owner", "issued", "expires", "last_used")

_NEVER = float("inf")


def state_of(service_key: ServiceKey, now: float) -> str:
    """One of STATES but `unused`; an expiring key is active, too."""
    if service_key.revoked_at is not None:
        return "revoked"
    if service_key.orphaned_at or service_key.owner_missing_since:
        return "orphaned"
    left = days_left(service_key, now)
    if left is None:
        return "active"
    if not service_key.is_live(now):
        return "expired"
    return "expiring" if left <= EXPIRING_DAYS else "active"


def days_left(service_key: ServiceKey, now: float) -> int | None:
    """Full days until the key expires; None for never, less than 0 afterwards."""
    if service_key.expires_at is None:
        return None
    return int((service_key.expires_at - now) // DAY)


def is_unused(server: AuthorizationServer, service_key: ServiceKey, now: float) -> bool:
    """Whether a live key has not been used for long, though it could have been."""
    since = now - UNUSED_DAYS * DAY
    if service_key.issued_at > since or not service_key.is_live(now):
        return False
    use = last_use(server, service_key)
    return use is None or use.time < since


def find_service_keys(
    server: AuthorizationServer,
    actor: Actor,
    now: float,
    text: str = "",
    state: str = "",
    owner: str = "",
) -> list[ServiceKey]:
    """The keys of everybody that fit, the newest first.

    :param text: part of title, owner, name or client id, in any case
    :param state: one of STATES; empty for any
    :param owner: user id; empty for any
    :raises NotAllowed: when the actor is no administrator of keys
    """
    require_permission(actor, MANAGE_ALL_SERVICE_KEYS)
    service_keys = server.storage.service_keys
    candidates = service_keys.owned_by(owner) if owner else service_keys.all()
    found = [
        key
        for key in candidates
        if _has_text(key, text.strip().lower()) and _is_in(server, key, state, now)
    ]
    return sorted_keys(server, found, "issued", descending=True)


def sorted_keys(
    server: AuthorizationServer,
    keys: Iterable[ServiceKey],
    by: str,
    descending: bool = False,
) -> list[ServiceKey]:
    """The keys in one of SORT_ORDERS; never is after any expiry, and before any use."""
    order: dict[str, Callable[[ServiceKey], Any]] = {
        "title": lambda key: key.title.lower(),
        "owner": lambda key: key.owner.lower(),
        "issued": lambda key: key.issued_at,
        "expires": lambda key: key.expires_at or _NEVER,
        "last_used": lambda key: _last_used(server, key),
    }
    return sorted(keys, key=order[by], reverse=descending)


def _has_text(service_key: ServiceKey, text: str) -> bool:
    where = (
        service_key.title,
        service_key.owner,
        service_key.name,
        service_key.client_id,
    )
    return any(text in value.lower() for value in where)


def _is_in(
    server: AuthorizationServer, service_key: ServiceKey, state: str, now: float
) -> bool:
    if not state:
        return True
    if state == "unused":
        return is_unused(server, service_key, now)
    actual = state_of(service_key, now)
    return actual == state or (state == "active" and actual == "expiring")


def _last_used(server: AuthorizationServer, service_key: ServiceKey) -> float:
    use = last_use(server, service_key)
    return use.time if use else 0.0
