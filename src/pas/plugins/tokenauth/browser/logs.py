"""The usage of a service key: how often, when, for whom and from where."""

from ..i18n import _
from ..storage.servicekeys import ServiceKey
from ..usecases.usage import Usage
from .base import ServiceKeysView
from .chart import Bar
from .chart import Chart
from .chart import chart
from .times import start_of_day
from datetime import date
from functools import cached_property
from plone.batching import Batch
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile


PAGE_SIZE = 50


class ServiceKeyLogs(ServiceKeysView):
    """``@@manage-service-keys-logs``."""

    template = ViewPageTemplateFile("templates/logs.pt")
    title = _("Usage")

    @cached_property
    def key(self) -> ServiceKey:
        """The key that the page is about."""
        return self.find_key(self.text("client_id"))

    @cached_property
    def usage(self) -> Usage:
        """Its entries, the newest first."""
        return Usage(self.server, self.key, self.now)

    def show(self) -> str:
        return self.template(key=self.key, batch=self.batch, chart=self.chart)

    @cached_property
    def batch(self) -> Batch:
        """The entries that this page shows."""
        start = self.request.form.get("b_start")
        known = range(len(self.usage))
        return Batch(self.usage, PAGE_SIZE, start if start in known else 0)

    @cached_property
    def chart(self) -> Chart:
        """The entries that are kept, counted."""
        return chart(self.usage, self.timezone)

    def span(self, bar: Bar) -> str:
        """The time that a bar stands for, in the language of the visitor."""
        first, last = self._day(bar.first), self._day(bar.last)
        if bar.first == bar.last:
            return first
        return _("${first} to ${last}", mapping={"first": first, "last": last})

    @property
    def retention(self) -> int:
        """For how many days entries are kept."""
        return self.server.settings.usage_log_retention

    def _day(self, day: date) -> str:
        return self.localized_day(start_of_day(day, self.timezone))
