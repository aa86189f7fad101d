"""Revoking credentials, after a page that asks whether to."""

from ...storage.interfaces import ICredential
from ..kinds import kind_of
from ..service import last_use
from ..service import revoke_credentials
from .base import CredentialsView
from .kindtexts import revoke_texts
from .texts import RevokeTexts
from functools import cached_property
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile


class RevokeCredentials(CredentialsView):
    """Asks, and revokes what was selected."""

    template = ViewPageTemplateFile("templates/revoke.pt")

    @property
    def title(self) -> str:
        wording = self.wording
        return wording.title_of_one if self.is_one else wording.title

    @property
    def description(self) -> str:
        """What revoking leads to."""
        wording = self.wording
        return wording.consequences_of_one if self.is_one else wording.consequences

    @cached_property
    def credentials(self) -> list[ICredential]:
        """What was selected and can be revoked."""
        # A link has one id, and the boxes in the list have the other parameter.
        ids = dict.fromkeys([*self.texts("id"), *self.texts("ids")])
        selected = [self.find(credential_id) for credential_id in ids]
        return [each for each in selected if each.revoked_at is None]

    @property
    def wording(self) -> RevokeTexts:
        """What to say about the kinds of these."""
        if self.kind is not None:
            return revoke_texts([self.kind])
        kinds = {kind_of(each).name: kind_of(each) for each in self.credentials}
        return revoke_texts(kinds.values())

    @property
    def is_one(self) -> bool:
        """Whether it is a single one."""
        return len(self.credentials) == 1

    def show(self) -> str:
        if not self.credentials:
            return self.go_to_list(self.wording.none_selected, "warning")
        return self.template()

    def submitted(self) -> str:
        if not self.text("confirmed"):
            return self.show()
        ids = [each.credential_id for each in self.credentials]
        count = revoke_credentials(self.site, self.requester, ids, self.now, self.kind)
        return self.go_to_list(self.wording.revoked(count))

    def last_used(self, credential: ICredential) -> str:
        """When it was last used, or an empty string."""
        use = last_use(self.site, credential)
        return self.localized(use.time) if use else ""
