"""Requests and answers in the spelling of the CAS protocol, versions 1 to 3.

Pure: what is stored, and who is logged in, is the affair of others. The answers are
spelled so that all parsers that are in use read the same in them.
"""

from ..core.forms import read_form
from ..core.forms import UnreadableForm
from ..core.text import is_clean
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from datetime import datetime
from datetime import timezone
from html import escape
from typing import Any
from urllib.parse import parse_qsl
from urllib.parse import quote

import json
import re


MAX_REQUEST = 5 * 1024
#: A service ticket (section 3.1): 256 random bits in base 62 behind this.
TICKET_PREFIX = "ST-"
TICKET_LENGTH = 43
#: What a URL may hold beside letters and digits; an asterisk is none of these, because
#: a registered one could be taken for a pattern.
_SAFE = "-._~:/?#[]@!$&'()+,;=%"
_NO_XML = re.compile("[\ufffe\uffff]")
_NEVER = re.compile(r"[\x00-\x1f\x7f\\]")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_TICKET = re.compile(f"{TICKET_PREFIX}[0-9A-Za-z]{{{TICKET_LENGTH}}}")

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}")
#: What the protocol itself puts beside or among the attributes.
RESERVED_NAMES = frozenset(
    {
        "attributes",
        "authenticationDate",
        "isFromNewLogin",
        "longTermAuthenticationRequestTokenUsed",
        "proxies",
        "proxy",
        "proxyGrantingTicket",
        "user",
    }
)

INVALID_REQUEST = "INVALID_REQUEST"
INVALID_TICKET_SPEC = "INVALID_TICKET_SPEC"
INVALID_TICKET = "INVALID_TICKET"
INVALID_SERVICE = "INVALID_SERVICE"
UNAUTHORIZED_SERVICE_PROXY = "UNAUTHORIZED_SERVICE_PROXY"
INTERNAL_ERROR = "INTERNAL_ERROR"

Attributes = Mapping[str, str | Sequence[str]]


class Refused(Exception):
    """A ticket is not valid (CAS protocol section 2.5.3).

    :param code: one of those above
    :param description: what the service is told, in English
    :param service_id: of the registered service it is about, if there is one
    """

    def __init__(self, code: str, description: str, service_id: str = "") -> None:
        super().__init__(f"{code}: {description}")
        self.code = code
        self.description = description
        self.service_id = service_id


@dataclass(frozen=True, kw_only=True)
class Success:
    """Whom a service has logged in.

    :param user: the name by which it knows them
    :param attributes: what else it learns, a string or several by name
    """

    user: str
    attributes: Attributes = field(default_factory=dict)


def read_parameters(query: str) -> dict[str, str]:
    """The parameters of a request; empty ones count as left out.

    :raises UnreadableForm: when it is too large, no UTF-8 form, or says something twice
    """
    parameters: dict[str, str] = {}
    for name, value in read_form(query, MAX_REQUEST):
        if name in parameters:
            raise UnreadableForm("repeated")
        parameters[name] = value
    return {name: value for name, value in parameters.items() if value}


def is_set(parameters: Mapping[str, str], name: str) -> bool:
    """Whether a request sets a flag: any value does but `false`.

    (CAS protocol section 2.1.1)
    """
    return parameters.get(name, "false").lower() != "false"


def normalized_service(sent: str) -> str:
    """The URL of a service in ASCII, by which it is compared; empty if it is none.

    Clients send it encoded once, twice or not at all beyond ASCII, and what a browser
    asks for later is encoded.

    :param sent: what stands in the query, decoded once
    """
    if _NEVER.search(sent) or _STRAY_PERCENT.search(sent) or "#" in sent:
        return ""
    normalized = quote(sent, safe=_SAFE)
    names = {name for name, _ in parse_qsl(normalized.partition("?")[2])}
    # The service would have to choose between two tickets.
    return "" if "ticket" in names else normalized


def is_ticket(text: str) -> bool:
    """Whether it looks like a service ticket of ours."""
    return _TICKET.fullmatch(text) is not None


def is_name(text: str) -> bool:
    """Whether all clients read the same name of a user: some take spaces off."""
    return bool(text) and text == text.strip() and is_clean(text) and _is_xml(text)


def is_attribute_name(name: str) -> bool:
    """Whether an attribute can have the name: in XML, and beside those of CAS."""
    return _NAME.fullmatch(name) is not None and name not in RESERVED_NAMES


def format_plain(answer: Success | Refused) -> str:
    """The answer of CAS 1 (section 2.4.2)."""
    return f"yes\n{answer.user}\n" if isinstance(answer, Success) else "no\n\n"


def format_xml(answer: Success | Refused) -> str:
    """The answer of CAS 2 and 3 (sections 2.5 and 2.8)."""
    if isinstance(answer, Success):
        attributes = _elements(answer.attributes)
        inner = (
            "<cas:authenticationSuccess>"
            f"<cas:user>{escape(answer.user)}</cas:user>"
            f"{f'<cas:attributes>{attributes}</cas:attributes>' if attributes else ''}"
            "</cas:authenticationSuccess>"
        )
    else:
        inner = (
            f'<cas:authenticationFailure code="{answer.code}">'
            f"{escape(answer.description)}</cas:authenticationFailure>"
        )
    return _xml(inner)


def format_proxy_failure(code: str, description: str) -> str:
    """The answer to a service that asks for a proxy ticket (section 2.7.2)."""
    return _xml(
        f'<cas:proxyFailure code="{code}">{escape(description)}</cas:proxyFailure>'
    )


def format_json(answer: Success | Refused) -> str:
    """The same as JSON (section 2.5.1, `format`)."""
    if isinstance(answer, Success):
        success: dict[str, Any] = {"user": answer.user}
        if answer.attributes:
            success["attributes"] = dict(answer.attributes)
        members = {"authenticationSuccess": success}
    else:
        failure = {"code": answer.code, "description": answer.description}
        members = {"authenticationFailure": failure}
    return json.dumps({"serviceResponse": members})


def format_time(at: float) -> str:
    """A time in seconds since the epoch, as XML Schema and SAML spell it."""
    return datetime.fromtimestamp(at, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def logout_request(request_id: str, user: str, ticket: str, at: float) -> str:
    """What tells a service that somebody has logged out (section 2.3.3).

    :param request_id: unique
    :param user: the name by which the service knows them
    :param ticket: with which they were logged in there
    :param at: when they did, in seconds since the epoch
    """
    return (
        '<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"'
        ' xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"'
        f' ID="{escape(request_id)}" Version="2.0" IssueInstant="{format_time(at)}">'
        f"<saml:NameID>{escape(user)}</saml:NameID>"
        f"<samlp:SessionIndex>{escape(ticket)}</samlp:SessionIndex>"
        "</samlp:LogoutRequest>"
    )


def _xml(inner: str) -> str:
    return (
        '<cas:serviceResponse xmlns:cas="http://www.yale.edu/tp/cas">'
        f"{inner}</cas:serviceResponse>"
    )


def _elements(attributes: Attributes) -> str:
    return "".join(
        f"<cas:{name}>{escape(value)}</cas:{name}>"
        for name, values in attributes.items()
        for value in ([values] if isinstance(values, str) else values)
        if _is_xml(value)
    )


def _is_xml(text: str) -> bool:
    """Whether a clean string can stand in XML (section 2.2 of XML 1.0)."""
    return not _NO_XML.search(text)
