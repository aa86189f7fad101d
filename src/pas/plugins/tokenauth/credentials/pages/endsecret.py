"""Ending one secret or key of a credential, while the others go on."""

from ...i18n import _
from ..rotation import check_may_end
from ..rotation import end_secret
from .form import CredentialForm
from .secretsinuse import shortened


class EndSecret(CredentialForm):
    """``@@…-end-secret``: asks, and ends it."""

    page = "end-secret"
    title = _("End secret or key?")
    submit_label = _("End now")

    def description(self) -> str:
        names = {"kid": shortened(self.text("kid")), "title": self.credential.title}
        if self.kind.is_bearer:
            return _(
                "From now on, the secret ${kid} of “${title}” is refused. This cannot"
                " be undone.",
                mapping=names,
            )
        return _(
            "From now on, the secret or key ${kid} of “${title}” is refused. Access"
            " tokens that were obtained with it stay valid until they expire. This"
            " cannot be undone.",
            mapping=names,
        )

    def hidden(self) -> dict[str, str]:
        return {**super().hidden(), "kid": self.text("kid")}

    def check(self) -> None:
        check_may_end(self.credential, self.text("kid"), self.now)

    def save(self) -> str:
        end_secret(self.requester, self.credential, self.text("kid"), self.now)
        return self.go_to_list(_("The secret or key has ended."))
