"""URLs to which requests are sent, read strictly."""

from .errors import FetchRefused
from collections.abc import Collection
from dataclasses import dataclass

import ipaddress
import re


MAX_LENGTH = 2000
_PORTS = {"https": 443, "http": 80}
_MAX_PORT = 65535

_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?"
_CHARACTER = r"[A-Za-z0-9\-._~:/@!$&'()*+,;=]|%[0-9A-Fa-f]{2}"
#: RFC 3986 without user information and fragment, and without what parsers repair.
_URL = re.compile(
    rf"(https?)://((?:{_LABEL}\.)*{_LABEL}|\[[0-9A-Fa-f:.]+\])(?::([1-9][0-9]{{0,4}}))?"
    rf"((?:/(?:{_CHARACTER})*)?(?:\?(?:{_CHARACTER}|[/?])*)?)"
)
#: What browsers and resolvers read as an IPv4 address in one of its many forms.
_NUMERIC = re.compile(r"(?:.*\.)?(?:[0-9]+|0[xX][0-9A-Fa-f]*)")


@dataclass(frozen=True)
class Target:
    """Where a request goes.

    :param host: a name, or an IP address without brackets
    :param path: with the query
    :param is_allowed: whether administrators have named it, so that its address may be
        any, and it need not have TLS
    """

    scheme: str
    host: str
    port: int
    path: str
    is_allowed: bool

    @property
    def default_port(self) -> int:
        """The port that need not be named."""
        return _PORTS[self.scheme]


def parse_target(url: str, allowed: Collection[str] = ()) -> Target:
    """Where a request to a URL goes.

    :param allowed: hosts with port, as an administrator has named them
    :raises FetchRefused: when it is none to which requests are sent
    """
    found = _URL.fullmatch(url) if len(url) <= MAX_LENGTH else None
    if found is None:
        raise FetchRefused("it is no URL as RFC 3986 spells it")
    scheme, authority, digits, path = found.groups()
    port = int(digits or _PORTS[scheme])
    if port > _MAX_PORT:
        raise FetchRefused("its port is none")
    host = _host(authority)
    is_allowed = f"{authority.lower()}:{port}" in allowed
    if scheme != "https" and not is_allowed:
        raise FetchRefused("it has no TLS")
    if not path.startswith("/"):
        path = f"/{path}"
    return Target(scheme, host, port, path, is_allowed)


def _host(authority: str) -> str:
    host = authority.strip("[]").lower()
    if authority.startswith("[") or _NUMERIC.fullmatch(host):
        try:
            return str(ipaddress.ip_address(host))
        except ValueError:
            raise FetchRefused("its host is no IP address in its usual form") from None
    return host
