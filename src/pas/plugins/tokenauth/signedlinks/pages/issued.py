"""The page that shows a fresh link, once."""

from ...credentials.pages.secretpage import SecretPage
from ...i18n import _
from ..kind import IssuedSignedLink
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile


class IssuedPage(SecretPage):
    """The answer to the form that made a link."""

    _issued: IssuedSignedLink
    template = ViewPageTemplateFile("templates/issued.pt")
    title = _("Your new link")

    @property
    def expires(self) -> str:
        """When the link ends."""
        return self.localized(self._issued.credential.expires_at)

    @property
    def has_password(self) -> bool:
        """Whether who opens it is asked for a password."""
        return bool(self._issued.credential.password)
