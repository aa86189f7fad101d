"""Another owner for a credential, chosen by an administrator."""

from ...i18n import _
from ...permissions import ISSUE_KEYS_FOR_OTHERS
from ...site.errors import InvalidInput
from ...site.requester import require_permission
from ..options import Decision
from ..transfer import transfer_credential
from .form import CredentialForm
from .form import user_id_of
from .inputs import Input
from .inputs import inputs_for
from .interfaces import IOwner
from functools import cached_property


class TransferCredential(CredentialForm):
    """``@@…-transfer``."""

    page = "transfer"
    title = _("Transfer to another owner")
    submit_label = _("Transfer")

    def description(self) -> str:
        credential = self.credential
        return _(
            "“${title}” of ${owner} gets another owner, as whom its program acts from"
            " then on. The access tokens it has end. Whoever has a copy of the secret"
            " has it still: rotate it afterwards. Both are told by e-mail, if the"
            " site sends mail.",
            mapping={"title": credential.title, "owner": credential.owner},
        )

    def check(self) -> None:
        require_permission(self.requester, ISSUE_KEYS_FOR_OTHERS)

    def save(self) -> str:
        typed = self.text("owner").strip()
        owner: str | InvalidInput = user_id_of(self.site, typed)
        if not owner:
            owner = InvalidInput("owner", _("Please enter a user."))
        transfer_credential(self.site, self.requester, self.credential, owner, self.now)
        return self.go_to_list(_("It has another owner now."))

    @cached_property
    def inputs(self) -> list[Input]:
        return inputs_for(self, IOwner)

    @cached_property
    def decision(self) -> Decision:
        return Decision(
            site=self.site,
            requester=self.requester,
            kind=self.kind,
            owner=self.credential.owner,
            now=self.now,
            made_at=self.now,
        )
