"""Reactions to what happens to users of the site."""

from .clock import now
from .plugin.lookup import server_at
from .usecases.maintenance import orphan
from Products.PluggableAuthService.interfaces.events import IPrincipalDeletedEvent
from zope.component import adapter
from zope.component.hooks import getSite


@adapter(IPrincipalDeletedEvent)
def orphan_service_keys(event: IPrincipalDeletedEvent) -> None:
    """End the keys of a deleted user for good."""
    server = server_at(getSite())
    if server is not None:
        orphan(server, str(event.principal), now())
