"""The last word on responses to requests with a token: not shared, no cookies."""

from .access import access_of
from .isolation import IOAuth2Request
from collections.abc import Mapping
from typing import Any
from zope.component import adapter
from zope.interface import alsoProvides
from zope.interface import Interface
from ZPublisher.interfaces import IPubEnd

import json


class INeverStored(Interface):
    """Marks a request whose response no cache and no browser history may keep."""


@adapter(IPubEnd)
def finish_response(event: IPubEnd) -> None:
    """Finish a response, or an error response, after everybody else has had a say."""
    request, response = event.request, event.request.response
    if access_of(request) is not None or IOAuth2Request.providedBy(request):
        _drop_cookies(response)
    if INeverStored.providedBy(request):
        response.setHeader("Cache-Control", "no-store")
        response.setHeader("Pragma", "no-cache")
    elif access_of(request) is not None:
        _keep_private(response)


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
    """The JSON text of an answer; empty for HEAD, whose answers have no body."""
    return "" if request["REQUEST_METHOD"] == "HEAD" else json.dumps(members)


def _drop_cookies(response: Any) -> None:
    """A program needs no cookie, and one of them could be a log-in."""
    response.cookies.clear()
    response.headers.pop("set-cookie", None)
    response.accumulated_headers[:] = [
        (name, value)
        for name, value in response.accumulated_headers
        if name.lower() != "set-cookie"
    ]


def _keep_private(response: Any) -> None:
    """Keep shared caches from giving the response to somebody else."""
    varies = response.getHeader("Vary") or ""
    if "authorization" not in varies.lower():
        response.setHeader(
            "Vary", f"{varies}, Authorization" if varies else "Authorization"
        )
    if "no-store" not in (response.getHeader("Cache-Control") or ""):
        response.setHeader("Cache-Control", "private")
