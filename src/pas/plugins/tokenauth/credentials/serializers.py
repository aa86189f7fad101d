"""Credentials and their usage as JSON documents, the same for all programs.

Times are ISO 8601 in UTC. What has not happened, never will, or is not there is None.
"""

from ..core.times import serialize_time
from ..site.context import SiteContext
from ..site.fields import fields_of
from ..site.fields import member_of
from ..site.fields import to_json
from ..storage.interfaces import ICredential
from ..storage.usagelog import UsageEntry
from .kinds import kind_of
from .search import days_left
from .search import state_of
from .service import last_use
from typing import Any


def serialize_usage(entry: UsageEntry) -> dict[str, Any]:
    """One entry of the usage log."""
    return {
        "time": serialize_time(entry.time),
        "subject": entry.subject,
        "address": entry.address,
        "user_agent": entry.user_agent,
        "uses": entry.uses,
        "kid": entry.kid or None,
        "outcome": "refused" if entry.reason else "used",
        "reason": entry.reason or None,
    }


def serialize_secret(secret: Any) -> dict[str, Any]:
    """What one can know of a secret, or of a public key: nothing of it is secret.

    :param secret: see ICredentialKind.secret_fields
    """
    return {
        "kid": secret.kid,
        "added": serialize_time(secret.added_at),
        "expires": serialize_time(secret.expires_at),
    }


def serialize_credential(
    site: SiteContext, credential: ICredential, now: float
) -> dict[str, Any]:
    """Everything about a credential; nothing of it is secret."""
    kind = kind_of(credential)
    use = last_use(site, credential)
    return {
        kind.id_member: credential.credential_id,
        **({} if kind.belongs_to_site else {"owner": credential.owner}),
        "state": state_of(credential, now),
        "issued": serialize_time(credential.issued_at),
        "issued_by": credential.issued_by or credential.owner,
        "days_left": days_left(credential, now),
        "last_used": serialize_time(use.time if use else None),
        "revoked": serialize_time(credential.revoked_at),
        "revoked_by": credential.revoked_by or None,
        "disabled": serialize_time(credential.disabled_at),
        "disabled_by": credential.disabled_by or None,
        **{
            member_of(field): to_json(field, getattr(credential, name))
            for name, field in fields_of(kind.options).items()
        },
        **kind.details(credential),
    }
