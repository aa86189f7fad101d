"""The page with the signing keys, for administrators."""

from ..credentials.pages.base import CredentialsView
from ..i18n import _
from ..sealing.configuration import SealingOff
from ..sealing.sealer import OtherSealingKey
from .signingkeys import KeyState
from .signingkeys import SigningKeyRing
from functools import cached_property
from plone import api
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile


STATE_TITLES = {
    "published": _("published, signs later"),
    "signing": _("signs"),
    "retired": _("still published"),
    "hints": _("known, not published"),
}


class SigningKeysPage(CredentialsView):
    """``@@tokenauth-controlpanel-signing-keys``."""

    title = _("Signing keys")
    template = ViewPageTemplateFile("templates/signingkeys.pt")
    state_titles = STATE_TITLES

    @cached_property
    def ring(self) -> SigningKeyRing:
        """The keys of the site."""
        return SigningKeyRing(self.site)

    def states(self) -> list[KeyState]:
        """The keys with what becomes of them."""
        return self.ring.states(self.now)

    def show(self) -> str:
        return self.template()

    def submitted(self) -> str:
        message, kind = self._make_keys()
        api.portal.show_message(message, self.request, type=kind)
        self.request.response.redirect(self.url("signing-keys"))
        return ""

    def _make_keys(self) -> tuple[str, str]:
        """Do what the form says; what happened, and whether that is good news."""
        try:
            if self.text("replace"):
                self.ring.replace(self.requester.name, self.now)
                return _("New keys sign from now on. All others are forgotten."), "info"
            if self.ring.rotate(self.requester.name, self.now):
                return _("New keys were made. They sign in about an hour."), "info"
        except OtherSealingKey:
            return (
                _("Keys cannot be kept: the sealing key is not that of this site."),
                "error",
            )
        except SealingOff:
            return _("Keys cannot be kept: there is no usable sealing key."), "error"
        return _("There are new keys already, which do not sign yet."), "warning"
