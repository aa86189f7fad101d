"""Credentials follow the users who own them."""

from ..core.clock import now
from ..site.lookup import current_site
from .maintenance import orphan
from Products.PluggableAuthService.interfaces.events import IPrincipalCreatedEvent
from Products.PluggableAuthService.interfaces.events import IPrincipalDeletedEvent
from zope.component import adapter


@adapter(IPrincipalDeletedEvent)
def orphan_credentials(event: IPrincipalDeletedEvent) -> None:
    """End the credentials of a deleted user for good."""
    site = current_site()
    if site is not None:
        orphan(site, str(event.principal), now())


@adapter(IPrincipalCreatedEvent)
def start_without_credentials(event: IPrincipalCreatedEvent) -> None:
    """Give a new user none of the credentials of a former one with the same id.

    Not every way to delete a user is announced.
    """
    site = current_site()
    if site is not None and site.users.is_own(event.principal):
        orphan(site, event.principal.getId(), now())
