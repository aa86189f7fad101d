"""Requests of a person's browser that an application has a part in.

As at the endpoints for programs Zope reads neither query nor body, because both come
from an application, or from who pretends to be one. But the person's session counts:
cookies stay. An Authorization header does not, as only a browser with a session may
authorize anything.
"""

from .interfaces import IRequestPreparation
from .isolation import OAuth2Request
from .isolation import set_aside
from .isolation import what_was_set_aside
from typing import Any
from zope.interface import Interface
from zope.interface import provider


#: A page that Plone's transforms, which look for small letters, leave as it is: without
#: a theme and a script of plone.protect. What they check besides, they check.
UNTRANSFORMED = "Text/HTML; charset=utf-8"
HTML = "text/html; charset=utf-8"
#: For whatever has no policy of its own, such as a redirect.
STRICT_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'"
_ALWAYS = {
    "Cache-Control": "no-store",
    "Pragma": "no-cache",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class IFrontChannelRequest(Interface):
    """Marks a request of a browser to one of our pages."""


@provider(IRequestPreparation)
def prepare(request: Any) -> None:
    """Prepare a request of a browser: its session counts, and nothing else."""
    set_aside(request, IFrontChannelRequest)


def front_channel_request(request: Any) -> OAuth2Request | None:
    """What was set aside, or None for a request that was not prepared so."""
    if not IFrontChannelRequest.providedBy(request):
        return None
    return what_was_set_aside(request)


def finish_front_channel(response: Any) -> None:
    """Keep a page from caches, frames, scripts of others and the next Referer."""
    for name, value in _ALWAYS.items():
        response.setHeader(name, value)
    if response.getHeader("Content-Type") == UNTRANSFORMED:
        response.setHeader("Content-Type", HTML)
    if not response.getHeader("Content-Security-Policy"):
        response.setHeader("Content-Security-Policy", STRICT_POLICY)
    for name in [each for each in response.headers if _is_about_origins(each)]:
        # A policy of the site may say something for all of its pages.
        del response.headers[name]


def _is_about_origins(name: str) -> bool:
    return name.lower().startswith("access-control-")
