"""Personal access tokens as JSON documents."""

from ..credentials.serializers import common_members
from ..site.context import AuthorizationServer
from ..storage.personaltokens import PersonalToken
from .service import IssuedPersonalToken
from typing import Any


def personal_token_document(
    server: AuthorizationServer, token: PersonalToken, now: float
) -> dict[str, Any]:
    """Everything about a personal access token but the token itself."""
    return {"token_id": token.credential_id, **common_members(server, token, now)}


def issued_token_document(
    server: AuthorizationServer, issued: IssuedPersonalToken, now: float
) -> dict[str, Any]:
    """The same of a fresh personal access token, with the only copy of the token."""
    document = personal_token_document(server, issued.credential, now)
    return {**document, "token": issued.token}
