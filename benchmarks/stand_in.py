"""An authorization server around a bare storage, whose users cost nothing.

So the figures are ours, and not those of Plone and its sources of users.
"""

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization import NoEncryption
from cryptography.hazmat.primitives.serialization import PrivateFormat
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from functools import cache
from pas.plugins.tokenauth.authorization_server.interfaces import IApplication
from pas.plugins.tokenauth.authorization_server.interfaces import OpenIDOptions
from pas.plugins.tokenauth.core.claims import GrantRules
from pas.plugins.tokenauth.core.keys import KeyPair
from pas.plugins.tokenauth.core.keys import public_key_of
from pas.plugins.tokenauth.core.scopes import READ
from pas.plugins.tokenauth.core.scopes import WRITE
from pas.plugins.tokenauth.core.tokens import ACCESS_TOKEN_PREFIX
from pas.plugins.tokenauth.credentials.interfaces import ICredentialKind
from pas.plugins.tokenauth.credentials.scopes import IScope
from pas.plugins.tokenauth.credentials.scopes import read
from pas.plugins.tokenauth.credentials.scopes import write
from pas.plugins.tokenauth.delegation.families import start_family
from pas.plugins.tokenauth.delegation.rules import Delegation
from pas.plugins.tokenauth.servicekeys.client import ServiceKeySource
from pas.plugins.tokenauth.servicekeys.kind import SERVICE_KEY
from pas.plugins.tokenauth.site.userlimits import UserLimits
from pas.plugins.tokenauth.site.users import SiteUser
from pas.plugins.tokenauth.storage.accesstokens import AccessTokens
from pas.plugins.tokenauth.storage.authorizations import Authorization
from pas.plugins.tokenauth.storage.authorizations import Authorizations
from pas.plugins.tokenauth.storage.families import RefreshFamilies
from pas.plugins.tokenauth.storage.replay import ReplaySet
from pas.plugins.tokenauth.storage.root import TokenAuthStorage
from pas.plugins.tokenauth.storage.servicekeys import ServiceKey
from pas.plugins.tokenauth.storage.servicekeys import ServiceKeys
from pas.plugins.tokenauth.storage.usagelog import UsageLog
from pas.plugins.tokenauth.tokens.accesstokens import AccessTokenType
from pas.plugins.tokenauth.tokens.interfaces import ITokenType
from pas.plugins.tokenauth.usage.client import ClientInfo
from types import SimpleNamespace
from typing import Any
from zope.component import provideAdapter
from zope.component import provideUtility
from zope.interface import implementer

import jwt


NOW = 1_800_000_000.0
HOUR = 3600
AUDIENCE = "https://www.example.org"
OWNER = "jane"
REDIRECT_URI = "https://app.example.org/cb"
SCOPES = frozenset({READ, WRITE})
CLIENT = ClientInfo(address="192.0.2.1", user_agent="python-requests/2.32.5")


@implementer(IApplication)
@dataclass(frozen=True)
class Application:
    """An application, with as little behind it as there can be."""

    client_id: str = "app-1"
    title: str = "An application"
    is_public: bool = True
    is_first_party: bool = False
    is_self_registered: bool = False
    redirect_uris: tuple[str, ...] = (REDIRECT_URI,)
    grant_types: frozenset[str] = frozenset({"authorization_code", "refresh_token"})
    scopes: frozenset[str] = SCOPES
    default_scopes: frozenset[str] = SCOPES
    limits: UserLimits = field(default_factory=UserLimits)
    ip_ranges: str = ""
    stays_signed_in: bool = False
    openid: OpenIDOptions = field(default_factory=OpenIDOptions)
    credential: None = None
    require_jti: bool = False
    auth_methods: frozenset[str] = frozenset({"none"})
    hosts: tuple[str, ...] = ()
    requires_pkce: bool = True

    def is_live(self, now: float) -> bool:
        return True

    def check(self, site: Any, address: str, now: float) -> None:
        pass


APPLICATION = Application()
#: The same, where it stays signed in.
STAYING = replace(APPLICATION, stays_signed_in=True)


#: What sends its refresh token.
DEVICE = replace(CLIENT, client=STAYING)


class Users:
    """A source of users that knows everybody."""

    folder_path = ("", "Plone", "acl_users")

    def get(self, user_id: str) -> SiteUser:
        return SiteUser(user_id, user_id)

    def has_permission(self, user: SiteUser, permission: str) -> bool:
        return True


class Server:
    """What the services need to know about a site.

    It provides no interface, so that it has only what is registered for it.
    """

    users = Users()
    settings = SimpleNamespace(
        access_token_lifetime=HOUR,
        grant_lifetime=HOUR,
        leeway=60,
        usage_log_retention=7,
        revoked_key_retention=90,
        allow_admin_scopes=False,
        tell_of_new_addresses=True,
        refresh_token_idle_lifetime=30,
        refresh_token_lifetime=180,
    )

    def __init__(self, storage: TokenAuthStorage) -> None:
        self.storage = storage

    def assertion_rules(self, audiences: Any) -> GrantRules:
        return GrantRules(audiences=audiences, max_lifetime=HOUR, leeway=60)

    def audiences(self, now: float) -> frozenset[str]:
        return frozenset({AUDIENCE})


def new_storage() -> TokenAuthStorage:
    """An empty storage with what issuing a token needs."""
    return TokenAuthStorage(
        [
            ("access_tokens", AccessTokens),
            ("authorization", Authorizations),
            ("refresh_families", RefreshFamilies),
            ("replay", ReplaySet),
            ("service_key", ServiceKeys),
            ("usage_log", UsageLog),
        ]
    )


def register_utilities() -> None:
    """Register what ZCML registers in a site."""
    provideUtility(AccessTokenType(), ITokenType, ACCESS_TOKEN_PREFIX)
    provideAdapter(ServiceKeySource, (Server,))
    provideAdapter(Delegation, (Server,))
    provideUtility(SERVICE_KEY, ICredentialKind, SERVICE_KEY.name)
    provideUtility(read, IScope, READ)
    provideUtility(write, IScope, WRITE)


@cache
def key_pair(bits: int = 2048) -> KeyPair:
    """An RSA key pair, made once."""
    private = rsa.generate_private_key(65537, bits)
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = public_key_of(private.public_key(), NOW, "RS256")
    return KeyPair(pem.decode("ascii"), public)


def service_key(client_id: str, owner: str = OWNER) -> ServiceKey:
    """A key as the site keeps it; all have the same public key."""
    return ServiceKey(
        client_id,
        owner=owner,
        title="A program",
        public_key=key_pair().public_key,
        issued_at=NOW,
    )


def sign_in(storage: TokenAuthStorage, user_id: str) -> str:
    """Let somebody sign in to the application; the refresh token of their device."""
    authorization = Authorization(
        f"aut-{user_id}",
        owner=user_id,
        application=APPLICATION.client_id,
        resource="",
        address=DEVICE.address,
        title=APPLICATION.title,
        issued_at=NOW,
        scopes=tuple(sorted(SCOPES)),
    )
    storage[Authorization.kind].add(authorization)
    site: Any = Server(storage)
    scope = " ".join(authorization.scopes)
    _, token = start_family(site, authorization, scope, {}, DEVICE, NOW)
    # No secret is handed to another process.
    return str(token)


def signed_grant(client_id: str, now: float = NOW, audience: str = AUDIENCE) -> str:
    """A grant that a client has signed."""
    pair = key_pair()
    claims = {"iss": client_id, "aud": audience, "iat": now, "exp": now + 300}
    headers = {"kid": pair.public_key.kid}
    return jwt.encode(claims, pair.private_pem, algorithm="RS256", headers=headers)
