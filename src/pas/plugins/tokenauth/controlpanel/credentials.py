"""The list of the credentials of everybody."""

from ..credentials.kinds import kinds
from ..credentials.pages.table import CredentialTable
from ..credentials.search import find_credentials
from ..credentials.search import STATES
from ..permissions import ISSUE_KEYS_FOR_OTHERS
from ..storage.interfaces import ICredential
from .states import STATE_TITLES
from collections.abc import Iterable
from functools import cached_property
from plone import api
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile


class CredentialsPanel(CredentialTable):
    """``@@tokenauth-controlpanel``."""

    template = ViewPageTemplateFile("templates/credentials.pt")
    shows_owner = True
    state_titles = STATE_TITLES

    @property
    def kind_titles(self) -> dict[str, str]:
        """What the credentials of each kind are called, by the name of the kind."""
        return {name: kind.texts.name_of_all for name, kind in kinds().items()}

    def show(self) -> str:
        return self.template()

    def credentials(self) -> list[ICredential]:
        return find_credentials(
            self.site,
            self.requester,
            self.now,
            text=self.searched_text,
            state=self.state,
            kind=kinds().get(self.chosen_kind),
        )

    def query(self) -> dict[str, str]:
        return {
            "text": self.searched_text,
            "state": self.state,
            "kind": self.chosen_kind,
        }

    def full_name(self, user_id: str) -> str:
        return self._names.get(user_id, "")

    @cached_property
    def _names(self) -> dict[str, str]:
        """Full names of the owners on this page, each looked up once."""
        members = api.portal.get_tool("portal_membership")
        found = [members.getMemberById(owner) for owner in _owners(self.batch)]
        return {
            member.getId(): member.getProperty("fullname", "")
            for member in found
            if member is not None
        }

    @property
    def searched_text(self) -> str:
        """What the visitor looks for; empty for anything."""
        return self.text("text").strip()

    @property
    def state(self) -> str:
        """One of STATES; empty for any."""
        wanted = self.text("state")
        return wanted if wanted in STATES else ""

    @property
    def chosen_kind(self) -> str:
        """Name of a kind; empty for any."""
        wanted = self.text("kind")
        return wanted if wanted in kinds() else ""

    @property
    def is_filtered(self) -> bool:
        """Whether the list is filtered."""
        return bool(self.searched_text or self.state or self.chosen_kind)

    @property
    def issues_for_others(self) -> bool:
        """Whether the visitor may issue keys for other users."""
        return self.requester.may(ISSUE_KEYS_FOR_OTHERS)


def _owners(credentials: Iterable[ICredential]) -> set[str]:
    return {credential.owner for credential in credentials}
