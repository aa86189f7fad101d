"""Revoking credentials, after a page that asks whether to."""

from ...i18n import _
from ...storage.interfaces import ICredential
from ..service import last_use
from ..service import revoke_credentials
from ..texts import KindTexts
from .base import CredentialsView
from functools import cached_property
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile


class AnyTexts:
    """What the page says about credentials of several kinds: never about only one."""

    revoke_title = _("Revoke keys and personal access tokens?")
    revoke_title_of_one = ""
    consequences = _(
        "Programs that use these keys and personal access tokens are locked out at"
        " once. This cannot be undone."
    )
    consequences_of_one = ""
    none_selected = _("Please select the keys and personal access tokens to revoke.")
    revoked = _("Keys and personal access tokens revoked: ${count}.")


_ANY = AnyTexts()


class RevokeCredentials(CredentialsView):
    """Asks, and revokes what was selected."""

    template = ViewPageTemplateFile("templates/revoke.pt")

    @property
    def title(self) -> str:
        texts = self.wording
        return texts.revoke_title_of_one if self.is_one else texts.revoke_title

    @property
    def description(self) -> str:
        """What revoking leads to."""
        texts = self.wording
        return texts.consequences_of_one if self.is_one else texts.consequences

    @cached_property
    def credentials(self) -> list[ICredential]:
        """What was selected and can be revoked."""
        # A link has one id, and the boxes in the list have the other parameter.
        ids = dict.fromkeys([*self.texts("id"), *self.texts("ids")])
        selected = [self.find(credential_id) for credential_id in ids]
        return [each for each in selected if each.revoked_at is None]

    @cached_property
    def wording(self) -> KindTexts | AnyTexts:
        """What to say about these, which may be of several kinds."""
        if self.place.kind is not None:
            return self.place.kind.texts
        kinds = {each.kind for each in self.credentials}
        return self.texts_of(self.credentials[0]) if len(kinds) == 1 else _ANY

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
        count = revoke_credentials(
            self.site, self.requester, ids, self.now, self.place.kind
        )
        return self.go_to_list(_(self.wording.revoked, mapping={"count": count}))

    def last_used(self, credential: ICredential) -> str:
        """When it was last used, or an empty string."""
        use = last_use(self.site, credential)
        return self.localized(use.time) if use else ""
