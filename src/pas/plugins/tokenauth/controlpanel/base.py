"""What the pages of the panel in Site Setup have in common."""

from ..credentials.pages.base import CredentialsView
from ..credentials.service import credential_of
from ..i18n import _
from ..site.diagnostics import SiteWarning
from ..site.diagnostics import warnings
from ..site.errors import NoIssuer
from ..site.errors import NotAllowed
from ..storage.interfaces import ICredential
from .visit import visit_facts
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any


class PanelView(CredentialsView):
    """A page for people who manage the credentials of everybody."""

    prefix = "tokenauth-controlpanel"
    list_title = _("Service keys and access tokens")
    back_label = _("Back to all keys and access tokens")
    # The warnings above the list say as much.
    explained_in_list: tuple[type[NotAllowed], ...] = (NoIssuer,)

    _panel = ViewPageTemplateFile("templates/panel.pt")

    @property
    def page_macro(self) -> Any:
        return self._panel.macros["page"]

    def find(self, credential_id: str) -> ICredential:
        """The credential of that id, whoever owns it.

        :raises NotAllowed: when the visitor may not see it
        """
        return credential_of(self.site, self.requester, credential_id, self.kind)


class PanelTab(PanelView):
    """One of the pages that the panel consists of."""

    _warnings = ViewPageTemplateFile("templates/warnings.pt")

    @property
    def warnings_macro(self) -> Any:
        """What a template shows where warnings belong."""
        return self._warnings.macros["warnings"]

    def warnings(self) -> list[SiteWarning]:
        """What needs attention."""
        return warnings(self.site, visit_facts(self.request))
