"""Reactions to what happens to Zope and to users of the site."""

from .clock import now
from .plugin.lookup import server_at
from .usecases.issuer import overrides
from .usecases.maintenance import orphan
from Products.PluggableAuthService.interfaces.events import IPrincipalDeletedEvent
from zope.component import adapter
from zope.component.hooks import getSite
from zope.processlifetime import IDatabaseOpenedWithRoot


@adapter(IDatabaseOpenedWithRoot)
def check_configuration(event: IDatabaseOpenedWithRoot) -> None:
    """Let Zope not start with an issuer in zope.conf that cannot be one.

    :raises ValueError: which names it
    """
    overrides()


@adapter(IPrincipalDeletedEvent)
def orphan_service_keys(event: IPrincipalDeletedEvent) -> None:
    """End the keys of a deleted user for good."""
    server = server_at(getSite())
    if server is not None:
        orphan(server, str(event.principal), now())
