"""What all credentials did: a page in Site Setup, and the same as a file."""

from ..credentials.pages.base import CredentialsView
from ..credentials.pages.csv import csv_file
from ..i18n import _
from ..site.errors import InvalidInput
from ..storage.interfaces import ICredential
from ..storage.usagelog import Mark
from ..storage.usagelog import UsageEntry
from .activity import Activity
from .activity import ActivityQuery
from .activity import PARAMETERS
from .activity import parsed_mark
from .activity import parsed_query
from .activity import spelled_mark
from .refusals import UNKNOWN
from functools import cached_property
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import BinaryIO
from urllib.parse import urlencode


COLUMNS = (
    "time",
    "credential",
    "kind",
    "owner",
    "title",
    "outcome",
    "reason",
    "subject",
    "address",
    "user_agent",
    "uses",
    "kid",
)
OUTCOME_TITLES = {"used": _("Used"), "refused": _("Refused")}


class ActivityPage(CredentialsView):
    """``@@tokenauth-controlpanel-activity``."""

    template = ViewPageTemplateFile("templates/activity.pt")
    title = _("Activity")
    outcome_titles = OUTCOME_TITLES
    problems: tuple[InvalidInput, ...] = ()

    def show(self) -> str:
        entries, following = self.activity.page(self._before)
        return self.template(entries=entries, older=self._older_url(following))

    @cached_property
    def activity(self) -> Activity:
        """What matches; anything, where the query cannot be read."""
        try:
            wanted = parsed_query(self.text, self.timezone)
        except InvalidInput as problem:
            self.problems = problem.all
            wanted = ActivityQuery()
        return Activity(self.site, self.requester, self.now, wanted)

    @property
    def query(self) -> dict[str, str]:
        """The parameters of the query that say what the visitor looks for."""
        return {name: self.text(name) for name in PARAMETERS if self.text(name)}

    @property
    def is_first(self) -> bool:
        """Whether the page begins with the newest entry."""
        return self._before is None

    @property
    def unknown(self) -> int:
        """How many requests came with what no credential is, since Zope started."""
        return UNKNOWN.number

    def url_with(self, page: str, **parameters: str) -> str:
        """The URL of a page with the same query, and more."""
        query = urlencode({**self.query, **parameters})
        return f"{self.url(page)}?{query}" if query else self.url(page)

    def credential(self, entry: UsageEntry) -> ICredential:
        """What was used."""
        return self.site.storage.credential(entry.credential_id)

    def _older_url(self, following: Mark | None) -> str:
        if following is None:
            return ""
        return self.url_with("activity", before=spelled_mark(following))

    @property
    def _before(self) -> Mark | None:
        try:
            return parsed_mark(self.text("before"))
        except ValueError:
            return None


class ActivityCSV(ActivityPage):
    """``@@tokenauth-controlpanel-activity-csv``: all that matches."""

    def show(self) -> BinaryIO:  # type: ignore[override]
        rows = (self._cells(entry) for entry in self.activity)
        return csv_file(self, "activity", COLUMNS, rows)

    def _cells(self, entry: UsageEntry) -> tuple[str, ...]:
        credential = self.credential(entry)
        return (
            self.iso(entry.time),
            entry.credential_id,
            credential.kind,
            credential.owner,
            credential.title,
            "refused" if entry.reason else "used",
            entry.reason,
            entry.subject,
            entry.address,
            entry.user_agent,
            str(entry.uses),
            entry.kid,
        )
