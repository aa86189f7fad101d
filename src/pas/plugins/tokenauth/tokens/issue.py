"""Issuing access tokens; the same for every kind of credential."""

from ..core.errors import InvalidScope
from ..core.errors import InvalidTarget
from ..core.refreshtokens import make_access_token
from ..core.refreshtokens import OWN_BYTES
from ..core.resources import is_below
from ..core.resources import is_same
from ..core.scopes import format_scope
from ..core.tokens import ACCESS_TOKEN_PREFIX
from ..core.tokens import digest as digest_of
from ..core.tokens import make_token
from ..core.tokens import RANDOM_BYTES
from ..core.tokens import TokenDigest
from ..credentials.scopes import narrowed_scopes
from ..credentials.scopes import scopes_in_force
from ..events import ACCESS_TOKEN
from ..events import IssuedEvent
from ..site.context import SiteContext
from ..storage.accesstokens import AccessToken
from ..storage.interfaces import ICredential
from ..storage.interfaces import IRefreshFamily
from ..storage.interfaces import ISession
from ..usage.client import ClientInfo
from ..usage.recorder import record_use
from dataclasses import dataclass
from dataclasses import field
from typing import Any
from zope.event import notify

import secrets


@dataclass(frozen=True, kw_only=True)
class TokenResponse:
    """What a client gets (RFC 6749 section 5.1); no repr shows a token.

    :param access_token: the token
    :param expires_in: seconds until it expires
    :param scope: what it was granted, as the protocol spells it
    :param token_type: how it is to be sent
    :param more: what a grant type or a feature adds: refresh_token, id_token,
        issued_token_type
    :param family: the refresh tokens that it ends with, None for none
    """

    access_token: str = field(repr=False)
    expires_in: int
    scope: str
    token_type: str = "Bearer"
    more: dict[str, Any] = field(default_factory=dict, repr=False)
    family: IRefreshFamily | None = None

    @property
    def members(self) -> dict[str, Any]:
        """The members of the JSON object."""
        return {
            "access_token": self.access_token,
            "token_type": self.token_type,
            "expires_in": self.expires_in,
            "scope": self.scope,
            **self.more,
        }


@dataclass(frozen=True, kw_only=True)
class Exchanged:
    """The token that another one is exchanged for (RFC 8693).

    :param digest: of the former, with which the latter ends
    :param actor: client id of who acts as the subject from now on
    :param expires_at: when the former ends, in seconds since the epoch
    """

    digest: TokenDigest
    actor: str
    expires_at: float


def issue_access_token(
    site: SiteContext,
    credential: ICredential,
    subject: str,
    client: ClientInfo,
    now: float,
    *asked_for: str,
    family: IRefreshFamily | None = None,
    audience: str = "",
    exchanged: Exchanged | None = None,
    session: ISession | None = None,
) -> TokenResponse:
    """Issue a token that acts as a user. The client has passed every check.

    :param asked_for: scopes that the client asks for; empty ones ask for all it has
    :param family: the refresh tokens that it ends with, None for none
    :param audience: URL of the resource that it is for; empty for the site
    :param exchanged: what it is exchanged for, None where it is not
    :param session: of the person's browser, with which it ends; None where it does not
    :raises InvalidTarget: when the client names something else that it is to be for
    :raises InvalidScope: when nothing of the scopes can be granted; nothing is written

    Writes the token and one entry of the usage log; one in 64 trims that log, too. A
    family that is written anyway keeps the token itself, and is the record of its use,
    which the log shows a moment later.
    """
    _check_target(site, client, audience)
    scope = _narrowed(site, credential, asked_for)
    expires_at = now + site.settings.access_token_lifetime
    if credential.expires_at is not None:
        expires_at = min(expires_at, credential.expires_at)
    claims: dict[str, Any] = {"aud": audience} if audience else {}
    if exchanged is not None:
        expires_at = min(expires_at, exchanged.expires_at)
        claims |= {"act": exchanged.actor, "subject_token": exchanged.digest}
    if session is not None:
        claims["sid"] = session
    keeper = None
    if exchanged is None and session is None:
        keeper = family if family and family.keeps_access_token(now) else None
    if keeper is not None:
        token = make_access_token(keeper.name, secrets.token_bytes(OWN_BYTES))
        keep = keeper.add_access_token
    else:
        token = make_token(ACCESS_TOKEN_PREFIX, secrets.token_bytes(RANDOM_BYTES))
        keep = site.storage["access_tokens"].add
    digest = digest_of(token)
    keep(
        digest,
        AccessToken(
            credential=credential,
            subject=subject,
            issued_at=now,
            expires_at=expires_at,
            # A token that was asked for without a scope has what its key has.
            scope=scope if any(asked_for) else None,
            family=family,
            claims=claims,
        ),
    )
    is_on_record = keeper is not None
    entry = record_use(
        site, credential, subject, client, digest[-7:], now, is_on_record
    )
    notify(
        IssuedEvent(
            kind=ACCESS_TOKEN,
            credential_id=credential.credential_id,
            owner=credential.owner,
            requester=credential.credential_id,
            details={
                "subject": subject,
                "address": entry.address,
                "kid": entry.kid,
                **({"audience": audience} if audience else {}),
                **({"actor": exchanged.actor} if exchanged else {}),
            },
        )
    )
    return TokenResponse(
        access_token=token,
        expires_in=int(expires_at - now),
        scope=scope,
        family=family,
    )


def _check_target(site: SiteContext, client: ClientInfo, audience: str) -> None:
    """Refuse a client that wants its token to be for something else (RFC 8707 2.2)."""
    named = client.resource
    if not named:
        return
    is_it = is_same(audience, named) if audience else is_below(site.issuer, named)
    if not is_it:
        raise InvalidTarget(
            "The token is for another resource.",
            credential_id=client.client.client_id if client.client else "",
            only_named=not client.kid,
        )


def _narrowed(
    site: SiteContext, credential: ICredential, asked_for: tuple[str, ...]
) -> str:
    try:
        narrowed = narrowed_scopes(credential.scopes, *asked_for)
    except InvalidScope as refused:
        refused.credential_id = credential.credential_id
        raise
    return format_scope(scopes_in_force(site.settings, narrowed))
