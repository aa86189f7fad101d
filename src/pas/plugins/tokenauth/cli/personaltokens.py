"""Issuing personal access tokens: ``pat issue``."""

from ..core.clock import now
from ..core.scopes import READ
from ..credentials.options import PersonalTokenLimits
from ..personaltokens.serializers import issued_token_document
from ..personaltokens.serializers import personal_token_document
from ..personaltokens.service import issue_personal_token
from ..personaltokens.service import IssuedPersonalToken
from .answers import Answer
from .secretfiles import new_secret_file
from .session import Session
from .transactions import committed
from .values import expires_at
from typing import Any

import secrets


def issue_token(session: Session, options: Any) -> Answer:
    """Issue a personal access token to a user."""
    once = secrets.token_hex()

    def change() -> IssuedPersonalToken:
        at = now()
        limits = _limits(options, at)
        issued = issue_personal_token(
            session.server, session.actor, limits, at, once, owner=options.user
        )
        file.write(issued.token)
        return issued

    with new_secret_file(options.output) as file:
        file.create()
        issued = committed(change)
    if file.is_printed:
        document = issued_token_document(session.server, issued, now())
        return Answer(document, issued.token)
    document = personal_token_document(session.server, issued.credential, now())
    text = (
        f"Issued {document['token_id']} of {document['owner']}, expires:"
        f" {document['expires'] or 'never'}. Token: {file.path}"
    )
    return Answer({**document, "output": file.path}, text)


def _limits(options: Any, issued_at: float) -> PersonalTokenLimits:
    return PersonalTokenLimits(
        title=options.title,
        ip_ranges=options.ip,
        expires_at=expires_at(options.expires, issued_at),
        scopes=tuple(options.scope or (READ,)),
    )
