"""The usage of a credential: how often, when, for whom and from where."""

from ..core.clock import DAY
from ..credentials.pages.base import CredentialsView
from ..credentials.texts import KindTexts
from ..i18n import _
from ..site.times import localized
from ..site.times import start_of_day
from ..storage.interfaces import ICredential
from ..storage.usagelog import Seen
from .chart import Bar
from .chart import Chart
from .chart import chart
from .chart import RANGES
from .log import Usage
from datetime import date
from functools import cached_property
from plone.batching import Batch
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from urllib.parse import urlencode


PAGE_SIZE = 50
_RANGE_TITLES = {
    1: _("24 hours"),
    7: _("7 days"),
    30: _("30 days"),
    365: _("1 year"),
    0: _("All that is kept"),
}
#: Title, what is seen, and each with when.
Table = tuple[str, str, list[tuple[str, Seen]]]


class CredentialLogs(CredentialsView):
    """One entry after the other, and a chart of all."""

    template = ViewPageTemplateFile("templates/logs.pt")
    title = _("Usage")

    @cached_property
    def credential(self) -> ICredential:
        """What the page is about."""
        return self.find(self.text("id"))

    @property
    def wording(self) -> KindTexts:
        """What people read about its kind."""
        return self.texts_of(self.credential)

    @cached_property
    def usage(self) -> Usage:
        """Its entries, the newest first."""
        return Usage(self.site, self.credential, self.now)

    def show(self) -> str:
        return self.template(batch=self.batch, chart=self.chart)

    @cached_property
    def seen(self) -> list[Table]:
        """From where it was used, and with what."""
        addresses, agents = self.usage.summary()
        return [
            (_("Addresses"), _("Client address"), addresses),
            (_("Programs"), _("User agent"), agents),
        ]

    @property
    def activity_url(self) -> str:
        """Where administrators see it among all; empty for others."""
        if self.place.kind is not None:
            return ""
        credential_id = self.credential.credential_id
        return f"{self.url('activity')}?{urlencode({'credential': credential_id})}"

    @cached_property
    def batch(self) -> Batch:
        """The entries that this page shows."""
        start = self.request.form.get("b_start")
        known = range(len(self.usage))
        return Batch(self.usage, PAGE_SIZE, start if start in known else 0)

    @property
    def navigation(self) -> str:
        """Links to the other entries."""
        query = {"id": self.credential.credential_id, "range": str(self.days)}
        return self.links_to_parts(self.batch, query)

    @cached_property
    def chart(self) -> Chart:
        """The entries of the range that was chosen, counted."""
        return chart(self.usage, self.timezone, self.days)

    @property
    def days(self) -> int:
        """The range of the chart; 0 for all that is kept."""
        chosen = self.text("range")
        return next((days for days in RANGES if str(days) == chosen), 0)

    @property
    def ranges(self) -> list[tuple[int, str, str]]:
        """The ranges to choose from: days, what they are called, URL of the page.

        One that is longer than all that there is says nothing more.
        """
        usage = self.usage
        shorter = [each for each in RANGES if each * DAY < usage.until - usage.begins]
        credential_id = self.credential.credential_id
        return [
            (
                days,
                _RANGE_TITLES[days],
                f"{self.url('logs')}?{urlencode({'id': credential_id, 'range': days})}",
            )
            for days in [*shorter, 0]
        ]

    def span(self, bar: Bar) -> str:
        """The time that a bar stands for, in the language of the visitor."""
        if bar.hour is not None:
            return localized(bar.hour, self.timezone)
        first, last = self._day(bar.first), self._day(bar.last)
        if bar.first == bar.last:
            return first
        return _("${first} to ${last}", mapping={"first": first, "last": last})

    @property
    def explanation(self) -> str:
        """What an entry stands for."""
        settings, wording = self.site.settings, self.wording
        minutes = settings.usage_recording_interval
        several = minutes > 1 and wording.entries_of_minutes
        return _(
            wording.entries_of_minutes if several else wording.entries,
            mapping={"minutes": minutes, "days": settings.usage_log_retention},
        )

    def _day(self, day: date) -> str:
        return self.localized_day(start_of_day(day, self.timezone))
