"""Credentials and their usage as JSON documents, the same for all programs.

Times are ISO 8601 in UTC, None for what has not happened or never will.
"""

from ..core.keys import PublicKey
from ..storage.interfaces import ICredential
from ..storage.personaltokens import PersonalToken
from ..storage.servicekeys import ServiceKey
from ..storage.usagelog import UsageEntry
from .credentials import last_use
from .issuing import IssuedServiceKey
from .personaltokens import IssuedPersonalToken
from .search import days_left
from .search import state_of
from .server import AuthorizationServer
from datetime import datetime
from datetime import timezone
from typing import Any


def service_key_document(
    server: AuthorizationServer, service_key: ServiceKey, now: float
) -> dict[str, Any]:
    """Everything about a key; nothing of it is secret."""
    return {
        "client_id": service_key.client_id,
        **_common(server, service_key, now),
        "name": service_key.name,
        "may_impersonate": service_key.may_impersonate,
        "may_manage_users": service_key.may_manage_users,
        "require_jti": service_key.require_jti,
        "public_keys": [_public_key(key) for key in service_key.public_keys],
    }


def personal_token_document(
    server: AuthorizationServer, token: PersonalToken, now: float
) -> dict[str, Any]:
    """Everything about a personal access token but the token itself."""
    return {"token_id": token.credential_id, **_common(server, token, now)}


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


def issued_token_document(
    server: AuthorizationServer, issued: IssuedPersonalToken, now: float
) -> dict[str, Any]:
    """The same of a fresh personal access token, with the only copy of the token."""
    document = personal_token_document(server, issued.credential, now)
    return {**document, "token": issued.token}


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


def _common(
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


def _public_key(public_key: PublicKey) -> dict[str, Any]:
    return {
        "kid": public_key.kid,
        "algorithm": public_key.algorithm,
        "added": time_document(public_key.added_at),
        "expires": time_document(public_key.expires_at),
        "pem": public_key.pem,
    }
