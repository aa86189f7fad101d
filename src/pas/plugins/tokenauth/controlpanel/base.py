"""What the pages of the panel in Site Setup have in common."""

from ..browser.base import ServiceKeysView
from ..i18n import _
from ..storage.servicekeys import ServiceKey
from ..usecases.errors import NoIssuer
from ..usecases.servicekeys import service_key_of
from ..usecases.warnings import SiteWarning
from ..usecases.warnings import warnings
from .visit import visit_facts
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any


class PanelView(ServiceKeysView):
    """A page for who manages the keys of everybody."""

    prefix = "tokenauth-controlpanel"
    back_label = _("Back to all service keys")
    # The warnings above the list tell no more than this one.
    explained_in_list = (NoIssuer,)

    _panel = ViewPageTemplateFile("templates/panel.pt")

    @property
    def page_macro(self) -> Any:
        return self._panel.macros["page"]

    def find_key(self, client_id: str) -> ServiceKey:
        """The key of that id, whoever owns it.

        :raises NotAllowed: when the visitor may not see it
        """
        return service_key_of(self.server, self.actor, client_id)


class PanelTab(PanelView):
    """One of the pages that the panel consists of."""

    _warnings = ViewPageTemplateFile("templates/warnings.pt")

    @property
    def warnings_macro(self) -> Any:
        """What a template shows where warnings belong."""
        return self._warnings.macros["warnings"]

    def warnings(self) -> list[SiteWarning]:
        """What is to be looked into."""
        return warnings(self.server, visit_facts(self.request))
