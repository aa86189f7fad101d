"""People with profiles, and applications that want to know who they are."""

from dataclasses import dataclass
from dataclasses import field
from pas.plugins.tokenauth.authorization_server.interfaces import OpenIDOptions
from pas.plugins.tokenauth.core.tokens import digest
from pas.plugins.tokenauth.core.tokens import make_token
from pas.plugins.tokenauth.delegation.interfaces import AuthorizationRequest
from pas.plugins.tokenauth.delegation.interfaces import RedeemedGrant
from pas.plugins.tokenauth.site.users import SiteUser
from pas.plugins.tokenauth.storage.accesstokens import AccessToken
from pas.plugins.tokenauth.storage.personaltokens import PersonalAccessToken
from typing import Any

import secrets
import time


PROFILE = {
    "fullname": "Jane Émile",
    "email": "jane@example.org",
    "home_page": "https://jane.example.org/",
    "language": "pt-br",
    "timezone": "Europe/Berlin",
}


@dataclass
class Allowed:
    """An authorization, as far as OpenID Connect looks at it."""

    claims: tuple[str, ...] = ()


@dataclass
class Application:
    """An application, as far as OpenID Connect looks at it."""

    client_id: str = "app-1"
    title: str = "Shop"
    openid: OpenIDOptions = field(default_factory=OpenIDOptions)
    scopes: frozenset[str] = frozenset({"openid", "profile", "email", "groups"})


def add_person(site: Any, user_id: str = "jane", **properties: Any) -> SiteUser:
    """A user with a profile."""
    site.add_user(user_id, "Member")
    member = site.portal.portal_membership.getMemberById(user_id)
    member.setMemberProperties({**PROFILE, **properties})
    site.commit()
    return SiteUser(user_id, user_id)


def request_for(
    site: Any, scope: str = "openid", **parameters: str
) -> AuthorizationRequest:
    """A request for authorization after the check of scopes."""
    return AuthorizationRequest(
        site=site.context,
        client=Application(),  # type: ignore[arg-type]
        redirect_uri="https://rp.example/cb",
        parameters={
            "scope": scope,
            "redirect_uri": "https://rp.example/cb",
            **parameters,
        },
        repeated=frozenset(),
        resources=(),
        now=1_800_000_000.5,
        scopes=frozenset(scope.split()),
    )


def redeemed(
    subject: str = "jane",
    scope: str = "openid",
    now: float = 1_800_000_000.7,
    openid: OpenIDOptions | None = None,
    allowed: tuple[str, ...] = (),
    **kept: Any,
) -> RedeemedGrant:
    """A code that a client has redeemed, or a refresh token.

    :param allowed: claims that the person let it know one by one
    """
    return RedeemedGrant(
        client=Application(openid=openid or OpenIDOptions()),  # type: ignore[arg-type]
        subject=subject,
        authorization=Allowed(allowed),  # type: ignore[arg-type]
        scopes=frozenset(scope.split()),
        data={"openid": kept} if kept else {},
        access_token=make_token("pta_", bytes(range(32))),
        now=now,
    )


def token_of(site: Any, user_id: str = "jane", scope: str = "openid") -> str:
    """An access token with these scopes, as an application would have it."""
    now = time.time()
    credential = PersonalAccessToken(
        secrets.token_hex(8),
        owner=user_id,
        title="An authorization",
        digest=digest(secrets.token_hex()),
        issued_at=now,
        scopes=tuple(scope.split()),
    )
    site.context.storage["personal_access_token"].add(credential)
    token = make_token("pta_", secrets.token_bytes(32))
    site.context.storage["access_tokens"].add(
        digest(token),
        AccessToken(
            credential=credential,
            subject=user_id,
            issued_at=now,
            expires_at=now + 600,
            scope=scope,
        ),
    )
    site.commit()
    return str(token)
