"""The last word on responses to requests with a token: not shared, no cookies."""

from ..layer import ITokenAuthLayer
from .access import access_of
from .frontchannel import finish_front_channel
from .frontchannel import IFrontChannelRequest
from .isolation import IOAuth2Request
from .tokenheader import token_header
from collections.abc import Mapping
from typing import Any
from zope.component import adapter
from zope.interface import alsoProvides
from zope.interface import Interface
from ZPublisher.interfaces import IPubEnd

import json
import re


#: The directives of Cache-Control, which may have commas in quotes.
_DIRECTIVE = re.compile(r'(?:[^,"]|"[^"]*")+')
#: What lets a shared cache keep a response although it is for one client.
_FOR_SHARED_CACHES = frozenset({"public", "s-maxage"})
#: Headers by which some shared caches are told more than by Cache-Control.
_CACHE_HEADERS = ("Surrogate-Control", "CDN-Cache-Control", "X-Accel-Expires")


class INeverStored(Interface):
    """Marks a request whose response no cache and no browser history may keep."""


@adapter(IPubEnd)
def finish_response(event: IPubEnd) -> None:
    """Finish a response, or an error response, after everybody else has had a say."""
    request, response = event.request, event.request.response
    has_token = access_of(request) is not None
    if has_token or IOAuth2Request.providedBy(request):
        _drop_cookies(response)
    if IFrontChannelRequest.providedBy(request):
        finish_front_channel(response)
    elif INeverStored.providedBy(request):
        response.setHeader("Cache-Control", "no-store")
        response.setHeader("Pragma", "no-cache")
    elif has_token:
        _keep_private(response)
    elif ITokenAuthLayer.providedBy(request) and not IOAuth2Request.providedBy(request):
        _keep_from_tokens(response)


def never_store(request: Any) -> None:
    """Ask for a response that no cache and no browser history keeps."""
    alsoProvides(request, INeverStored)


def never_frame(request: Any) -> None:
    """Ask for a response that no page shows inside itself, not even one of the site."""
    response = request.response
    response.setHeader("X-Frame-Options", "DENY")
    # A policy that is there already holds as well.
    response.addHeader("Content-Security-Policy", "frame-ancestors 'none'")


def body_of(request: Any, members: Mapping[str, Any]) -> str:
    """The JSON document of an answer; empty for HEAD, whose answers have no body."""
    body = json.dumps(members)
    if request["REQUEST_METHOD"] != "HEAD":
        return body
    # As that of GET (RFC 9110 section 8.6); without it the server would say 0.
    request.response.setHeader("Content-Length", str(len(body)))
    return ""


def header_values(response: Any, name: str) -> list[str]:
    """All values of a header, in whatever spelling of its name Zope keeps them."""
    headers = [*response.headers.items(), *response.accumulated_headers]
    return [value for key, value in headers if key.lower() == name.lower()]


def _drop_cookies(response: Any) -> None:
    """A program needs no cookie, and one of them could be a log-in."""
    response.cookies.clear()
    _remove(response, "Set-Cookie")


def _keep_private(response: Any) -> None:
    """Keep shared caches from giving the response to somebody else.

    What else the site has told caches stays: a browser must still ask again.
    """
    _vary_on_authorization(response)
    directives = _cache_control(response)
    kept = [each for each in directives if _name(each) not in _FOR_SHARED_CACHES]
    if not _is_private(kept):
        kept.append("private")
    _replace(response, "Cache-Control", ", ".join(kept))
    _remove(response, *_CACHE_HEADERS)


def _keep_from_tokens(response: Any) -> None:
    """Keep shared caches from giving the response to a request with a token."""
    if not _is_private(_cache_control(response)):
        _vary_on_authorization(response)


def _vary_on_authorization(response: Any) -> None:
    varies = ", ".join(header_values(response, "Vary"))
    known = {each.strip().lower() for each in varies.split(",")}
    wanted = [name for name in ("Authorization", token_header()) if name]
    missing = [name for name in wanted if name.lower() not in known]
    if missing and "*" not in known:
        _replace(response, "Vary", ", ".join([*filter(None, [varies]), *missing]))


def _cache_control(response: Any) -> list[str]:
    found = _DIRECTIVE.findall(", ".join(header_values(response, "Cache-Control")))
    return [directive.strip() for directive in found if directive.strip()]


def _is_private(directives: list[str]) -> bool:
    return not {"private", "no-store"}.isdisjoint(map(str.lower, directives))


def _name(directive: str) -> str:
    return directive.partition("=")[0].strip().lower()


def _replace(response: Any, name: str, value: str) -> None:
    _remove(response, name)
    response.setHeader(name, value)


def _remove(response: Any, *names: str) -> None:
    unwanted = {name.lower() for name in names}
    for key in [key for key in response.headers if key.lower() in unwanted]:
        del response.headers[key]
    response.accumulated_headers[:] = [
        (key, value)
        for key, value in response.accumulated_headers
        if key.lower() not in unwanted
    ]
