"""What is checked when Zope starts, and made when a site gets another add-on."""

from ..storage.interfaces import IStoreFactory
from ..web.tokenheader import token_header
from .issuer import check_overrides
from .lookup import site_at
from Acquisition import aq_parent
from Products.GenericSetup.interfaces import IProfileImportedEvent
from zope.component import adapter
from zope.component import getUtilitiesFor
from zope.processlifetime import IDatabaseOpenedWithRoot


@adapter(IDatabaseOpenedWithRoot)
def check_configuration(event: IDatabaseOpenedWithRoot) -> None:
    """Refuse to start Zope with a URL or header in zope.conf that cannot be one.

    :raises ValueError: for such a value; the message names it
    """
    check_overrides()
    token_header()


@adapter(IProfileImportedEvent)
def add_missing_stores(event: IProfileImportedEvent) -> None:
    """Make the stores of a feature whose profile may just have been imported."""
    site = site_at(aq_parent(event.tool))
    if site is not None:
        site.storage.add_missing(getUtilitiesFor(IStoreFactory))
