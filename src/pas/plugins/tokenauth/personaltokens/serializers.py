"""Personal access tokens as JSON documents."""

from ..credentials.serializers import serialize_credential
from ..site.context import SiteContext
from ..storage.personaltokens import PersonalAccessToken
from .service import IssuedPersonalAccessToken
from typing import Any


def serialize_personal_access_token(
    site: SiteContext, token: PersonalAccessToken, now: float
) -> dict[str, Any]:
    """Everything about a personal access token but the token itself."""
    return {"token_id": token.credential_id, **serialize_credential(site, token, now)}


def serialize_issued_token(
    site: SiteContext, issued: IssuedPersonalAccessToken, now: float
) -> dict[str, Any]:
    """The same of a fresh personal access token, with the only copy of the token."""
    document = serialize_personal_access_token(site, issued.credential, now)
    return {**document, "token": issued.token}
