"""The list of the service keys of everybody."""

from ..browser.keytable import KeyTable
from ..permissions import ISSUE_KEYS_FOR_OTHERS
from ..storage.servicekeys import ServiceKey
from ..usecases.search import find_service_keys
from ..usecases.search import STATES
from .base import PanelTab
from .states import STATE_TITLES
from collections.abc import Iterable
from functools import cached_property
from plone import api
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile


class KeysPanel(PanelTab, KeyTable):
    """``@@tokenauth-controlpanel``."""

    template = ViewPageTemplateFile("templates/keys.pt")
    shows_owner = True
    state_titles = STATE_TITLES

    def show(self) -> str:
        return self.template()

    def service_keys(self) -> list[ServiceKey]:
        return find_service_keys(
            self.server,
            self.actor,
            self.now,
            text=self.searched_text,
            state=self.state,
        )

    def query(self) -> dict[str, str]:
        return {"text": self.searched_text, "state": self.state}

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
    def is_filtered(self) -> bool:
        """Whether keys may be left out."""
        return bool(self.searched_text or self.state)

    @property
    def issues_for_others(self) -> bool:
        """Whether the visitor may issue keys for other users."""
        return self.actor.may(ISSUE_KEYS_FOR_OTHERS)


def _owners(keys: Iterable[ServiceKey]) -> set[str]:
    return {key.owner for key in keys}
