"""Service keys and their usage as JSON documents, the same for all programs.

Times are ISO 8601 in UTC, None for what has not happened or never will.
"""

from ..core.keys import PublicKey
from ..storage.servicekeys import ServiceKey
from ..storage.usagelog import UsageEntry
from .issuing import IssuedServiceKey
from .search import days_left
from .search import state_of
from .server import AuthorizationServer
from .servicekeys import last_use
from datetime import datetime
from datetime import timezone
from typing import Any


def service_key_document(
    server: AuthorizationServer, service_key: ServiceKey, now: float
) -> dict[str, Any]:
    """Everything about a key; nothing of it is secret."""
    use = last_use(server, service_key)
    return {
        "client_id": service_key.client_id,
        "owner": service_key.owner,
        "name": service_key.name,
        "title": service_key.title,
        "state": state_of(service_key, now),
        "issued": time_document(service_key.issued_at),
        "issued_by": service_key.issued_by or service_key.owner,
        "expires": time_document(service_key.expires_at),
        "days_left": days_left(service_key, now),
        "last_used": time_document(use.time if use else None),
        "ip_ranges": service_key.ip_ranges,
        "may_impersonate": service_key.may_impersonate,
        "may_manage_users": service_key.may_manage_users,
        "require_jti": service_key.require_jti,
        "revoked": time_document(service_key.revoked_at),
        "revoked_by": service_key.revoked_by,
        "public_keys": [_public_key(key) for key in service_key.public_keys],
    }


def issued_document(
    server: AuthorizationServer, issued: IssuedServiceKey, now: float
) -> dict[str, Any]:
    """The same of a key that got a fresh key pair, and its keyfiles.

    They hold the only copy of the private key, unless the client made it.
    """
    document = service_key_document(server, issued.service_key, now)
    document["keyfile"] = issued.keyfile
    if issued.google_keyfile is not None:
        document["google_keyfile"] = issued.google_keyfile
    return document


def usage_document(entry: UsageEntry) -> dict[str, Any]:
    """One entry of the usage log."""
    return {
        "time": time_document(entry.time),
        "subject": entry.subject,
        "address": entry.address,
        "user_agent": entry.user_agent,
    }


def time_document(seconds: float | None) -> str | None:
    """A time in UTC, without fractions of a second."""
    if seconds is None:
        return None
    moment = datetime.fromtimestamp(seconds, timezone.utc)
    return moment.isoformat(timespec="seconds")


def _public_key(public_key: PublicKey) -> dict[str, Any]:
    return {
        "kid": public_key.kid,
        "algorithm": public_key.algorithm,
        "added": time_document(public_key.added_at),
        "expires": time_document(public_key.expires_at),
        "pem": public_key.pem,
    }
