"""Metadata under ``.well-known`` (RFC 8414 section 3, RFC 9728 section 3).

A site answers below itself. The root of Zope answers where a client looks first: with
the path of the site behind the name of the document. Other documents there are those of
other packages, and so is what one says that makes the site an OpenID provider, where we
do not.
"""

from ...resource_server.metadata import protected_resource_metadata
from ...site.context import SiteContext
from ...site.lookup import site_at
from ...site.urls import without_api
from ...web.isolation import AUTHORIZATION_SERVER
from ...web.isolation import METADATA_NAMES
from ...web.isolation import OPENID_CONFIGURATION
from ...web.isolation import PROTECTED_RESOURCE
from ...web.isolation import WELL_KNOWN
from ..metadata import authorization_server_metadata
from .document import PublicDocument
from Acquisition import aq_base
from plone.base.interfaces import IPloneSiteRoot
from typing import Any
from urllib.parse import urlsplit
from zExceptions import NotFound
from zope.component import getSiteManager
from zope.component.hooks import setSite
from zope.interface import implementer
from zope.interface import Interface
from zope.interface import providedBy
from zope.publisher.interfaces import IPublishTraverse


@implementer(IPublishTraverse)
class SiteMetadata(PublicDocument):
    """``.well-known`` of a site; the path behind it is in `names`."""

    max_age = 300

    def __init__(self, context: Any, request: Any) -> None:
        super().__init__(context, request)
        self.names: list[str] = []

    def publishTraverse(self, request: Any, name: str) -> Any:
        other = self._other()
        if other is not None and not self._tells(name):
            return request.traverseName(other, name)
        # All that follows is a path, also what Zope would look up: @@view, ++api++.
        following = request["TraversalRequestNameStack"]
        self.names = [name, *reversed(following)]
        following.clear()
        return self

    def members(self) -> dict[str, Any]:
        if not self.names:
            raise NotFound()
        document, *path = self.names
        return self.metadata(document, path)

    def _tells(self, document: str) -> bool:
        """Whether a document is ours: that of an OpenID provider where we are one."""
        site = site_at(self.context)
        if site is None or not site.issuer or document not in METADATA_NAMES:
            return False
        is_of_provider = document == OPENID_CONFIGURATION
        return not is_of_provider or "jwks_uri" in authorization_server_metadata(site)

    def _other(self) -> Any:
        """The view that another package has under this name, None if there is none."""
        asked = (IPloneSiteRoot, providedBy(self.request))
        factory = getSiteManager().adapters.lookup(asked, Interface, WELL_KNOWN)
        return None if factory is None else factory(self.context, self.request)

    def metadata(self, document: str, path: list[str]) -> dict[str, Any]:
        """The members of a document.

        :param path: what follows its name
        :raises NotFound: when there is no such document
        """
        return _metadata(self.context, document, path)


class RootMetadata(SiteMetadata):
    """``.well-known`` of the root of Zope, for the sites below it."""

    def _other(self) -> None:
        """No other package knows the sites below it."""

    def metadata(self, document: str, path: list[str]) -> dict[str, Any]:
        portal, own_path = _site_on(self.context, path)
        issuer = _site(portal).issuer
        known_path = urlsplit(issuer).path.strip("/").split("/")
        # A site that is known by another path is not the one that is asked for.
        if path[: len(known_path)] != known_path or (
            urlsplit(without_api(issuer)).path.strip("/") != "/".join(own_path)
        ):
            raise NotFound()
        # As when it is traversed: what features say about it depends on that.
        setSite(portal)
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
