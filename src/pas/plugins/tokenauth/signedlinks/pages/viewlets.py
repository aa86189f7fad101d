"""What editors see on an object that others may see by link."""

from ...i18n import _
from ..helper import SignedLinksView
from plone.app.layout.viewlets import ViewletBase
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile


class LiveLinks(ViewletBase):
    """How many links lead to the object now; nothing where none does."""

    index = ViewPageTemplateFile("templates/livelinks.pt")

    def update(self) -> None:
        super().update()
        links = SignedLinksView(self.context, self.request)
        self.count = links.count() if links.can_share() else 0
        self.url = links.share_url()

    @property
    def text(self) -> str:
        """What it says."""
        if self.count == 1:
            return _("Somebody without an account can see this, by 1 link.")
        return _(
            "People without an account can see this, by ${count} links.",
            mapping={"count": self.count},
        )
