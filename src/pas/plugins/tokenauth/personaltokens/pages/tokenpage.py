"""The page that shows a fresh personal access token, once."""

from ...credentials.pages.secretpage import Example
from ...credentials.pages.secretpage import SecretPage
from ...i18n import _
from ..kind import IssuedPersonalAccessToken
from .examples import ASK
from .examples import token_examples
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile


class TokenPage(SecretPage):
    """The answer to the form that made a token."""

    _issued: IssuedPersonalAccessToken
    template = ViewPageTemplateFile("templates/token.pt")
    title = _("Your new personal access token")
    #: How a shell gets the token.
    ask = ASK

    @property
    def token_title(self) -> str:
        """The title by which its owner recognises it."""
        return self._issued.credential.title

    @property
    def examples(self) -> list[Example]:
        """Commands that use it, ready to run; none of them holds it."""
        site = self.site
        return token_examples(
            self._issued.credential.owner,
            site.issuer or self.site_url,
            as_password=bool(site.settings.personal_access_tokens_as_passwords),
        )

    def token(self) -> str:
        """The token itself."""
        return self._issued.token
