"""Credentials and their usage as JSON documents, the same for all programs.

Times are ISO 8601 in UTC, None for what has not happened or never will.
"""

from ..site.context import SiteContext
from ..storage.interfaces import ICredential
from ..storage.usagelog import UsageEntry
from .search import days_left
from .search import state_of
from .service import last_use
from datetime import datetime
from datetime import timezone
from typing import Any


def serialize_usage(entry: UsageEntry) -> dict[str, Any]:
    """One entry of the usage log."""
    return {
        "time": serialize_time(entry.time),
        "subject": entry.subject,
        "address": entry.address,
        "user_agent": entry.user_agent,
        "uses": entry.uses,
    }


def serialize_time(seconds: float | None) -> str | None:
    """A time in UTC, without fractions of a second."""
    if seconds is None:
        return None
    moment = datetime.fromtimestamp(seconds, timezone.utc)
    return moment.isoformat(timespec="seconds")


def serialize_credential(
    site: SiteContext, credential: ICredential, now: float
) -> dict[str, Any]:
    use = last_use(site, credential)
    return {
        "owner": credential.owner,
        "title": credential.title,
        "state": state_of(credential, now),
        "issued": serialize_time(credential.issued_at),
        "issued_by": credential.issued_by or credential.owner,
        "expires": serialize_time(credential.expires_at),
        "days_left": days_left(credential, now),
        "last_used": serialize_time(use.time if use else None),
        "ip_ranges": credential.ip_ranges,
        "scopes": list(credential.scopes),
        "revoked": serialize_time(credential.revoked_at),
        "revoked_by": credential.revoked_by,
    }
