"""Which owners are to be told that a key expires soon, and who was told."""

from ..storage.servicekeys import ServiceKey
from .maintenance import DAY
from .server import AuthorizationServer
from collections.abc import Iterable


#: Days before the end of a key at which its owner is told.
REMIND_AT_DAYS = (14, 3)


def due_reminders(
    server: AuthorizationServer, now: float
) -> dict[str, list[ServiceKey]]:
    """Keys whose owner is to be told now, by owner."""
    due: dict[str, list[ServiceKey]] = {}
    for service_key in server.storage.service_keys.all():
        if is_due(service_key, now):
            due.setdefault(service_key.owner, []).append(service_key)
    return due


def is_due(service_key: ServiceKey, now: float) -> bool:
    """Whether the owner is to be told that the key expires soon."""
    step = _step(service_key, now)
    if step is None or service_key.reminded is None:
        return step is not None
    expires_at, told_at = service_key.reminded
    # A key that got another expiry has a new end to be told of.
    return expires_at != service_key.expires_at or step < told_at


def mark_reminded(keys: Iterable[ServiceKey], now: float) -> None:
    """Note that the owner is told, so that they are not told the same again."""
    for service_key in keys:
        step = _step(service_key, now)
        if service_key.expires_at is not None and step is not None:
            service_key.reminded = (service_key.expires_at, step)


def _step(service_key: ServiceKey, now: float) -> int | None:
    """The last of REMIND_AT_DAYS that was reached, or None."""
    if service_key.expires_at is None or not service_key.is_live(now):
        return None
    left = service_key.expires_at - now
    # Nobody needs to be told of what they decided when they issued the key. A new key
    # pair decides nothing: a program may add one every day until the key ends.
    lifetime = service_key.expires_at - service_key.issued_at
    reached = [days for days in REMIND_AT_DAYS if left <= days * DAY < lifetime]
    return min(reached, default=None)
