"""Redirect URIs: what may be registered, and which of them a request may name.

A URI in a request is compared with what is registered code point by code point, and no
parser of URLs is involved: two of them never agree. There is one exception, which
native applications need: the port of a loopback URI is any (RFC 8252 section 7.3). In
older protocols clients may also name what is below a registered place.
"""

from collections.abc import Collection
from collections.abc import Iterable
from typing import Literal
from urllib.parse import unquote
from urllib.parse import urlencode

import re


RedirectProblem = Literal[
    "empty",
    "too_long",
    "characters",
    "not_absolute",
    "fragment",
    "wildcard",
    "forbidden_scheme",
    "unknown_scheme",
    "not_https",
    "user_information",
    "host",
]

MAX_LENGTH = 2000
#: Schemes that a browser or the system handles itself, whatever an administrator says.
FORBIDDEN_SCHEMES = frozenset(
    {
        "about",
        "blob",
        "chrome",
        "data",
        "file",
        "filesystem",
        "ftp",
        "intent",
        "jar",
        "javascript",
        "mailto",
        "res",
        "resource",
        "sms",
        "tel",
        "urn",
        "vbscript",
        "view-source",
        "ws",
        "wss",
    }
)

_SENTENCES: dict[RedirectProblem, str] = {
    "empty": "There is no URI here.",
    "too_long": "A redirect URI has at most {maximum} characters.",
    "characters": (
        "A redirect URI is printable ASCII without spaces, quotes, brackets, braces or"
        " backslashes; anything else is percent-encoded."
    ),
    "not_absolute": "A redirect URI begins with a scheme in small letters: https://…",
    "fragment": "A redirect URI has no fragment.",
    "wildcard": "A redirect URI is compared as it is: it cannot hold an asterisk.",
    "forbidden_scheme": "No application can be reached by the scheme {scheme}.",
    "unknown_scheme": (
        "The scheme {scheme} has no dot: it must be allowed by name for this"
        " application."
    ),
    "not_https": "A redirect URI needs https, except on this computer itself.",
    "user_information": "A redirect URI names no user.",
    "host": "A redirect URI names a host, and a port from 1 to 65535 if any.",
}

#: RFC 3986 without what browsers repair or templates would have to escape.
_CHARACTERS = re.compile(
    r"(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+", re.ASCII
)
_SCHEME = re.compile(r"([a-z][a-z0-9+.\-]*):(.+)", re.DOTALL)
_AUTHORITY = re.compile(r"//([^/?#]*)(?:[/?].*)?", re.DOTALL)
_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_HOST = re.compile(
    rf"((?:{_LABEL}\.)*{_LABEL}|\[[0-9A-Fa-f:.]+\])(?::([1-9][0-9]{{0,4}}))?"
)
_LOOPBACK_HOSTS = frozenset({"127.0.0.1", "[::1]", "localhost"})
_LOOPBACK = re.compile(
    r"(http://(?:127\.0\.0\.1|\[::1\]|localhost))(?::([1-9][0-9]{0,4}))?([/?][^#]*)?",
    re.DOTALL,
)
_MAX_PORT = 65535
#: How often a path may be encoded.
_MAX_LAYERS = 4
#: What some servers take for the end of a segment.
_ENDS_SEGMENT = re.compile(r"[/\\;]")


class RedirectRefused(ValueError):
    """A URI cannot be registered as redirect URI.

    :param problem: what is wrong with it
    :param values: what the sentence about it mentions, by name
    """

    def __init__(self, problem: RedirectProblem, **values: str | int) -> None:
        super().__init__(_SENTENCES[problem].format(**values))
        self.problem = problem
        self.values = values


def check_redirect_uri(uri: str, allowed_schemes: Collection[str] = ()) -> None:
    """Refuse what must not be registered (RFC 6749 section 3.1.2, RFC 8252 section 7).

    Allowed are https, http to this computer itself, schemes with a dot in their name,
    and those that were allowed by name. Nothing else, so that no list of dangerous ones
    has to be complete.

    :param allowed_schemes: schemes without a dot that an administrator allowed
    :raises RedirectRefused: with the reason
    """
    _check_characters(uri)
    found = _SCHEME.fullmatch(uri)
    if found is None:
        raise RedirectRefused("not_absolute")
    scheme, rest = found.groups()
    if scheme in FORBIDDEN_SCHEMES:
        raise RedirectRefused("forbidden_scheme", scheme=scheme)
    if scheme in ("http", "https"):
        _check_web(scheme, rest)
    elif "." not in scheme and scheme not in allowed_schemes:
        raise RedirectRefused("unknown_scheme", scheme=scheme)


def is_registered(
    registered: Iterable[str], sent: str, any_loopback_port: bool
) -> bool:
    """Whether a request names a registered URI.

    :param registered: what is registered for the client
    :param sent: what the request names, decoded once
    :param any_loopback_port: whether the client is one on the person's own computer,
        which listens at whatever port is free (RFC 8252 section 7.3)
    """
    return any(
        uri == sent or (any_loopback_port and _differ_in_port(uri, sent))
        for uri in registered
    )


def is_within_registered(registered: Iterable[str], sent: str) -> bool:
    """Whether a request names a place that is registered, or is below such a one.

    For protocols whose clients send URIs that they make up as they need them.

    :param registered: URIs; below each that ends with a slash everything is registered
    :param sent: what the request names, decoded once
    """
    # Whatever is asked of the URI alone is asked once, and of few strangers' URIs.
    is_below = any(
        sent == uri or (uri.endswith("/") and sent.startswith(uri))
        for uri in registered
    )
    return is_below and _is_read_alike(sent)


def is_loopback(uri: str) -> bool:
    """Whether the URI leads to a program on the person's own computer."""
    return _loopback(uri) is not None


def is_native(uri: str) -> bool:
    """Whether any program on a computer could answer at the URI.

    So it is for loopback URIs and schemes that are not those of the Web.
    """
    return is_loopback(uri) or not uri.startswith(("https:", "http:"))


def shown_target(uri: str) -> str:
    """Where a registered URI leads, in short: host and port, or the scheme."""
    scheme, _, rest = uri.partition(":")
    if scheme not in ("http", "https"):
        return f"{scheme}:"
    return re.split("[/?#]", rest.removeprefix("//"), maxsplit=1)[0]


def host_of(uri: str) -> str:
    """Who answers at a registered URI: host and port, or the scheme.

    The port of a loopback URI is left out, since it is any.
    """
    found = _loopback(uri)
    return shown_target(uri if found is None else found[0])


def origin_of(uri: str) -> str:
    """The origin of a registered URI of the Web, empty for any other (RFC 6454)."""
    scheme = uri.partition(":")[0]
    if scheme not in ("http", "https"):
        return ""
    return f"{scheme}://{shown_target(uri)}"


def with_parameters(uri: str, parameters: Iterable[tuple[str, str]]) -> str:
    """The URI with parameters in its query; what it has already stays as it is.

    (RFC 6749 section 3.1.2)
    """
    # What ends the path with an & has no query yet.
    separator = "?" if "?" not in uri else "" if uri.endswith(("?", "&")) else "&"
    return f"{uri}{separator}{urlencode(list(parameters))}"


def with_fragment(uri: str, parameters: Iterable[tuple[str, str]]) -> str:
    """The URI with parameters in its fragment; a registered one has none.

    (RFC 6749 section 4.2.2)
    """
    return f"{uri}#{urlencode(list(parameters))}"


def _check_characters(uri: str) -> None:
    if not uri:
        raise RedirectRefused("empty")
    if len(uri) > MAX_LENGTH:
        raise RedirectRefused("too_long", maximum=MAX_LENGTH)
    if not _CHARACTERS.fullmatch(uri):
        raise RedirectRefused("characters")
    if "#" in uri:
        raise RedirectRefused("fragment")
    if "*" in uri:
        raise RedirectRefused("wildcard")


def _is_read_alike(uri: str) -> bool:
    """Whether a browser and a server read the same place in a URI."""
    try:
        _check_characters(uri)
    except RedirectRefused:
        return False
    return not _has_dot_segment(uri.partition("?")[0])


def _has_dot_segment(path: str) -> bool:
    """Whether a browser or a server could go up in a path, however it is spelled."""
    # Of servers behind one another each may decode it; nobody has more than a few.
    for _ in range(_MAX_LAYERS + 1):
        decoded = unquote(path)
        if decoded == path:
            return not {".", ".."}.isdisjoint(_ENDS_SEGMENT.split(path))
        path = decoded
    return True


def _check_web(scheme: str, rest: str) -> None:
    found = _AUTHORITY.fullmatch(rest)
    authority = found[1] if found else ""
    if "@" in authority:
        raise RedirectRefused("user_information")
    host = _HOST.fullmatch(authority)
    if host is None or not _is_port(host[2]):
        raise RedirectRefused("host")
    if scheme == "http" and host[1] not in _LOOPBACK_HOSTS:
        raise RedirectRefused("not_https")


def _differ_in_port(registered: str, sent: str) -> bool:
    ours, theirs = _loopback(registered), _loopback(sent)
    return ours is not None and ours == theirs


def _loopback(uri: str) -> tuple[str, str] | None:
    """What stands before and behind the port of a loopback URI, None for any other."""
    found = _LOOPBACK.fullmatch(uri)
    if found is None or not _is_port(found[2]):
        return None
    return found[1], found[3] or ""


def _is_port(text: str | None) -> bool:
    return text is None or int(text) <= _MAX_PORT
