"""Ending one key pair of a service key, while the others go on."""

from ...credentials.errors import NotYours
from ...credentials.pages.form import CredentialForm
from ...credentials.pages.inputs import Input
from ...i18n import _
from ..kind import SERVICE_KEY
from ..service import check_may_end
from ..service import end_key_pair
from .keypairs import shortened
from functools import cached_property
from typing import Any


class EndKeyPair(CredentialForm):
    """``@@…-end-key-pair``: asks, and ends it."""

    page = "end-key-pair"
    title = _("End key pair?")
    submit_label = _("End now")

    @cached_property
    def credential(self) -> Any:
        """The key."""
        credential = super().credential
        if credential.kind != SERVICE_KEY.name:
            raise NotYours()
        return credential

    def description(self) -> str:
        return _(
            "From now on, programs cannot obtain access tokens with the key pair"
            " ${kid} of “${title}”. Access tokens they already have stay valid until"
            " they expire. This cannot be undone.",
            mapping={
                "kid": shortened(self.text("kid")),
                "title": self.credential.title,
            },
        )

    def hidden(self) -> dict[str, str]:
        return {**super().hidden(), "kid": self.text("kid")}

    def check(self) -> None:
        check_may_end(self.credential, self.text("kid"), self.now)

    def save(self) -> str:
        end_key_pair(
            self.site, self.requester, self.credential, self.text("kid"), self.now
        )
        return self.go_to_list(_("The key pair has ended."))

    @cached_property
    def inputs(self) -> list[Input]:
        return []
