"""Client authentication at the token endpoint (RFC 6749 section 2.3).

Service keys prove themselves by their grant, and we give no secrets to clients.
So credentials beside a grant can only be wrong (RFC 7523 section 3.1). A bare
client id is welcome in every form.
"""

from ..core.errors import InvalidClient
from ..core.errors import InvalidRequest
from collections.abc import Mapping
from urllib.parse import unquote

import base64
import binascii


NO_SECRETS = "This server gives no secrets to clients: authenticate by the assertion."


class InvalidBasicClient(InvalidClient):
    """Wrong credentials in the Authorization header: answered with a challenge."""

    status = 401


def checked_client_id(parameters: Mapping[str, str], authorization: str) -> str | None:
    """The client id that a request names, without any proof; None if it names none.

    :raises InvalidClient: when the request brings a secret or a client assertion
    :raises InvalidRequest: for two methods at once or two different client ids
    """
    in_header, secret = _basic_credentials(authorization)
    methods = [secret, "client_secret" in parameters, "client_assertion" in parameters]
    if sum(map(bool, methods)) > 1:
        raise InvalidRequest("The request uses two methods of client authentication.")
    if secret:
        raise InvalidBasicClient(NO_SECRETS)
    if "client_assertion" in parameters or "client_assertion_type" in parameters:
        raise InvalidClient("Client assertions are not supported by this server.")
    if "client_secret" in parameters:
        raise InvalidClient(NO_SECRETS)
    in_body = parameters.get("client_id")
    if in_header and in_body and in_header != in_body:
        raise InvalidRequest("The request names two different clients.")
    return in_header or in_body


def _basic_credentials(authorization: str) -> tuple[str | None, str]:
    """Client id and secret of a Basic header; nothing for any other scheme.

    :raises InvalidBasicClient: when the header cannot be read
    """
    scheme, _, encoded = authorization.strip().partition(" ")
    if scheme.lower() != "basic":
        return None, ""
    try:
        decoded = base64.b64decode(encoded.strip(), validate=True).decode("utf-8")
        client_id, colon, secret = decoded.partition(":")
        client_id = unquote(client_id, errors="strict")
    except (binascii.Error, ValueError):
        colon = ""
    if not colon:
        raise InvalidBasicClient("The Authorization header cannot be read.")
    return client_id or None, secret
