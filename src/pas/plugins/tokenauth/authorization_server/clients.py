"""Clients: how one names itself and proves that it is itself (RFC 6749 section 2.3).

By what it signs (``private_key_jwt``), or by a secret in the header or the body. Public
clients prove nothing: they name themselves.
"""

from ..core.clientassertions import ASSERTION_TYPE
from ..core.clientassertions import verified_client_assertion
from ..core.errors import AccessRefused
from ..core.errors import InvalidClient
from ..core.errors import InvalidGrant
from ..core.errors import InvalidRequest
from ..core.errors import OAuthError
from ..core.keys import PublicKey
from ..core.secret import Secret
from ..site.context import SiteContext
from ..storage.sync import find_synced
from ..usage.client import ClientInfo
from .interfaces import IApplication
from .interfaces import IClient
from .interfaces import IClientSource
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from typing import Literal
from typing import NamedTuple
from urllib.parse import unquote_plus
from zope.component import getAdapters

import base64
import binascii


#: One answer for a wrong secret, a method that a client does not have, and a client
#: that does not exist.
WRONG_SECRET = (
    "The client is unknown, or this is no secret of its own, or not the way to send it."
)
#: What answers a client that fails with a Basic header (RFC 6749 section 5.2).
BASIC_CHALLENGE = 'Basic realm="Plone"'

#: How a client authenticates itself, as metadata spells it (RFC 7591 section 2).
Method = Literal["none", "client_secret_basic", "client_secret_post", "private_key_jwt"]


class ClientUnavailable(OAuthError):
    """What a client says about itself elsewhere cannot be had now.

    Any attribute of a client may raise it. Its reason tells about the network.
    """

    error = "temporarily_unavailable"
    status = 503


def find_client(site: SiteContext, client_id: str) -> IClient | None:
    """The client with this identifier, None where no source knows it."""
    return find_synced(site.storage, _client, site, client_id)


def client_of(site: SiteContext, credential_id: str) -> IClient | None:
    """Whose a credential is; None where that is no client, or one that is gone."""
    client_id = getattr(site.storage.credential(credential_id), "client_id", "")
    return find_client(site, client_id) if client_id else None


class Signer:
    """The client that has signed an assertion: looked up once, to verify it.

    :param now: seconds since the epoch
    """

    client: IClient

    def __init__(self, site: SiteContext, now: float) -> None:
        self._site = site
        self._now = now

    def public_keys(self, client_id: str) -> tuple[PublicKey, ...]:
        """The public keys that verify what a client signs; none if it is unknown."""
        client = find_client(self._site, client_id)
        if client is None:
            return ()
        self.client = client
        return client.live_public_keys(self._now)


class AuthenticatedClient(NamedTuple):
    """A client, and the id of the key or secret by which it has authenticated itself.

    A public client has none.
    """

    client: IClient
    kid: str


@dataclass(frozen=True, kw_only=True)
class ClientCredentials:
    """How a client names itself in a request, and what it shows.

    :param client_id: the only one that the request names, or an empty string; an
        assertion may name another
    :param method: by what it authenticates itself
    :param secret: what it shows: a secret or an assertion
    """

    client_id: str
    method: Method
    secret: Secret = field(default=Secret(), repr=False)


def client_credentials(
    parameters: Mapping[str, str], authorization: str
) -> ClientCredentials:
    """How the client of a request authenticates itself.

    An empty secret is none: public clients send one with their name. The same secret in
    header and body proves no more than once, and authomatic sends it in both.

    :param parameters: those of the request
    :param authorization: its Authorization header
    :raises InvalidClient: when the header cannot be read
    :raises InvalidRequest: for two methods at once, two different client ids, or only
        one of two parameters that belong together
    """
    in_header, basic_secret = _basic_credentials(authorization)
    shown: dict[Method, str] = {
        "client_secret_basic": basic_secret,
        "client_secret_post": parameters.get("client_secret", ""),
        "private_key_jwt": parameters.get("client_assertion", ""),
    }
    if basic_secret == shown["client_secret_post"]:
        del shown["client_secret_post"]
    methods = [method for method, secret in shown.items() if secret]
    if len(methods) > 1:
        raise InvalidRequest("The request uses two methods of client authentication.")
    in_body = parameters.get("client_id", "")
    if in_header and in_body and in_header != in_body:
        raise InvalidRequest("The request names two different clients.")
    _check_assertion_type(parameters)
    method: Method = methods[0] if methods else "none"
    return ClientCredentials(
        client_id=in_header or in_body,
        method=method,
        secret=Secret(shown.get(method, "")),
    )


def authenticated_client(
    site: SiteContext, credentials: ClientCredentials, address: str, now: float
) -> AuthenticatedClient | None:
    """The client that has authenticated itself; a public one that has named itself.

    The identifier of an assertion is used up.

    :param address: of the client
    :returns: None for a request that names no client, or only names one that would have
        to prove itself: a grant may be proof enough
    :raises InvalidClient: when it has failed, or cannot be used from this address
    """
    match credentials.method:
        case "private_key_jwt":
            return _by_assertion(site, credentials, address, now)
        case "none" if not credentials.client_id:
            return None
        case "none":
            found = find_client(site, credentials.client_id)
            if found is None or "none" not in found.auth_methods:
                return None
            _check(site, found, address, now, only_named=True)
            return AuthenticatedClient(found, "")
        case _:
            return _by_secret(site, credentials, address, now)


def application_of(client: ClientInfo) -> IApplication:
    """The application that asks.

    :raises InvalidClient: when none has authenticated itself
    """
    if client.client is None or not IApplication.providedBy(client.client):
        raise InvalidClient("This client must authenticate itself.")
    return client.client


def refused(description: str, client: ClientInfo) -> InvalidGrant:
    """What a client learns whose grant is of no use."""
    client_id = client.client.client_id
    return InvalidGrant(description, credential_id=client_id, only_named=not client.kid)


def is_basic(authorization: str) -> bool:
    """Whether an Authorization header is for the scheme Basic."""
    return _split(authorization)[0] == "basic"


def auth_methods(site: SiteContext) -> frozenset[str]:
    """The methods by which clients of this site authenticate themselves."""
    sources = getAdapters((site,), IClientSource)
    return frozenset().union(*(source.auth_methods for _, source in sources))


def _by_assertion(
    site: SiteContext, credentials: ClientCredentials, address: str, now: float
) -> AuthenticatedClient:
    signer = Signer(site, now)
    rules = site.assertion_rules(_audiences(site))
    claims = verified_client_assertion(
        credentials.secret, signer.public_keys, rules, now
    )
    client = signer.client
    try:
        if credentials.client_id not in ("", client.client_id):
            raise InvalidGrant("The parameter client_id is another client.")
        client.check(site, address, now)
        site.use_up(client.client_id, claims.jti, claims.expires_at, now)
    except (AccessRefused, InvalidGrant) as refused:
        raise _refused(client, refused) from None
    return AuthenticatedClient(client, claims.kid)


def _by_secret(
    site: SiteContext, credentials: ClientCredentials, address: str, now: float
) -> AuthenticatedClient:
    client = find_client(site, credentials.client_id)
    name = ""
    if client is not None and credentials.method in client.auth_methods:
        name = client.secret_name(credentials.secret, now)
    if client is None or not name:
        raise InvalidClient(WRONG_SECRET)
    _check(site, client, address, now)
    return AuthenticatedClient(client, name)


def _check(
    site: SiteContext,
    client: IClient,
    address: str,
    now: float,
    only_named: bool = False,
) -> None:
    try:
        client.check(site, address, now)
    except AccessRefused as refused:
        raise _refused(client, refused, only_named) from None


def _refused(
    client: IClient, refused: AccessRefused | InvalidGrant, only_named: bool = False
) -> InvalidClient:
    return InvalidClient(
        refused.description, refused.reason, client.client_id, only_named
    )


def _client(site: SiteContext, client_id: str) -> IClient | None:
    sources = getAdapters((site,), IClientSource)
    found = (source.find(client_id) for _, source in sources)
    return next((client for client in found if client is not None), None)


def _audiences(site: SiteContext) -> frozenset[str]:
    """What an assertion may be addressed to: the issuer, unless the site says more."""
    audiences = {site.issuer}
    if site.settings.accept_token_endpoint_audience:
        audiences.add(site.token_endpoint)
    return frozenset(audiences - {""})


def _check_assertion_type(parameters: Mapping[str, str]) -> None:
    has_assertion = "client_assertion" in parameters
    assertion_type = parameters.get("client_assertion_type")
    if not has_assertion and assertion_type is not None:
        raise InvalidRequest("The parameter client_assertion is missing.")
    if has_assertion and assertion_type != ASSERTION_TYPE:
        raise InvalidRequest(
            f"The parameter client_assertion_type must be {ASSERTION_TYPE}."
        )


def _basic_credentials(authorization: str) -> tuple[str, str]:
    """Client id and secret of a Basic header; nothing for any other scheme.

    :raises InvalidClient: when the header cannot be read
    """
    scheme, encoded = _split(authorization)
    if scheme != "basic":
        return "", ""
    try:
        decoded = base64.b64decode(encoded.strip(), validate=True).decode("utf-8")
        client_id, colon, secret = decoded.partition(":")
        # As in a form; a client that sends them raw means the same by ours.
        client_id, secret = (
            unquote_plus(half, errors="strict") for half in (client_id, secret)
        )
    except (binascii.Error, ValueError):
        colon = ""
    if not colon:
        raise InvalidClient("The Authorization header cannot be read.")
    return client_id, secret


def _split(authorization: str) -> tuple[str, str]:
    """The scheme of a header in small letters, and what follows it."""
    scheme, _, rest = authorization.strip().partition(" ")
    return scheme.lower(), rest
