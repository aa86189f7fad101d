"""The page that shows what a consumer needs to know, its private key once."""

from ...credentials.pages.secretpage import Example
from ...credentials.pages.secretpage import ValuesPage
from ...i18n import _
from ..kind import IssuedConsumer


class ConsumerPage(ValuesPage):
    """The answer to a form that registered a consumer, or rotated its private key."""

    _issued: IssuedConsumer
    save_now = _("Save the private key now.")
    what_it_is = _(
        "This page is the only one that ever shows it. Whoever has it can pass for the"
        " site."
    )
    introduction = _("Give these to the client of django-simple-sso.")

    def values(self) -> list[Example]:
        issued = self._issued
        titles = {
            "private_key": _("Private key"),
            "server_url": _("URL of the server"),
        }
        return [
            Example(
                id="consumer-public_key",
                title=self.texts_of(issued.credential).id_label,
                text=issued.credential.credential_id,
            ),
            *(
                Example(id=f"consumer-{name}", title=titles[name], text=value)
                for name, value in issued.members.items()
            ),
        ]
