"""The list of the credentials of everybody."""

from ..credentials.interfaces import ICredentialKind
from ..credentials.kinds import kinds
from ..credentials.pages.table import CredentialTable
from ..credentials.search import find_credentials
from ..credentials.search import Found
from ..permissions import ISSUE_KEYS_FOR_OTHERS
from ..site.errors import NoIssuer
from ..site.errors import NotAllowed
from ..storage.interfaces import ICredential
from collections.abc import Iterable
from functools import cached_property
from plone import api
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any
from urllib.parse import urlencode


class CredentialsPanel(CredentialTable):
    """``@@tokenauth-controlpanel``; ``…-csv``: the same as a file."""

    template = ViewPageTemplateFile("templates/credentials.pt")
    shows_owner = True

    def find_credentials(self, *how: Any) -> Found:
        return find_credentials(self.site, self.requester, self.now, *how)

    def full_name(self, user_id: str) -> str:
        return self._names.get(user_id, "")

    @cached_property
    def _names(self) -> dict[str, str]:
        """Full names of the owners on this page, each looked up once."""
        members = api.portal.get_tool("portal_membership")
        found = [members.getMemberById(owner) for owner in _owners(self.credentials)]
        return {
            member.getId(): member.getProperty("fullname", "")
            for member in found
            if member is not None
        }

    @property
    def registrations(self) -> list[dict[str, str]]:
        """The forms for what belongs to the site: title and URL of each."""
        return [
            {
                "title": kind.texts.issue_title,
                "url": f"{self.site_url}/@@{kind.issue_page}",
            }
            for kind in kinds().values()
            if kind.issue_page and self._registers(kind)
        ]

    def _registers(self, kind: ICredentialKind) -> bool:
        try:
            kind.check_may_issue(self.site, self.requester, self.now)
        except NoIssuer:
            # The warnings above the list say as much.
            return True
        except NotAllowed:
            return False
        return True

    @property
    def sign_out_url(self) -> str:
        """Where a person is signed out everywhere: the one whose list this is."""
        query = urlencode({"user": self.text("owner")})
        return f"{self.url('sign-out')}?{query}"

    @property
    def issues_for_others(self) -> bool:
        """Whether the visitor may issue keys for other users."""
        return self.requester.may(ISSUE_KEYS_FOR_OTHERS)


def _owners(credentials: Iterable[ICredential]) -> set[str]:
    return {credential.owner for credential in credentials}
