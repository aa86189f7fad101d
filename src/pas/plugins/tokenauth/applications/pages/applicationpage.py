"""The page that shows what an application needs to know, its secret once."""

from ...credentials.pages.secretpage import Example
from ...credentials.pages.secretpage import ValuesPage
from ...i18n import _
from ..kind import IssuedApplication


class ApplicationPage(ValuesPage):
    """The answer to a form that made an application, or a secret of one."""

    _issued: IssuedApplication
    save_now = _("Save the client secret now.")
    what_it_is = _(
        "This page is the only one that ever shows it: the site does not keep it."
        " Whoever has it can pass for the application."
    )
    introduction = _(
        "Give these to the application; the metadata of the issuer tells the rest."
    )

    def values(self) -> list[Example]:
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
