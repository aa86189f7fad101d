"""The parameters of an OAuth request, read from the raw body (RFC 6749 section 3.2)."""

from ...core.errors import InvalidRequest
from ...core.errors import InvalidTarget
from ...core.forms import FORM_TYPE
from ...core.forms import is_form
from ...core.forms import MAX_PARAMETERS
from ...core.forms import read_form
from ...core.forms import UnreadableForm
from ...core.secret import Secret
from collections.abc import Mapping
from typing import BinaryIO
from urllib.parse import parse_qsl


MAX_BODY = 64 * 1024
#: Parameters that would end up in access logs if they stood in the URI.
SECRET_PARAMETERS = frozenset(
    {
        "access_token",
        "assertion",
        "client_assertion",
        "client_secret",
        "code",
        "device_code",
        "password",
        "refresh_token",
        "subject_token",
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
    if not is_form(content_type):
        raise InvalidRequest(f"The Content-Type must be {FORM_TYPE}.")
    data = body.read(MAX_BODY + 1)
    if len(data) > MAX_BODY:
        raise BodyTooLarge("The body is too large.")
    parameters: dict[str, str] = {}
    for name, value in _pairs(data):
        if name in parameters and name == "resource":
            # RFC 8707 section 2 lets clients repeat it.
            if parameters[name] != value:
                raise InvalidTarget("A token is for one resource.")
        elif name in parameters:
            raise InvalidRequest("A parameter is repeated.")
        parameters[name] = Secret(value) if name in SECRET_PARAMETERS else value
    return {name: value for name, value in parameters.items() if value}


def _pairs(data: bytes) -> list[tuple[str, str]]:
    try:
        return read_form(data.decode("latin-1"), MAX_BODY)
    except UnreadableForm as unreadable:
        if str(unreadable) == "zero":
            raise InvalidRequest("A parameter holds a zero byte.") from None
        raise InvalidRequest(
            f"The body must be a UTF-8 form of at most {MAX_PARAMETERS} parameters."
        ) from None
