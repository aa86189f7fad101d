"""The list of the user's own credentials of one kind."""

from ...permissions import ISSUE_KEYS_FOR_OTHERS
from ...site.errors import NoIssuer
from ...site.errors import NotAllowed
from ...site.errors import NotASiteUser
from ...site.settings import may_change_addresses
from ..interfaces import ICredentialKind
from ..search import Criteria
from ..search import find_own_credentials
from ..search import Found
from .table import CredentialTable
from functools import cached_property
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any


class CredentialsOverview(CredentialTable):
    """``@@…``: the list; ``@@…-csv``: the same as a file."""

    template = ViewPageTemplateFile("templates/overview.pt")

    @property
    def kind(self) -> ICredentialKind:
        """Of what the list is."""
        return self.place.kind

    def find_credentials(self, criteria: Criteria, *order: Any) -> Found:
        try:
            return find_own_credentials(
                self.site, self.requester, self.kind, self.now, criteria, *order
            )
        except NotASiteUser:
            return Found([])

    @cached_property
    def obstacle(self) -> NotAllowed | None:
        """Why the user cannot issue another one now, or None.

        What comes to be elsewhere, by consent, is not issued here: nothing is amiss.
        """
        if self.kind.made_by == "consent":
            return None
        try:
            self.kind.check_may_issue(self.site, self.requester, self.now)
        except NotAllowed as reason:
            return reason
        return None

    @property
    def lacks_issuer(self) -> bool:
        """Whether setting the issuer helps."""
        return isinstance(self.obstacle, NoIssuer)

    @property
    def settings_url(self) -> str:
        """Where this user can set the issuer; empty for users who cannot."""
        if not may_change_addresses(self.requester):
            return ""
        return f"{self.site_url}/@@tokenauth-controlpanel-settings"

    @property
    def for_other_url(self) -> str:
        """Where who can own none issues one for another user; empty for most."""
        owns_none = isinstance(self.obstacle, NotASiteUser)
        is_issued = owns_none and bool(self.kind.texts.issue_title_for_other)
        if not is_issued or not self.requester.may(ISSUE_KEYS_FOR_OTHERS):
            return ""
        return f"{self.site_url}/@@tokenauth-controlpanel-issue"
