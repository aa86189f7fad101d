"""Credentials and their usage as JSON documents, the same for all programs.

Times are ISO 8601 in UTC, None for what has not happened or never will.
"""

from ..site.context import AuthorizationServer
from ..storage.interfaces import ICredential
from ..storage.usagelog import UsageEntry
from .search import days_left
from .search import state_of
from .service import last_use
from datetime import datetime
from datetime import timezone
from typing import Any


def usage_document(entry: UsageEntry) -> dict[str, Any]:
    """One entry of the usage log."""
    return {
        "time": time_document(entry.time),
        "subject": entry.subject,
        "address": entry.address,
        "user_agent": entry.user_agent,
        "uses": entry.uses,
    }


def time_document(seconds: float | None) -> str | None:
    """A time in UTC, without fractions of a second."""
    if seconds is None:
        return None
    moment = datetime.fromtimestamp(seconds, timezone.utc)
    return moment.isoformat(timespec="seconds")


def common_members(
    server: AuthorizationServer, credential: ICredential, now: float
) -> dict[str, Any]:
    use = last_use(server, credential)
    return {
        "owner": credential.owner,
        "title": credential.title,
        "state": state_of(credential, now),
        "issued": time_document(credential.issued_at),
        "issued_by": credential.issued_by or credential.owner,
        "expires": time_document(credential.expires_at),
        "days_left": days_left(credential, now),
        "last_used": time_document(use.time if use else None),
        "ip_ranges": credential.ip_ranges,
        "scopes": list(credential.scopes),
        "revoked": time_document(credential.revoked_at),
        "revoked_by": credential.revoked_by,
    }
