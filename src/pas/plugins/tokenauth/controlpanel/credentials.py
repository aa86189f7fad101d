"""The list of the credentials of everybody."""

from ..credentials.kinds import kinds
from ..credentials.pages.table import CredentialTable
from ..credentials.search import find_credentials
from ..credentials.search import Found
from ..permissions import ISSUE_KEYS_FOR_OTHERS
from ..permissions import MANAGE_APPLICATIONS
from ..storage.interfaces import ICredential
from collections.abc import Iterable
from functools import cached_property
from plone import api
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any


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
    def registers_applications(self) -> bool:
        """Whether the visitor may register applications."""
        return "application" in kinds() and self.requester.may(MANAGE_APPLICATIONS)

    @property
    def issues_for_others(self) -> bool:
        """Whether the visitor may issue keys for other users."""
        return self.requester.may(ISSUE_KEYS_FOR_OTHERS)


def _owners(credentials: Iterable[ICredential]) -> set[str]:
    return {credential.owner for credential in credentials}
