"""Credentials follow the users who own them."""

from ..core.clock import now
from ..site.lookup import current_server
from .maintenance import orphan
from Products.PluggableAuthService.interfaces.events import IPrincipalCreatedEvent
from Products.PluggableAuthService.interfaces.events import IPrincipalDeletedEvent
from zope.component import adapter


@adapter(IPrincipalDeletedEvent)
def orphan_credentials(event: IPrincipalDeletedEvent) -> None:
    """End the credentials of a deleted user for good."""
    server = current_server()
    if server is not None:
        orphan(server, str(event.principal), now())


@adapter(IPrincipalCreatedEvent)
def start_without_credentials(event: IPrincipalCreatedEvent) -> None:
    """Give a new user none of the credentials of a former one with the same id.

    Not every way to delete a user is announced.
    """
    server = current_server()
    if server is not None and server.users.is_own(event.principal):
        orphan(server, event.principal.getId(), now())
