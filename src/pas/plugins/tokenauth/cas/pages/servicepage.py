"""The page that shows what a CAS service needs to know; none of it is secret."""

from ...credentials.pages.secretpage import Example
from ...credentials.pages.secretpage import ValuesPage
from ...i18n import _
from ..urls import server_url


class ServicePage(ValuesPage):
    """The answer to a form that registered a service."""

    has_secret = False
    introduction = _(
        "Give this to the CAS client of the web site. It asks for tickets below this"
        " URL, by CAS 1, 2 or 3."
    )

    def values(self) -> list[Example]:
        return [
            Example(
                id="cas-server",
                title=_("URL of the CAS server"),
                text=server_url(self.site),
            )
        ]
