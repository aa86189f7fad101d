"""The page that shows what a CAS service needs to know; none of it is secret."""

from ...credentials.pages.secretpage import ValuesPage
from ...i18n import _


class ServicePage(ValuesPage):
    """The answer to a form that registered a service."""

    introduction = _(
        "Give this to the CAS client of the web site. It asks for tickets below this"
        " URL, by CAS 1, 2 or 3."
    )
    titles = {"server_url": _("URL of the CAS server")}
