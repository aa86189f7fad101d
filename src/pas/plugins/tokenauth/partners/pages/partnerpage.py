"""The page that shows what a partner needs to know, its secret once."""

from ...credentials.pages.secretpage import ValuesPage
from ...i18n import _
from ..texts import TEXTS


class PartnerPage(ValuesPage):
    """The answer to a form that made a partner, or a secret of one."""

    save_now = _("Save the shared secret now.")
    what_it_is = _(
        "This page is the only one that ever shows it. Whoever has it can sign as the"
        " partner, and be anybody whom the partner may log in."
    )
    introduction = _("Give these to the partner.")
    titles = {
        "partner_id": TEXTS.id_label,
        "secret": _("Shared secret"),
        "algorithm": _("Hash"),
        "url": _("Where people are sent to log in"),
    }
