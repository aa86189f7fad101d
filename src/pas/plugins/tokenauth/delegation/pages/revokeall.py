"""Ending all that people have let one application do."""

from ...credentials.errors import NotYours
from ...credentials.pages.form import CredentialForm
from ...i18n import _
from ...storage.applications import Application
from ..kind import AUTHORIZATION
from ..service import authorizations_of
from ..service import revoke_authorizations_of
from functools import cached_property
from typing import Any


class RevokeAuthorizations(CredentialForm):
    """``@@tokenauth-controlpanel-revoke-authorizations``: asks, and does it."""

    page = "revoke-authorizations"
    title = _("Revoke all authorizations?")
    submit_label = _("Revoke all")

    @cached_property
    def credential(self) -> Any:
        """The application."""
        credential = super().credential
        if not isinstance(credential, Application):
            raise NotYours()
        return credential

    def description(self) -> str:
        return _(
            "“${title}” cannot act for anybody any more, at once. Authorizations that"
            " end: ${count}. People can allow it again.",
            mapping={
                "title": self.credential.title,
                "count": len(self._authorizations()),
            },
        )

    def _authorizations(self) -> list[Any]:
        client_id = self.credential.client_id
        return authorizations_of(self.site, self.requester, client_id, self.now)

    def check(self) -> None:
        # Refuses who is no administrator of these.
        self._authorizations()

    def save(self) -> str:
        count = revoke_authorizations_of(
            self.site, self.requester, self.credential.client_id, self.now
        )
        return self.go_to_list(_(AUTHORIZATION.texts.revoked, mapping={"count": count}))
