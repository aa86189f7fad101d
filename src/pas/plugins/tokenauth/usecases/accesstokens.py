"""Issuing access tokens; the same for every kind of credential."""

from ..core.text import cleaned
from ..core.tokens import ACCESS_TOKEN_PREFIX
from ..core.tokens import digest as digest_of
from ..core.tokens import make_token
from ..core.tokens import RANDOM_BYTES
from ..events import AccessTokenIssued
from ..storage.accesstokens import AccessToken
from ..storage.interfaces import ICredential
from ..storage.usagelog import UsageEntry
from .maintenance import tidy_beside
from .server import AuthorizationServer
from dataclasses import dataclass
from dataclasses import field
from zope.event import notify

import secrets


USER_AGENT_LENGTH = 200
ADDRESS_LENGTH = 64


@dataclass(frozen=True, kw_only=True)
class ClientInfo:
    """What the server sees of the client that asks.

    :param address: its address, an empty text if there is none
    :param user_agent: how it calls itself
    """

    address: str
    user_agent: str


@dataclass(frozen=True, kw_only=True)
class IssuedToken:
    """An access token on its way to the client; its repr does not show it.

    :param access_token: the token
    :param expires_in: seconds until it expires
    """

    access_token: str = field(repr=False)
    expires_in: int


def issue_access_token(
    server: AuthorizationServer,
    credential: ICredential,
    subject: str,
    client: ClientInfo,
    now: float,
) -> IssuedToken:
    """Issue a token that acts as a user. Who asks has passed every check.

    Writes the token and one entry of the usage log; one in 64 tidies that log, too.
    """
    expires_at = now + server.settings.access_token_lifetime
    if credential.expires_at is not None:
        expires_at = min(expires_at, credential.expires_at)
    token = make_token(ACCESS_TOKEN_PREFIX, secrets.token_bytes(RANDOM_BYTES))
    digest = digest_of(token)
    server.storage.access_tokens.add(
        digest,
        AccessToken(
            credential_id=credential.credential_id,
            subject=subject,
            issued_at=now,
            expires_at=expires_at,
        ),
    )
    entry = UsageEntry(
        credential_id=credential.credential_id,
        time=now,
        subject=subject,
        address=cleaned(client.address, ADDRESS_LENGTH),
        user_agent=cleaned(client.user_agent, USER_AGENT_LENGTH),
    )
    server.storage.usage_log.add(entry, digest[-8:])
    tidy_beside(server.settings, server.storage, credential, digest, now)
    notify(AccessTokenIssued(credential.credential_id, subject, entry.address))
    return IssuedToken(access_token=token, expires_in=int(expires_at - now))
