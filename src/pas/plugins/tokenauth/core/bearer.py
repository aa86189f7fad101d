"""The Authorization header of a request to the resource (RFC 6750 section 2.1)."""

from .errors import AccessRefused
from .secret import Secret
from .tokens import is_personal
from .tokens import is_well_formed
from .tokens import PREFIXES

import re


_SEPARATORS = re.compile(r"""[\s,"']+""")


def access_token(authorization: str | None) -> Secret | None:
    """The access token of ours that the header carries, or None if it carries none.

    A header is ours as soon as a part of it where a token can stand starts like
    our tokens: damaged, it is refused, not handed on to other plugins or to
    Anonymous.

    :raises AccessRefused: when it is ours and not exactly ``Bearer`` and one
        well-formed token, separated by spaces
    """
    if not authorization:
        return None
    parts = [part for part in _SEPARATORS.split(authorization) if part]
    is_bearer = bool(parts) and parts[0].lower() == "bearer"
    candidates = parts[1:] if is_bearer else parts[:1]
    if not any(part.startswith(PREFIXES) for part in candidates):
        return None
    scheme, _, token = authorization.partition(" ")
    token = token.strip(" ")
    if scheme.lower() != "bearer" or not is_well_formed(token):
        raise AccessRefused("malformed token", description=_description(candidates))
    return Secret(token)


def _description(candidates: list[str]) -> str:
    """What the client of a personal access token learns; nothing for any other."""
    if any(map(is_personal, candidates)):
        return "The access token is damaged, or not sent as Bearer and one token"
    return ""
