"""Every way into the package over HTTP, found in its registrations.

A page, a service or an endpoint that somebody adds is found here without being listed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pas.plugins.tokenauth.authorization_server.endpoints.base import OAuth2Endpoint
from pas.plugins.tokenauth.authorization_server.endpoints.wellknown import SiteMetadata
from pas.plugins.tokenauth.cas.server import CASServer
from pas.plugins.tokenauth.controlpanel.restapi import TokenAuthControlpanel
from pas.plugins.tokenauth.credentials.rest.base import CredentialService
from pas.plugins.tokenauth.layer import ITokenAuthLayer
from pas.plugins.tokenauth.plugin import product
from pas.plugins.tokenauth.plugin.zmi import TokenAuthManagement
from pas.plugins.tokenauth.web.isolation import METADATA_NAMES
from pas.plugins.tokenauth.web.isolation import WELL_KNOWN
from Products.Five.browser.resource import DirectoryResourceFactory
from typing import Any
from zope.browser.interfaces import IBrowserView
from zope.component import getGlobalSiteManager
from zope.viewlet.interfaces import IViewlet


PACKAGE = "pas.plugins.tokenauth"
PLUGIN_PATH = "/acl_users/token_auth"
ADDING_PATH = "/acl_users/manage_addProduct/PluggableAuthService"


@dataclass(frozen=True, order=True)
class Entry:
    """One entry point.

    :param kind: what it is; see KINDS
    :param path: below the site; or from the root after ``//``
    """

    kind: str
    path: str

    @property
    def promises_json(self) -> bool:
        """Whether every answer is JSON, whoever asks and however."""
        return self.kind in ("oauth", "metadata")

    @property
    def is_service(self) -> bool:
        """Whether it is part of the REST API."""
        return self.kind in ("service", "panel")


#: What kinds of entries there are.
KINDS = ("oauth", "metadata", "service", "panel", "page", "static", "zmi")


def entries() -> list[Entry]:
    """All of them, each once."""
    return sorted({*_registered(), *_metadata(), *_management()})


def _registered() -> Iterator[Entry]:
    for registration in getGlobalSiteManager().registeredAdapters():
        if _is_ours(registration):
            yield from _entry(registration.factory, str(registration.name))


def _is_ours(registration: Any) -> bool:
    if ITokenAuthLayer in registration.required:
        return True
    factory = getattr(registration.factory, "factory", registration.factory)
    module: str = getattr(factory, "__module__", "")
    return module.startswith(PACKAGE) and IBrowserView.implementedBy(factory)


def _entry(made_by: Any, name: str) -> Iterator[Entry]:
    if isinstance(made_by, DirectoryResourceFactory):
        yield Entry("static", f"/++resource++{name}")
    elif not isinstance(made_by, type) or IViewlet.implementedBy(made_by):
        return
    elif issubclass(made_by, OAuth2Endpoint):
        yield Entry("oauth", f"/@@{name}")
    elif issubclass(made_by, CredentialService):
        yield Entry("service", f"/{name[name.index('@') :]}")
    elif issubclass(made_by, TokenAuthControlpanel):
        yield Entry("panel", f"/@controlpanels/{name}")
    elif issubclass(made_by, CASServer):
        yield Entry("page", f"/@@{name}")
        for path in CASServer.views:
            yield Entry("page", f"/@@{name}/{'/'.join(path)}")
    elif not issubclass(made_by, SiteMetadata):
        yield Entry("page", f"/@@{name}")


def _metadata() -> Iterator[Entry]:
    for name in METADATA_NAMES:
        yield Entry("metadata", f"/{WELL_KNOWN}/{name}")
        yield Entry("metadata", f"//{WELL_KNOWN}/{name}")


def _management() -> Iterator[Entry]:
    for path, holder in ((PLUGIN_PATH, TokenAuthManagement), (ADDING_PATH, product)):
        for name, value in vars(holder).items():
            if name.startswith("manage_") and callable(value):
                yield Entry("zmi", f"{path}/{name}")
