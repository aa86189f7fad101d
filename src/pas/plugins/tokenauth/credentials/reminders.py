"""Which owners are to be told that a credential expires soon, and who was told."""

from ..core.clock import DAY
from ..site.context import SiteContext
from ..storage.interfaces import ICredential
from .kinds import credentials_of
from .kinds import kinds
from collections.abc import Iterable


#: Days before the end at which its owner is told.
REMIND_AT_DAYS = (14, 3)


def due_reminders(site: SiteContext, now: float) -> dict[str, list[ICredential]]:
    """Those whose owner is to be told now, by owner."""
    due: dict[str, list[ICredential]] = {}
    for kind in kinds().values():
        for credential in credentials_of(site.storage, kind).all():
            # Nobody is told of what neither belongs to a user nor acts as one.
            if credential.acts_as and is_due(credential, now):
                due.setdefault(credential.acts_as, []).append(credential)
    return due


def is_due(credential: ICredential, now: float) -> bool:
    """Whether the owner is to be told that it expires soon."""
    step = _step(credential, now)
    if step is None or credential.reminded is None:
        return step is not None
    expires_at, told_at = credential.reminded
    # What got another expiry has a new end to be told of.
    return expires_at != credential.expires_at or step < told_at


def mark_reminded(credentials: Iterable[ICredential], now: float) -> None:
    """Note that the owner is told, so that they are not told the same again."""
    for credential in credentials:
        step = _step(credential, now)
        if credential.expires_at is not None and step is not None:
            credential.reminded = (credential.expires_at, step)


def _step(credential: ICredential, now: float) -> int | None:
    """The last of REMIND_AT_DAYS that was reached, or None."""
    if credential.expires_at is None or not credential.is_live(now):
        return None
    left = credential.expires_at - now
    # Nobody needs to be told of what they decided when they issued the key. A new key
    # pair decides nothing: a program may add one every day until the key ends.
    lifetime = credential.expires_at - credential.issued_at
    reached = [days for days in REMIND_AT_DAYS if left <= days * DAY < lifetime]
    return min(reached, default=None)
