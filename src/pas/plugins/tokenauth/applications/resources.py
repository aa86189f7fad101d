"""Applications as resources: tokens can be for what they offer (RFC 8707).

An application with a URL of its own, like a server of MCP beside Plone, gets tokens of
people from other programs. It asks what they are worth, as a client, and may exchange
them for others of this site.
"""

from ..authorization_server.interfaces import IResource
from ..authorization_server.interfaces import IResourceSource
from ..core.scopes import is_name
from ..credentials.scopes import effect_of
from ..credentials.scopes import granted_scopes
from ..credentials.scopes import IScope
from ..credentials.scopes import IScopeSource
from ..credentials.scopes import Scope
from ..site.context import SiteAdapter
from ..site.context import SiteContext
from ..site.lookup import current_site
from ..storage.applications import Application
from collections.abc import Iterator
from zope.component import named
from zope.interface import implementer


@implementer(IResource)
class ApplicationResource:
    """See IResource."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self.client_id = application.client_id
        self.url = application.resource
        self.title = application.title

    @property
    def scopes(self) -> frozenset[str]:
        own = (name for name, _ in own_scopes(self._application))
        return frozenset(own) | self.exchange_scopes

    @property
    def exchange_scopes(self) -> frozenset[str]:
        if not self._application.may_exchange:
            return frozenset()
        return frozenset(
            name
            for name in granted_scopes(self._application.scopes)
            if effect_of([name]).reaches_site
        )

    def is_live(self, now: float) -> bool:
        return self._application.is_live(now)


@implementer(IResourceSource)
@named(Application.kind)
class ApplicationResources(SiteAdapter):
    """See IResourceSource."""

    def resources(self) -> Iterator[ApplicationResource]:
        return map(ApplicationResource, resources(self._site))


@implementer(IScopeSource)
class ResourceScopes:
    """See IScopeSource: what programs can ask for at resources."""

    def scopes(self) -> dict[str, IScope]:
        site = current_site()
        if site is None:
            return {}
        return {
            name: Scope(
                title=name,
                description=sentence,
                is_for_applications=True,
                resource=application.resource,
                is_for_self_registered=application.is_open,
            )
            for application in resources(site)
            for name, sentence in own_scopes(application)
        }


def resources(site: SiteContext) -> Iterator[Application]:
    """Applications that are resources and have not ended."""
    store = site.storage.kinds.get(Application.kind)
    for application in store.all() if store is not None else ():
        if application.resource and not application.has_ended:
            yield application


def own_scopes(application: Application) -> list[tuple[str, str]]:
    """Names of the scopes of a resource, with the sentences about them."""
    return [parse_line(line) for line in application.resource_scopes]


def parse_line(line: str) -> tuple[str, str]:
    """Name and sentence in a line of the form; the name is empty if it can be none."""
    name, _, sentence = line.partition(" ")
    return (name if is_name(name) else ""), sentence.strip()
