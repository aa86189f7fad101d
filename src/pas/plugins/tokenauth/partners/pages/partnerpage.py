"""The page that shows what a partner needs to know, its secret once."""

from ...credentials.pages.secretpage import Example
from ...credentials.pages.secretpage import ValuesPage
from ...i18n import _
from ..kind import IssuedPartner


class PartnerPage(ValuesPage):
    """The answer to a form that made a partner, or a secret of one."""

    _issued: IssuedPartner
    save_now = _("Save the shared secret now.")
    what_it_is = _(
        "This page is the only one that ever shows it. Whoever has it can sign as the"
        " partner, and be anybody whom the partner may log in."
    )
    introduction = _("Give these to the partner.")

    def values(self) -> list[Example]:
        issued = self._issued
        titles = {
            "secret": _("Shared secret"),
            "algorithm": _("Hash"),
            "url": _("Where people are sent to log in"),
        }
        return [
            Example(
                id="partner-id",
                title=self.texts_of(issued.credential).id_label,
                text=issued.credential.credential_id,
            ),
            *(
                Example(id=f"partner-{name}", title=titles[name], text=value)
                for name, value in issued.members.items()
            ),
        ]
