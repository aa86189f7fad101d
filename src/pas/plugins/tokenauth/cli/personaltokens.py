"""Issuing personal access tokens: ``pat issue``."""

from ..core.clock import now
from ..core.scopes import READ
from ..credentials.options import PersonalAccessTokenOptions
from ..personaltokens.serializers import serialize_issued_token
from ..personaltokens.serializers import serialize_personal_access_token
from ..personaltokens.service import issue_personal_access_token
from ..personaltokens.service import IssuedPersonalAccessToken
from .answers import Answer
from .secretfiles import new_secret_file
from .session import Session
from .transactions import committed
from .values import expires_at
from typing import Any

import secrets


def issue_token(session: Session, arguments: Any) -> Answer:
    """Issue a personal access token to a user."""
    idempotency_key = secrets.token_hex()

    def change() -> IssuedPersonalAccessToken:
        at = now()
        options = _limits(arguments, at)
        issued = issue_personal_access_token(
            session.site,
            session.requester,
            options,
            at,
            idempotency_key,
            owner=arguments.user,
        )
        file.write(issued.token)
        return issued

    with new_secret_file(arguments.output) as file:
        file.create()
        issued = committed(change)
    if file.is_printed:
        document = serialize_issued_token(session.site, issued, now())
        return Answer(document, issued.token)
    document = serialize_personal_access_token(session.site, issued.credential, now())
    text = (
        f"Issued {document['token_id']} of {document['owner']}, expires:"
        f" {document['expires'] or 'never'}. Token: {file.path}"
    )
    return Answer({**document, "output": file.path}, text)


def _limits(arguments: Any, issued_at: float) -> PersonalAccessTokenOptions:
    return PersonalAccessTokenOptions(
        title=arguments.title,
        ip_ranges=arguments.ip,
        expires_at=expires_at(arguments.expires, issued_at),
        scopes=tuple(arguments.scope or (READ,)),
    )
