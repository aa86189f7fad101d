"""Metadata under ``.well-known`` (RFC 8414 section 3, RFC 9728 section 3).

A site answers below itself. The root of Zope answers where a client looks first: with
the path of the site behind the name of the document.
"""

from ...resource_server.metadata import protected_resource_metadata
from ...site.context import SiteContext
from ...site.lookup import site_at
from ...site.urls import without_api
from ...web.cors import allow_every_origin
from ...web.cors import answer_preflight
from ...web.cors import is_preflight
from ...web.isolation import AUTHORIZATION_SERVER
from ...web.isolation import oauth2_request
from ...web.isolation import PROTECTED_RESOURCE
from ...web.response import body_of
from ...web.response import never_store
from ..metadata import authorization_server_metadata
from .errors import WRONG_METHOD
from Acquisition import aq_base
from plone.base.interfaces import IPloneSiteRoot
from Products.Five.browser import BrowserView
from typing import Any
from urllib.parse import urlsplit
from zExceptions import NotFound
from zope.interface import implementer
from zope.publisher.interfaces import IPublishTraverse


MAX_AGE = 300
METHODS = "GET, HEAD"


@implementer(IPublishTraverse)
class SiteMetadata(BrowserView):
    """``.well-known`` of a site; the path behind it is in `names`."""

    def __init__(self, context: Any, request: Any) -> None:
        super().__init__(context, request)
        self.names: list[str] = []

    def publishTraverse(self, request: Any, name: str) -> "SiteMetadata":
        # All that follows is a path, also what Zope would look up: @@view, ++api++.
        following = request["TraversalRequestNameStack"]
        self.names = [name, *reversed(following)]
        following.clear()
        return self

    def __call__(self) -> str:
        prepared = oauth2_request(self.request)
        if prepared is None or not self.names:
            raise NotFound()
        response = self.request.response
        # Anybody may know, also a page of another site in a browser.
        allow_every_origin(response)
        if is_preflight(self.request, prepared.method):
            return answer_preflight(response, METHODS)
        response.setHeader("Content-Type", "application/json")
        if prepared.method not in ("GET", "HEAD"):
            # Returned, not raised: a wrong method is nothing for the error log.
            never_store(self.request)
            response.setHeader("Allow", METHODS)
            response.setStatus(405)
            return body_of(self.request, {"message": WRONG_METHOD})
        document, *path = self.names
        members = self.metadata(document, path)
        response.setHeader("Cache-Control", f"public, max-age={MAX_AGE}")
        return body_of(self.request, members)

    def metadata(self, document: str, path: list[str]) -> dict[str, Any]:
        """The members of a document.

        :param path: what follows its name
        :raises NotFound: when there is no such document
        """
        return _metadata(self.context, document, path)


class RootMetadata(SiteMetadata):
    """``.well-known`` of the root of Zope, for the sites below it."""

    def metadata(self, document: str, path: list[str]) -> dict[str, Any]:
        portal, own_path = _site_on(self.context, path)
        issuer = _site(portal).issuer
        known_path = urlsplit(issuer).path.strip("/").split("/")
        # A site that is known by another path is not the one that is asked for.
        if path[: len(known_path)] != known_path or (
            urlsplit(without_api(issuer)).path.strip("/") != "/".join(own_path)
        ):
            raise NotFound()
        return _metadata(portal, document, path[len(known_path) :])


def _metadata(portal: Any, document: str, path: list[str]) -> dict[str, Any]:
    site = _site(portal)
    if document == PROTECTED_RESOURCE:
        return protected_resource_metadata(site, "/".join(path))
    if document in AUTHORIZATION_SERVER and not path:
        return authorization_server_metadata(site)
    raise NotFound()


def _site(portal: Any) -> SiteContext:
    site = site_at(portal)
    if site is None or not site.issuer:
        raise NotFound()
    return site


def _site_on(root: Any, path: list[str]) -> tuple[Any, list[str]]:
    """The site on a path, and the path to it.

    :raises NotFound: when there is none
    """
    found = root
    for position, name in enumerate(path, start=1):
        if not hasattr(aq_base(found), "_getOb"):
            break
        found = found._getOb(name, None)
        if IPloneSiteRoot.providedBy(found):
            return found, path[:position]
    raise NotFound()
