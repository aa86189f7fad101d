"""Telling clients that a Bearer token would help (RFC 6750 section 3).

plone.rest answers an unauthorised API request itself and keeps the challenge
plugins of PAS from running, so the header is added at the end.
"""

from ..core.scopes import format_scope
from ..core.scopes import READ
from ..core.scopes import WRITE
from ..credentials.scopes import granted_scopes
from ..site.context import SiteContext
from ..site.lookup import current_site
from ..site.urls import API
from ..site.urls import without_api
from ..web.cors import allow_every_origin
from ..web.response import header_values
from .metadata import resource_metadata_url
from plone.rest.interfaces import IAPIRequest
from typing import Any
from zope.component import adapter
from ZPublisher.interfaces import IPubBeforeCommit
from ZPublisher.interfaces import IPubFailure


REALM = "Plone"
#: Always this sentence: clients of ftw.tokenauth renew on it, and it tells nothing.
DESCRIPTION = "Access token expired"
#: Proxies refuse long headers.
_LONGEST_URL = 1000
#: Methods by which nothing is stored.
_READS = frozenset({"GET", "HEAD", "OPTIONS", "PROPFIND", "TRACE"})


def challenge(
    error: str = "",
    description: str = DESCRIPTION,
    scope: str = "",
    resource_metadata: str = "",
) -> str:
    """The value of a WWW-Authenticate header.

    :param scope: what is needed
    :param resource_metadata: a URL (RFC 9728 section 5.1)
    """
    parameters = {"realm": REALM}
    if error:
        parameters.update(error=error, error_description=description)
    if scope:
        parameters["scope"] = scope
    if resource_metadata:
        parameters["resource_metadata"] = resource_metadata
    return "Bearer " + ", ".join(
        f'{name}="{value}"' for name, value in parameters.items()
    )


def needed_scope(request: Any) -> str:
    """What a client without a token asks for, so that this request would be answered.

    Not more than that, whatever the client could have: a person is asked for it.
    """
    method = request.get("REQUEST_METHOD", "GET").upper()
    return format_scope(granted_scopes([READ if method in _READS else WRITE]))


def metadata_url(request: Any) -> str:
    """Where a client learns which authorization server gives tokens for a URL.

    Empty where there is no site, or one without an issuer, or what was asked for is
    not below it, or its URL is too long for a header.
    """
    site = current_site()
    if site is None or not site.issuer:
        return ""
    path = _path_below(site, request)
    url = "" if path is None else resource_metadata_url(site, path)
    return url if len(url) <= _LONGEST_URL else ""


def _path_below(site: SiteContext, request: Any) -> str | None:
    """The path from the issuer to what was asked for, None if it is not of the site."""
    site_path = site.portal.getPhysicalPath()
    if len(request.get("VirtualRootPhysicalPath", ())) > len(site_path):
        # Only a part of the site is to be seen, and its own URL is nowhere.
        return None
    # The site in force need not know the request.
    site_url = request.physicalPathToURL(site_path)
    url = request.get("ACTUAL_URL", "").rstrip("/")
    if url != site_url and not url.startswith(f"{site_url}/"):
        return None
    path: str = url.removeprefix(site_url).strip("/")
    if site.issuer != without_api(site.issuer):
        path = path.removeprefix(API).strip("/")
    return path


@adapter(IPubBeforeCommit)
def challenge_answered_client(event: IPubBeforeCommit) -> None:
    """Do the same where a service of the API answers 401 and raises nothing.

    One that asks for something itself, as the token endpoint does, knows what it wants.
    """
    if not header_values(event.request.response, "WWW-Authenticate"):
        challenge_api_client(event)


@adapter(IPubFailure)
def challenge_api_client(event: IPubFailure | IPubBeforeCommit) -> None:
    """Add a Bearer challenge to a 401 of the API that has none.

    A script in a browser can read every one of them, and so find the metadata.
    """
    response = event.request.response
    is_api = response.getStatus() == 401 and IAPIRequest.providedBy(event.request)
    if is_api and not _has_challenge(response):
        value = challenge(
            scope=needed_scope(event.request),
            resource_metadata=metadata_url(event.request),
        )
        response.addHeader("WWW-Authenticate", value)
    if _has_challenge(response):
        allow_every_origin(response)


def _has_challenge(response: Any) -> bool:
    values = header_values(response, "WWW-Authenticate")
    return any("bearer" in value.lower() for value in values)
