"""Revoking everything that was issued before a time, after a page that counts it."""

from ..credentials.pages.base import CredentialsView
from ..credentials.service import issued_before
from ..credentials.service import revoke_issued_before
from ..i18n import _
from ..site.errors import InvalidInput
from collections import Counter
from datetime import datetime
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from zoneinfo import ZoneInfo


class RevokeBefore(CredentialsView):
    """``@@tokenauth-controlpanel-revoke-before``."""

    title = _("Revoke everything issued before a given time")
    template = ViewPageTemplateFile("templates/revokebefore.pt")
    problem: InvalidInput | None = None

    def show(self) -> str:
        return self.template(counts=None)

    def submitted(self) -> str:
        try:
            wall_clock = datetime.strptime(self.typed, "%Y-%m-%dT%H:%M")
        except ValueError:
            self.problem = InvalidInput(
                "time", _("Please enter a date and a time like 2030-12-31T18:30.")
            )
            return self.show()
        when = wall_clock.replace(tzinfo=ZoneInfo(self.timezone)).timestamp()
        if not self.text("confirmed"):
            found = issued_before(self.site, self.requester, when)
            counts = Counter(self.texts_of(each).name_of_all for each in found)
            return self.template(counts=counts, when=self.localized(when))
        count = revoke_issued_before(self.site, self.requester, when, self.now)
        return self.go_to_list(_("Revoked: ${count}.", mapping={"count": count}))

    @property
    def typed(self) -> str:
        """The time as it was typed."""
        return self.text("time").strip()
