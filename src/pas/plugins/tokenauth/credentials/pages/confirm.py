"""What is done to selected credentials, after a page that asks whether to."""

from ...i18n import _
from ...storage.interfaces import ICredential
from ..disabling import disable_credentials
from ..disabling import enable_credentials
from ..disabling import may_enable
from ..rights import may_revoke
from ..service import last_use
from ..service import revocable_made_with
from ..service import revoke_credentials
from ..texts import CommonTexts
from .base import CredentialsView
from functools import cached_property
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile


class Confirmation(CredentialsView):
    """Asks, and does what was asked for to what was selected."""

    template = ViewPageTemplateFile("templates/confirm.pt")

    #: With what the name of the page ends.
    page: str
    #: What the button says that does it, and its colour of Bootstrap's.
    confirm_label: str
    colour = "primary"

    @property
    def description(self) -> str:
        """What it leads to."""
        raise NotImplementedError

    @property
    def none_selected(self) -> str:
        """What to say when there is nothing to do it to."""
        raise NotImplementedError

    @property
    def done(self) -> str:
        """What to say of the ${count} to which it was done."""
        raise NotImplementedError

    def is_meant(self, credential: ICredential) -> bool:
        """Whether it can be done to a credential."""
        raise NotImplementedError

    def act(self, credential_ids: list[str]) -> int:
        """Do it, and count to how many it was done."""
        raise NotImplementedError

    @cached_property
    def credentials(self) -> list[ICredential]:
        """What was selected and can have it done."""
        # A link has one id, and the boxes in the list have the other parameter.
        ids = dict.fromkeys([*self.texts("id"), *self.texts("ids")])
        selected = [self.find(credential_id) for credential_id in ids]
        return [each for each in selected if self.is_meant(each)]

    @cached_property
    def made(self) -> list[ICredential]:
        """What programs had issued with these, if it can have it done with them."""
        return []

    @property
    def is_one(self) -> bool:
        """Whether it is a single one."""
        return len(self.credentials) == 1

    def show(self) -> str:
        if not self.credentials:
            return self.go_to_list(self.none_selected, "warning")
        return self.template()

    def submitted(self) -> str:
        if not self.text("confirmed"):
            return self.show()
        count = self.act([each.credential_id for each in self.credentials])
        return self.go_to_list(_(self.done, mapping={"count": count}))

    def last_used(self, credential: ICredential) -> str:
        """When it was last used, or an empty string."""
        use = last_use(self.site, credential)
        return self.localized(use.time) if use else ""


#: What is said about credentials of several kinds.
_SEVERAL = CommonTexts(name="", name_of_all="")


class RevokeCredentials(Confirmation):
    """``@@…-revoke``: ends them for good."""

    page = "revoke"
    confirm_label = _("Revoke")
    colour = "danger"

    @property
    def title(self) -> str:
        texts = self.wording
        return texts.revoke_title_of_one if self.is_one else texts.revoke_title

    @property
    def description(self) -> str:
        texts = self.wording
        return texts.consequences_of_one if self.is_one else texts.consequences

    @property
    def none_selected(self) -> str:
        return self.wording.none_selected

    @property
    def done(self) -> str:
        return self.wording.revoked

    def is_meant(self, credential: ICredential) -> bool:
        return credential.revoked_at is None and may_revoke(self.requester, credential)

    @cached_property
    def made(self) -> list[ICredential]:
        return revocable_made_with(
            self.site, self.requester, self.credentials, self.now
        )

    def act(self, credential_ids: list[str]) -> int:
        return revoke_credentials(
            self.site,
            self.requester,
            credential_ids,
            self.now,
            self.place.kind,
            with_made=bool(self.text("with_made")),
        )

    @cached_property
    def wording(self) -> CommonTexts:
        """What to say about these, which may be of several kinds."""
        if self.place.kind is not None:
            return self.place.kind.texts
        kinds = {each.kind for each in self.credentials}
        return self.texts_of(self.credentials[0]) if len(kinds) == 1 else _SEVERAL


class DisableCredentials(Confirmation):
    """``@@…-disable``: refuses what programs send until they are enabled again."""

    page = "disable"
    confirm_label = _("Disable")
    title = _("Disable?")
    description = _(
        "Programs that use these are locked out immediately, and their current"
        " access tokens stop working, until somebody enables them again."
    )
    none_selected = _("Please select what to disable.")
    done = _("Disabled: ${count}.")

    def is_meant(self, credential: ICredential) -> bool:
        return not credential.has_ended and credential.disabled_at is None

    def act(self, credential_ids: list[str]) -> int:
        return disable_credentials(
            self.site, self.requester, credential_ids, self.now, self.place.kind
        )


class EnableCredentials(Confirmation):
    """``@@…-enable``: lets programs go on."""

    page = "enable"
    confirm_label = _("Enable")
    title = _("Enable?")
    description = _(
        "Programs that use these work again, as do earlier access tokens that have"
        " not expired."
    )
    none_selected = _("Please select what to enable.")
    done = _("Enabled: ${count}.")

    def is_meant(self, credential: ICredential) -> bool:
        return (
            credential.disabled_at is not None
            and not credential.has_ended
            and may_enable(self.requester, credential)
        )

    def act(self, credential_ids: list[str]) -> int:
        return enable_credentials(
            self.site, self.requester, credential_ids, self.place.kind
        )
