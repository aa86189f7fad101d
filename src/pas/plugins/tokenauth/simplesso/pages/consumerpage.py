"""The page that shows what a consumer needs to know, its private key once."""

from ...credentials.pages.secretpage import ValuesPage
from ...i18n import _
from ..texts import TEXTS


class ConsumerPage(ValuesPage):
    """The answer to a form that registered a consumer, or rotated its private key."""

    save_now = _("Save the private key now.")
    what_it_is = _(
        "This page is the only one that ever shows it. Whoever has it can pass for the"
        " site."
    )
    introduction = _("Give these to the client of django-simple-sso.")
    titles = {
        "public_key": TEXTS.id_label,
        "private_key": _("Private key"),
        "server_url": _("URL of the server"),
    }
