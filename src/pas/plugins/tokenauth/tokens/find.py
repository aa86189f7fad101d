"""Tokens that programs send, of either kind, found by what was sent."""

from ..core.errors import AccessRefused
from ..core.scopes import parse_scope
from ..core.tokens import digest as digest_of
from ..core.tokens import is_personal
from ..core.tokens import TokenDigest
from ..credentials.scopes import granted_scopes
from ..credentials.scopes import scopes_in_force
from ..site.context import SiteContext
from ..storage.interfaces import ICredential
from ..storage.sync import sync_storage
from dataclasses import dataclass
from functools import partial


UNKNOWN = "unknown or expired token"


class UnknownToken(AccessRefused):
    """The site does not know the token, or not any more."""

    def __init__(self) -> None:
        super().__init__(UNKNOWN)


@dataclass(frozen=True, kw_only=True)
class FoundToken:
    """A token that exists; whether it authorizes anything is another question.

    :param digest: by which storage knows it
    :param credential: what it belongs to, or was obtained with
    :param subject: id of the user it acts as
    :param scopes: what it is good for now
    :param issued_at: seconds since the epoch
    :param expires_at: when it ends by itself, None for never
    """

    digest: TokenDigest
    credential: ICredential
    subject: str
    scopes: frozenset[str]
    issued_at: float
    expires_at: float | None


def find_token(site: SiteContext, token: str, now: float) -> FoundToken:
    """What the site knows of a well-formed token.

    :raises AccessRefused: when it does not know it
    """
    find = partial(
        _personal_access_token if is_personal(token) else _access_token, site
    )
    digest = digest_of(token)
    try:
        return find(digest, now)
    except UnknownToken:
        # Another process may have issued it a moment ago.
        if not sync_storage(site.storage):
            raise
        return find(digest, now)


def _personal_access_token(
    site: SiteContext, digest: TokenDigest, now: float
) -> FoundToken:
    credential = site.storage["personal_access_token"].by_digest(digest)
    if credential is None:
        raise UnknownToken()
    return FoundToken(
        digest=digest,
        credential=credential,
        subject=credential.owner,
        scopes=scopes_in_force(site.settings, granted_scopes(credential.scopes)),
        issued_at=credential.issued_at,
        expires_at=credential.expires_at,
    )


def _access_token(site: SiteContext, digest: TokenDigest, now: float) -> FoundToken:
    record = site.storage["access_tokens"].get(digest, now)
    if record is None:
        raise UnknownToken()
    credential = record.credential
    if isinstance(credential, str):
        # Issued before profile version 1004.
        credential = site.storage.credential(credential)
        if credential is None:
            raise AccessRefused("credential is gone", record.credential)
    scopes = granted_scopes(credential.scopes)
    if record.scope is not None:
        # Both count at every use: what the client asked for, and what its key has now.
        scopes &= granted_scopes(parse_scope(record.scope))
    return FoundToken(
        digest=digest,
        credential=credential,
        subject=record.subject,
        scopes=scopes_in_force(site.settings, scopes),
        issued_at=record.issued_at,
        expires_at=min(record.expires_at, credential.expires_at or record.expires_at),
    )
