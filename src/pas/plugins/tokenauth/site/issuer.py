"""The issuer: the one URL by which this site is known to its clients.

It is configured, never taken from a request (RFC 8414 section 2), and zope.conf
can override it, so that a copy of the site refuses grants made for the original.
"""

from ..zopeconf import option
from dataclasses import dataclass
from datetime import date
from ipaddress import ip_address
from urllib.parse import SplitResult
from urllib.parse import urlsplit


TOKEN_ENDPOINT = "@@oauth2-token"


@dataclass(frozen=True)
class FormerTokenEndpoint:
    """A URL that grants may still be addressed to, with the last day of that.

    See IFormerTokenEndpoint.
    """

    url: str
    until: date


def is_issuer(url: str) -> bool:
    """Whether the URL can name this site: https or loopback, no query, no fragment.

    What can be the issuer can be the URL of the pages, too. An empty string is fine:
    there is none then.
    """
    return not url or (is_token_endpoint(url) and not url.endswith("/"))


def is_token_endpoint(url: str) -> bool:
    """Whether grants can be addressed to the URL: https or loopback, no fragment."""
    try:
        parts = urlsplit(url)
        _port = parts.port  # Raises for anything but a number.
    except ValueError:
        return False
    if not url.isascii() or not url.isprintable() or set(url) & set(' "\\<>?#'):
        return False
    if not parts.hostname or parts.username is not None:
        return False
    return parts.scheme == "https" or _is_local(parts)


def overrides(site_path: str) -> dict[str, str]:
    """What zope.conf says instead of settings of a site, by their names."""
    urls = {"issuer": _overrides("issuer"), "pages_url": _overrides("pages-url")}
    return {name: each[site_path] for name, each in urls.items() if site_path in each}


def check_overrides() -> None:
    """Refuse what zope.conf says about sites, where it cannot be used.

    :raises ValueError: for such a value; Zope does not start then
    """
    _overrides("issuer")
    _overrides("pages-url")


def _overrides(key: str) -> dict[str, str]:
    """URLs by path of their site, as zope.conf has them.

    The value is pairs of path and URL: ``issuer /Plone https://staging.example.org``.

    :raises ValueError: when the value is not that
    """
    words = option(key).split()
    if len(words) % 2:
        raise ValueError(f"The {key} in zope.conf must be pairs of path and URL.")
    urls = {
        path: url.rstrip("/") for path, url in zip(words[::2], words[1::2], strict=True)
    }
    for url in urls.values():
        if not url or not is_issuer(url):
            raise ValueError(f"The {key} in zope.conf cannot be one: {url}")
    return urls


def is_local_host(host: str) -> bool:
    """Whether the name or address of a host stands for this computer."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _is_local(parts: SplitResult) -> bool:
    return parts.scheme == "http" and is_local_host(parts.hostname or "")
