"""The parameters of an OAuth request, read from the raw body (RFC 6749 section 3.2)."""

from ...core.errors import InvalidRequest
from ...core.secret import Secret
from collections.abc import Mapping
from typing import BinaryIO
from urllib.parse import parse_qsl


MAX_BODY = 64 * 1024
MAX_PARAMETERS = 50
FORM_TYPE = "application/x-www-form-urlencoded"
#: Parameters that would end up in access logs if they stood in the URI.
SECRET_PARAMETERS = frozenset(
    {
        "access_token",
        "assertion",
        "client_assertion",
        "client_secret",
        "code",
        "refresh_token",
        "token",
    }
)


class BodyTooLarge(InvalidRequest):
    """The body is larger than any sensible request."""

    status = 413


def check_uri(query_string: str, parameters: Mapping[str, str]) -> None:
    """Refuse secrets in the URI, and parameters of the body; ignore anything else.

    :raises InvalidRequest: when there is one
    """
    names = {name for name, _ in parse_qsl(query_string, keep_blank_values=True)}
    if names & (SECRET_PARAMETERS | parameters.keys()):
        raise InvalidRequest("Send parameters in the body, never in the URI.")


def form_parameters(body: BinaryIO, content_type: str) -> Mapping[str, str]:
    """The parameters in a form body; those with an empty value count as left out.

    :raises InvalidRequest: when the body is no proper form, or repeats a parameter
    """
    if content_type.partition(";")[0].strip().lower() != FORM_TYPE:
        raise InvalidRequest(f"The Content-Type must be {FORM_TYPE}.")
    data = body.read(MAX_BODY + 1)
    if len(data) > MAX_BODY:
        raise BodyTooLarge("The body is too large.")
    parameters: dict[str, str] = {}
    for name, value in _pairs(data):
        if name in parameters:
            raise InvalidRequest("A parameter is repeated.")
        parameters[name] = Secret(value) if name in SECRET_PARAMETERS else value
    return {name: value for name, value in parameters.items() if value}


def _pairs(data: bytes) -> list[tuple[str, str]]:
    try:
        pairs = parse_qsl(
            data.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MAX_PARAMETERS,
        )
    except ValueError:
        raise InvalidRequest(
            f"The body must be a UTF-8 form of at most {MAX_PARAMETERS} parameters."
        ) from None
    if any("\0" in name or "\0" in value for name, value in pairs):
        raise InvalidRequest("A parameter holds a zero byte.")
    return pairs
