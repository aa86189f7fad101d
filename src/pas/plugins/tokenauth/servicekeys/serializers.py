"""Service keys as JSON documents."""

from ..core.keys import PublicKey
from ..credentials.serializers import serialize_credential
from ..credentials.serializers import serialize_time
from ..site.context import SiteContext
from ..storage.servicekeys import ServiceKey
from .service import IssuedServiceKey
from typing import Any


def serialize_service_key(
    site: SiteContext, service_key: ServiceKey, now: float
) -> dict[str, Any]:
    """Everything about a key; nothing of it is secret."""
    return {
        "client_id": service_key.client_id,
        **serialize_credential(site, service_key, now),
        "name": service_key.name,
        "may_impersonate": service_key.may_impersonate,
        "require_jti": service_key.require_jti,
        "public_keys": [_public_key(key) for key in service_key.public_keys],
    }


def serialize_issued_key(
    site: SiteContext, issued: IssuedServiceKey, now: float
) -> dict[str, Any]:
    """The same of a key that got a fresh key pair, and its keyfiles.

    They hold the only copy of the private key, unless the client made it.
    """
    document = serialize_service_key(site, issued.service_key, now)
    document["keyfile"] = issued.keyfile
    if issued.google_keyfile is not None:
        document["google_keyfile"] = issued.google_keyfile
    return document


def _public_key(public_key: PublicKey) -> dict[str, Any]:
    return {
        "kid": public_key.kid,
        "algorithm": public_key.algorithm,
        "added": serialize_time(public_key.added_at),
        "expires": serialize_time(public_key.expires_at),
        "pem": public_key.pem,
    }
