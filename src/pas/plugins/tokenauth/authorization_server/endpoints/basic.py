"""How a client names itself at an endpoint (RFC 6749 section 2.3).

Clients prove themselves by what they sign, and we give no secrets to them. So a secret
can only be wrong (RFC 7523 section 3.1). A bare client id is accepted in every form.
"""

from ...core.errors import InvalidClient
from ...core.errors import InvalidRequest
from collections.abc import Mapping
from urllib.parse import unquote

import base64
import binascii


NO_SECRETS = "This server gives no secrets to clients: authenticate by the assertion."
#: What answers a client that fails with a Basic header (RFC 6749 section 5.2).
BASIC_CHALLENGE = 'Basic realm="Plone"'


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
