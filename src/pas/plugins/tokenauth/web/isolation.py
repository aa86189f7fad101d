"""Requests to our OAuth endpoints, isolated before Zope reads them.

Zope would merge query and body, obey suffixes like ``:method``, fail on a bad
charset and take a Basic header for a log-in: all of that before a view runs.
So the request is made opaque first; what the endpoint needs is set aside. The
body is not read, because a repeated request reads it again. How far that goes is said
for each view: see IRequestPreparation.
"""

from ..core.secret import Secret
from .interfaces import IRequestPreparation
from .presented import authorization_of
from .presented import taken_beside
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from zope.annotation.interfaces import IAnnotations
from zope.component import adapter
from zope.component import queryUtility
from zope.interface import directlyProvidedBy
from zope.interface import directlyProvides
from zope.interface import Interface
from zope.interface import provider
from ZPublisher.interfaces import IPubStart


_VIEW_PREFIXES = ("@@", "++view++")
_KEY = "pas.plugins.tokenauth.oauth2"
#: Where web servers tell what was asked for, as it came in.
WHOLE_URIS = frozenset({"RAW_URI", "REQUEST_URI"})


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
def prepare_request(event: IPubStart) -> None:
    """Prepare a request if it is for a view that asks for it."""
    prepare = _preparation(event.request.environ.get("PATH_INFO", ""))
    if prepare is not None:
        prepare(event.request)


@provider(IRequestPreparation)
def isolate(request: Any) -> None:
    """Isolate a request of a program: nobody is logged in, whatever it brings."""
    set_aside(request, IOAuth2Request)
    request.environ.pop("HTTP_COOKIE", None)
    request.cookies = {}
    request.taintedcookies = {}


def set_aside(request: Any, marker: Any) -> None:
    """Keep from Zope what it would read or log: query, body, Authorization header.

    :param marker: interface by which the request is known from then on
    """
    environ = request.environ
    # First of all: plone.rest has error views for requests of its kind, too.
    directlyProvides(request, marker, directlyProvidedBy(request))
    IAnnotations(request)[_KEY] = OAuth2Request(
        method=environ.get("REQUEST_METHOD", "GET").upper(),
        query_string=Secret(environ.get("QUERY_STRING", "")),
        content_type=environ.get("CONTENT_TYPE", ""),
        authorization=Secret(authorization_of(request)),
    )
    environ["QUERY_STRING"] = ""
    for name in WHOLE_URIS & environ.keys():
        # The error log shows them.
        environ[name] = environ[name].partition("?")[0]
    environ["CONTENT_TYPE"] = "application/octet-stream"
    # Zope would look for a SOAP call in the body, and fail where there is none.
    environ.pop("HTTP_SOAPACTION", None)
    request._auth = None
    # Nor does anybody else see a token there; these views know one header only.
    taken_beside(environ)
    # Keeps Zope from treating PUT and friends as WebDAV.
    request.maybe_webdav_client = 0


def oauth2_request(request: Any) -> OAuth2Request | None:
    """What was set aside, or None for a request that is not for an endpoint."""
    return what_was_set_aside(request) if IOAuth2Request.providedBy(request) else None


def what_was_set_aside(request: Any) -> OAuth2Request:
    """What a view reads itself of a request that was prepared for it."""
    return IAnnotations(request)[_KEY]


def _preparation(path: str) -> IRequestPreparation | None:
    steps = path.split("/")
    if any(
        first == WELL_KNOWN and second in METADATA_NAMES
        for first, second in pairwise(steps)
    ):
        return isolate
    # Without a prefix it may be a page with that id, and is no view of ours.
    found = (
        queryUtility(IRequestPreparation, step.removeprefix(prefix))
        for step in steps
        for prefix in _VIEW_PREFIXES
        if step.startswith(prefix)
    )
    return next((each for each in found if each is not None), None)


#: Where documents of metadata are, and what they are called.
WELL_KNOWN = ".well-known"


OPENID_CONFIGURATION = "openid-configuration"


AUTHORIZATION_SERVER = ("oauth-authorization-server", OPENID_CONFIGURATION)


PROTECTED_RESOURCE = "oauth-protected-resource"


METADATA_NAMES = frozenset({*AUTHORIZATION_SERVER, PROTECTED_RESOURCE})
