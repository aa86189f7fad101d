"""Clients: how one names itself and proves that it is itself (RFC 6749 section 2.3).

Clients prove themselves by what they sign (``private_key_jwt``), and we give no secrets
to them. So a secret can only be wrong (RFC 7523 section 3.1). A bare client id is
accepted in every form.
"""

from ..core.clientassertions import ASSERTION_TYPE
from ..core.clientassertions import verified_client_assertion
from ..core.errors import AccessRefused
from ..core.errors import InvalidClient
from ..core.errors import InvalidGrant
from ..core.errors import InvalidRequest
from ..core.keys import PublicKey
from ..site.context import SiteContext
from ..storage.sync import sync_storage
from ..tokens.checks import checked_owner
from .interfaces import IClient
from .interfaces import IClientSource
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import unquote
from zope.component import getAdapters

import base64
import binascii


NO_SECRETS = "This server gives no secrets to clients: authenticate by the assertion."
#: What answers a client that fails with a Basic header (RFC 6749 section 5.2).
BASIC_CHALLENGE = 'Basic realm="Plone"'


def find_client(site: SiteContext, client_id: str) -> IClient | None:
    """The client with this identifier, None where no source knows it."""
    client = _client(site, client_id)
    if client is None and sync_storage(site.storage):
        # Another process has made it known a moment ago, or nobody has.
        client = _client(site, client_id)
    return client


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
        keys: tuple[PublicKey, ...] = client.live_public_keys(self._now)
        return keys


class AuthenticatedClient(NamedTuple):
    """A client, and the id of the key by which it has authenticated itself."""

    client: IClient
    kid: str


def authenticated_client(
    site: SiteContext,
    parameters: Mapping[str, str],
    address: str,
    now: float,
) -> AuthenticatedClient | None:
    """The client that authenticates a request, None for a request without one.

    The identifier of its assertion is used up.

    :param parameters: those of the request
    :param address: of the client
    :raises InvalidClient: when the assertion is not valid
    :raises InvalidRequest: when only one of two parameters that belong together is sent
    """
    assertion = parameters.get("client_assertion")
    assertion_type = parameters.get("client_assertion_type")
    if assertion is None and assertion_type is None:
        return None
    if assertion is None:
        raise InvalidRequest("The parameter client_assertion is missing.")
    if assertion_type != ASSERTION_TYPE:
        raise InvalidRequest(
            f"The parameter client_assertion_type must be {ASSERTION_TYPE}."
        )
    signer = Signer(site, now)
    rules = site.assertion_rules(_audiences(site))
    claims = verified_client_assertion(assertion, signer.public_keys, rules, now)
    client = signer.client
    try:
        if parameters.get("client_id", client.client_id) != client.client_id:
            raise InvalidGrant("The parameter client_id is another client.")
        if client.credential is not None:
            checked_owner(site, client.credential, address, now)
        site.use_up(client.client_id, claims.jti, claims.expires_at, now)
    except (AccessRefused, InvalidGrant) as refused:
        description, reason = refused.description, refused.reason
        raise InvalidClient(description, reason, client.client_id) from None
    return AuthenticatedClient(client, claims.kid)


def with_client_id(parameters: Mapping[str, str], authorization: str) -> dict[str, str]:
    """The parameters with the client id that the request names anywhere.

    :raises InvalidClient: when the request brings a secret
    :raises InvalidRequest: for two methods at once or two different client ids
    """
    client_id = _checked_client_id(parameters, authorization)
    return {**parameters, **({} if client_id is None else {"client_id": client_id})}


def is_basic(authorization: str) -> bool:
    """Whether an Authorization header is for the scheme Basic."""
    return _split(authorization)[0] == "basic"


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


def _checked_client_id(parameters: Mapping[str, str], authorization: str) -> str | None:
    in_header, secret = _basic_credentials(authorization)
    methods = [secret, "client_secret" in parameters, "client_assertion" in parameters]
    if sum(map(bool, methods)) > 1:
        raise InvalidRequest("The request uses two methods of client authentication.")
    if secret or "client_secret" in parameters:
        raise InvalidClient(NO_SECRETS)
    in_body = parameters.get("client_id")
    if in_header and in_body and in_header != in_body:
        raise InvalidRequest("The request names two different clients.")
    return in_header or in_body


def _basic_credentials(authorization: str) -> tuple[str | None, str]:
    """Client id and secret of a Basic header; nothing for any other scheme.

    :raises InvalidClient: when the header cannot be read
    """
    scheme, encoded = _split(authorization)
    if scheme != "basic":
        return None, ""
    try:
        decoded = base64.b64decode(encoded.strip(), validate=True).decode("utf-8")
        client_id, colon, secret = decoded.partition(":")
        client_id = unquote(client_id, errors="strict")
    except (binascii.Error, ValueError):
        colon = ""
    if not colon:
        raise InvalidClient("The Authorization header cannot be read.")
    return client_id or None, secret


def _split(authorization: str) -> tuple[str, str]:
    """The scheme of a header in small letters, and what follows it."""
    scheme, _, rest = authorization.strip().partition(" ")
    return scheme.lower(), rest
