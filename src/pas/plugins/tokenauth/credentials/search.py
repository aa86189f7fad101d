"""Finding credentials of the whole site, by search text, owner, kind and state."""

from ..site.context import SiteContext
from ..site.requester import Requester
from ..storage.interfaces import ICredential
from .interfaces import ICredentialKind
from .kinds import credentials_of
from .maintenance import DAY
from .rights import managed_kinds
from .service import last_use
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from typing import Any


#: Days before its end from which on a credential counts as expiring.
EXPIRING_DAYS = 14
#: Days without use from which on one counts as unused.
UNUSED_DAYS = 90

#: What it can be searched by; all but `unused` exclude each other.
STATES = (
    "active",
    "expiring",
    "unused",
    "disabled",
    "expired",
    "revoked",
    "orphaned",
)
SORT_ORDERS = ("title", "owner", "issued", "expires", "last_used")

_NEVER = float("inf")


def state_of(credential: ICredential, now: float) -> str:
    """One of STATES but `unused`; what is expiring is active, too."""
    if credential.revoked_at is not None:
        return "revoked"
    if credential.orphaned_at or credential.owner_missing_since:
        return "orphaned"
    if not credential.is_current(now):
        return "expired"
    if credential.disabled_at is not None:
        return "disabled"
    left = days_left(credential, now)
    return "expiring" if left is not None and left <= EXPIRING_DAYS else "active"


def days_left(credential: ICredential, now: float) -> int | None:
    """Full days until it expires; None for never, less than 0 afterwards."""
    if credential.expires_at is None:
        return None
    return int((credential.expires_at - now) // DAY)


def is_unused(site: SiteContext, credential: ICredential, now: float) -> bool:
    """Whether a live one has not been used for long, though it could have been."""
    since = now - UNUSED_DAYS * DAY
    if credential.issued_at > since or not credential.is_live(now):
        return False
    use = last_use(site, credential)
    return use is None or use.time < since


def find_credentials(
    site: SiteContext,
    requester: Requester,
    now: float,
    text: str = "",
    state: str = "",
    owner: str = "",
    kind: ICredentialKind | None = None,
) -> list[ICredential]:
    """Those of everybody that match, the newest first.

    :param text: part of title, owner, name or id, in any case
    :param state: one of STATES; empty for any
    :param owner: user id; empty for any
    :param kind: None for any
    :raises NotAllowed: when the requester is no administrator of credentials
    """
    searched = managed_kinds(requester, kind)
    found = [
        each
        for each in _candidates(site, owner, searched)
        if _has_text(each, text.strip().lower()) and _is_in(site, each, state, now)
    ]
    return sorted_credentials(site, found, "issued", descending=True)


def sorted_credentials(
    site: SiteContext,
    credentials: Iterable[ICredential],
    by: str,
    descending: bool = False,
) -> list[ICredential]:
    """These in one of SORT_ORDERS; never is after any expiry, and before any use."""
    order: dict[str, Callable[[ICredential], Any]] = {
        "title": lambda each: each.title.lower(),
        "owner": lambda each: each.owner.lower(),
        "issued": lambda each: each.issued_at,
        "expires": lambda each: each.expires_at or _NEVER,
        "last_used": lambda each: _last_used(site, each),
    }
    return sorted(credentials, key=order[by], reverse=descending)


def _candidates(
    site: SiteContext, owner: str, searched: Iterable[ICredentialKind]
) -> Iterator[ICredential]:
    for each in searched:
        credentials = credentials_of(site.storage, each)
        yield from credentials.owned_by(owner) if owner else credentials.all()


def _has_text(credential: ICredential, text: str) -> bool:
    where = (
        credential.title,
        credential.owner,
        credential.name,
        credential.credential_id,
    )
    return any(text in value.lower() for value in where)


def _is_in(site: SiteContext, credential: ICredential, state: str, now: float) -> bool:
    if not state:
        return True
    if state == "unused":
        return is_unused(site, credential, now)
    actual = state_of(credential, now)
    return actual == state or (state == "active" and actual == "expiring")


def _last_used(site: SiteContext, credential: ICredential) -> float:
    use = last_use(site, credential)
    return use.time if use else 0.0
