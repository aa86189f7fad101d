"""The page that shows what an application needs to know, its secret once."""

from ...credentials.pages.secretpage import ValuesPage
from ...i18n import _
from ..texts import TEXTS


class ApplicationPage(ValuesPage):
    """The answer to a form that made an application, or a secret of one."""

    save_now = _("Save the client secret now.")
    what_it_is = _(
        "This page is the only one that ever shows it: the site does not keep it."
        " Whoever has it can pass for the application."
    )
    introduction = _(
        "Give these to the application; the metadata of the issuer tells the rest."
    )
    titles = {
        "client_id": TEXTS.id_label,
        "client_secret": _("Client secret"),
        "issuer": _("Issuer"),
    }
