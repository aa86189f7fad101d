"""The usage log of a service key."""

from ..storage.servicekeys import ServiceKey
from ..usecases.servicekeys import own_service_key
from ..usecases.servicekeys import usage_of
from .base import ServiceKeysView
from functools import cached_property
from plone.batching import Batch
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile


PAGE_SIZE = 50


class ServiceKeyLogs(ServiceKeysView):
    """``@@manage-service-keys-logs``."""

    template = ViewPageTemplateFile("templates/logs.pt")

    @cached_property
    def key(self) -> ServiceKey:
        """The key that the log is about."""
        return own_service_key(self.server, self.actor, self.text("client_id"))

    def show(self) -> str:
        return self.template(key=self.key, batch=self.batch())

    def batch(self) -> Batch:
        """The part of the log that this page shows, the newest entry first."""
        entries = usage_of(self.server, self.key, self.now)
        start = self.request.form.get("b_start")
        return Batch(entries, PAGE_SIZE, start if start in range(len(entries)) else 0)

    @property
    def retention(self) -> int:
        """For how many days entries are kept."""
        return self.server.settings.usage_log_retention
