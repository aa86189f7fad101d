"""Requests to our OAuth endpoints, isolated before Zope reads them.

Zope would merge query and body, obey suffixes like ``:method``, fail on a bad
charset and take a Basic header for a log-in: all of that before a view runs.
So the request is made opaque first; what the endpoint needs is set aside. The
body is not read, because a repeated request reads it again.
"""

from ..core.secret import Secret
from .presented import authorization_of
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from zope.annotation.interfaces import IAnnotations
from zope.component import adapter
from zope.interface import directlyProvidedBy
from zope.interface import directlyProvides
from zope.interface import Interface
from ZPublisher.interfaces import IPubStart


ENDPOINT_NAMES = frozenset(
    {"oauth2-token", "oauth2-revoke", "oauth2-introspect", "oauth2-authorize"}
)
_VIEW_PREFIXES = ("@@", "++view++")
_KEY = "pas.plugins.tokenauth.oauth2"
#: Where web servers tell what was asked for, as it came in.
_WHOLE_URIS = frozenset({"RAW_URI", "REQUEST_URI"})


class IOAuth2Request(Interface):
    """Marks a request to one of our OAuth endpoints."""


@dataclass(frozen=True, kw_only=True)
class OAuth2Request:
    """What an endpoint needs to know of a request, as it came in.

    Clients put secrets where they should not.

    :param method: HTTP method in capitals
    :param query_string: the raw query
    :param content_type: the raw Content-Type
    :param authorization: the raw Authorization header
    """

    method: str
    query_string: Secret
    content_type: str
    authorization: Secret


@adapter(IPubStart)
def isolate_request(event: IPubStart) -> None:
    """Isolate a request if it is for one of our endpoints."""
    request = event.request
    if not _is_for_endpoint(request.environ.get("PATH_INFO", "")):
        return
    environ = request.environ
    # First of all: plone.rest has error views for requests of its kind, too.
    directlyProvides(request, IOAuth2Request, directlyProvidedBy(request))
    IAnnotations(request)[_KEY] = OAuth2Request(
        method=environ.get("REQUEST_METHOD", "GET").upper(),
        query_string=Secret(environ.get("QUERY_STRING", "")),
        content_type=environ.get("CONTENT_TYPE", ""),
        authorization=Secret(authorization_of(request)),
    )
    environ["QUERY_STRING"] = ""
    for name in _WHOLE_URIS & environ.keys():
        # The error log shows them.
        environ[name] = environ[name].partition("?")[0]
    environ["CONTENT_TYPE"] = "application/octet-stream"
    environ.pop("HTTP_COOKIE", None)
    # Zope would look for a SOAP call in the body, and fail where there is none.
    environ.pop("HTTP_SOAPACTION", None)
    request.cookies = {}
    request.taintedcookies = {}
    request._auth = None
    # Keeps Zope from treating PUT and friends as WebDAV.
    request.maybe_webdav_client = 0


def oauth2_request(request: Any) -> OAuth2Request | None:
    """What was set aside, or None for a request that is not for an endpoint."""
    if not IOAuth2Request.providedBy(request):
        return None
    prepared: OAuth2Request = IAnnotations(request)[_KEY]
    return prepared


def _is_for_endpoint(path: str) -> bool:
    steps = path.split("/")
    return any(map(_is_endpoint, steps)) or any(
        first == WELL_KNOWN and second in METADATA_NAMES
        for first, second in pairwise(steps)
    )


def _is_endpoint(step: str) -> bool:
    # Without a prefix it may be a page with that id, and is no endpoint.
    return any(
        step.startswith(prefix) and step.removeprefix(prefix) in ENDPOINT_NAMES
        for prefix in _VIEW_PREFIXES
    )


#: Where documents of metadata are, and what they are called.
WELL_KNOWN = ".well-known"


AUTHORIZATION_SERVER = ("oauth-authorization-server", "openid-configuration")


PROTECTED_RESOURCE = "oauth-protected-resource"


METADATA_NAMES = frozenset({*AUTHORIZATION_SERVER, PROTECTED_RESOURCE})
