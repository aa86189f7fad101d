"""What tokens are for, by the URL that clients name (RFC 8707 section 2). Pure.

URLs are compared as they are spelled, with one exception: a bare origin with and
without its slash is one URL (RFC 3986 section 6.2.3), because clients that parse URLs
cannot send the other.
"""

from urllib.parse import urlsplit

import re


_RESOURCE = re.compile(r"https?://[\x21\x23-\x5b\x5d\x5e-\x7e]+")
_ORIGIN = re.compile(r"https?://[^/?#]+")
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
MAX_LENGTH = 500


def is_resource(url: str) -> bool:
    """Whether something can be a resource: https, or http on this computer."""
    if len(url) > MAX_LENGTH or not _RESOURCE.fullmatch(url) or "#" in url:
        return False
    try:
        parts = urlsplit(url)
        # Raises for a port that is none.
        _port = parts.port
    except ValueError:
        return False
    is_safe = parts.scheme == "https" or parts.hostname in _LOOPBACK
    return bool(parts.hostname) and is_safe and "@" not in parts.netloc


def is_same(resource: str, named: str) -> bool:
    """Whether a client names a resource."""
    return _spelled(resource) == _spelled(named)


def is_below(url: str, named: str) -> bool:
    """Whether a client names the site with this URL, or something inside it."""
    if "#" in named or "/.." in named or "\\" in named:
        return False
    rest = named.removeprefix(url)
    return rest != named and (not rest or rest[0] in "/?")


def _spelled(url: str) -> str:
    return f"{url}/" if _ORIGIN.fullmatch(url) else url
