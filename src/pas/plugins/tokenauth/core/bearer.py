"""The Authorization header of a request to the resource (RFC 6750 section 2.1)."""

from .errors import AccessRefused
from .secret import Secret
from .tokens import ACCESS_TOKEN_PREFIX
from .tokens import contains_token
from .tokens import is_well_formed
from .tokens import prefix_of

import re


#: The characters of a token in any scheme (RFC 9110 section 11.2).
_WORD = re.compile(r"[A-Za-z0-9._~+/-]+")
DAMAGED = "The access token is damaged, or not sent as Bearer and one token"


def access_token(authorization: str | None) -> Secret | None:
    """The access token of ours that the header carries, or None if it carries none.

    A header is ours as soon as a word of it starts like our tokens, whatever stands
    before it: people write `Token`, `ApiKey` or `Bearer:`, and proxies join two
    headers. It is refused then, not handed on to other plugins or to Anonymous.

    :raises AccessRefused: when it is ours and not exactly ``Bearer`` and one
        well-formed token, separated by spaces
    """
    if not authorization:
        return None
    prefixes = set(map(prefix_of, _WORD.findall(authorization))) - {""}
    if not prefixes and not contains_token(authorization):
        return None
    scheme, _, token = authorization.partition(" ")
    token = token.strip(" ")
    if scheme.lower() != "bearer" or not is_well_formed(token):
        # Old clients know access tokens only, and no other message about them.
        description = DAMAGED if prefixes - {ACCESS_TOKEN_PREFIX} else ""
        raise AccessRefused("malformed token", description=description)
    return Secret(token)
