"""The panel in Site Setup, where administrators manage the credentials of everybody."""

from ..credentials.pages.places import AnyContext
from ..credentials.pages.places import IPlace
from ..credentials.service import credential_of
from ..i18n import _
from ..resource_server.facts import site_facts
from ..site.context import SiteContext
from ..site.diagnostics import SiteWarning
from ..site.diagnostics import VisitFacts
from ..site.diagnostics import warnings
from ..site.errors import NoIssuer
from ..site.errors import NotAllowed
from ..site.requester import Requester
from ..site.urls import reached_url
from ..storage.interfaces import ICredential
from ..web.address import client_address
from plone import api
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any
from zope.interface import implementer


@implementer(IPlace)
class Panel(AnyContext):
    """See IPlace."""

    prefix = "tokenauth-controlpanel"
    kind = None
    list_title = _("Keys, tokens and applications")
    back_label = _("Back to all keys, tokens and applications")
    # The warnings above the list say as much.
    explained_in_list: tuple[type[NotAllowed], ...] = (NoIssuer,)
    frame = ViewPageTemplateFile("templates/panel.pt")
    _warnings = ViewPageTemplateFile("templates/warnings.pt")

    def find(
        self, site: SiteContext, requester: Requester, credential_id: str
    ) -> ICredential:
        return credential_of(site, requester, credential_id)

    @property
    def warnings_macro(self) -> Any:
        """What a template shows where warnings belong."""
        return self._warnings.macros["warnings"]

    def warnings(self, page: Any) -> list[SiteWarning]:
        """What needs attention on a visit of this page."""
        facts = site_facts(page.site, page.now)
        return warnings(page.site, facts, visit_facts(page.request))


def visit_facts(request: Any) -> VisitFacts:
    """What a visit shows about the way that requests take."""
    return VisitFacts(
        url=reached_url(api.portal.get(), request),
        client_address=client_address(request),
        forwarded_for=request.environ.get("HTTP_X_FORWARDED_FOR", ""),
    )


PANEL = Panel()
