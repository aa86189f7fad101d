"""The page that shows what an application needs to know, its secret once."""

from ...credentials.pages.secretpage import Example
from ...credentials.pages.secretpage import SecretPage
from ...i18n import _
from ..kind import IssuedApplication
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile


class ApplicationPage(SecretPage):
    """The answer to a form that made an application, or a secret of one."""

    _issued: IssuedApplication
    template = ViewPageTemplateFile("templates/application.pt")

    @property
    def back_label(self) -> str:
        """What the link to the list says."""
        return self.texts_of(self._issued.credential).back_label

    @property
    def has_secret(self) -> bool:
        """Whether there is anything to keep secret."""
        return bool(self._issued.secret)

    def url(self, page: str = "") -> str:
        """The URL of the list, of applications only."""
        return super().url(page) if page else f"{super().url()}?kind=application"

    def values(self) -> list[Example]:
        """What the application needs to know."""
        issued = self._issued
        values = [
            Example(
                id="application-id",
                title=self.texts_of(issued.credential).id_label,
                text=issued.credential.client_id,
            )
        ]
        if issued.secret:
            title = _("Client secret")
            secret = Example(id="application-secret", title=title, text=issued.secret)
            values.append(secret)
        issuer = Example(
            id="application-issuer", title=_("Issuer"), text=self.site.issuer
        )
        return [*values, issuer]
