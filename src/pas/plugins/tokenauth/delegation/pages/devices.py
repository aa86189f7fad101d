"""The devices on which an application is signed in, below the form about it."""

from ...credentials.pages.details import Details
from ...storage.interfaces import IRefreshFamily
from ..families import live_families
from ..families import lives_until
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile


class Devices(Details):
    """See IDetails."""

    template = ViewPageTemplateFile("templates/devices.pt")

    def families(self) -> list[IRefreshFamily]:
        """The sign-ins that last, the one that was used last first."""
        found = live_families(self.page.site, self.context, self.page.now)
        return sorted(found, key=lambda each: each.used_at, reverse=True)

    def ends(self, family: IRefreshFamily) -> str:
        """When the application has to send its person to log in again."""
        return str(self.page.localized(lives_until(self.page.site, family)))
