"""The list of the user's own service keys."""

from ..storage.servicekeys import ServiceKey
from ..usecases.errors import NoIssuer
from ..usecases.errors import NotAllowed
from ..usecases.errors import NotASiteUser
from ..usecases.issuing import check_may_issue
from ..usecases.servicekeys import own_service_keys
from ..usecases.settings import may_change_audiences
from .keytable import KeyTable
from functools import cached_property
from plone import api
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile


class ServiceKeysOverview(KeyTable):
    """``@@manage-service-keys``."""

    template = ViewPageTemplateFile("templates/overview.pt")

    def show(self) -> str:
        return self.template()

    def service_keys(self) -> list[ServiceKey]:
        try:
            return own_service_keys(self.server, self.actor)
        except NotASiteUser:
            return []

    @cached_property
    def obstacle(self) -> NotAllowed | None:
        """Why the user cannot issue a key now, or None."""
        try:
            check_may_issue(self.server, self.actor, self.now)
        except NotAllowed as reason:
            return reason
        return None

    @property
    def lacks_issuer(self) -> bool:
        """Whether setting the issuer helps."""
        return isinstance(self.obstacle, NoIssuer)

    @property
    def settings_url(self) -> str:
        """Where this user can set the issuer; empty for who cannot."""
        if not may_change_audiences(self.actor):
            return ""
        return f"{api.portal.get().absolute_url()}/@@tokenauth-controlpanel-settings"
