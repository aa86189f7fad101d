"""Calls for scheduled jobs: forgetting what is due, telling whose keys expire soon."""

from ..credentials.maintenance import purge
from ..mail import notify
from ..site.view import SiteView
from ..web.interfaces import IClosedToTokens
from plone.protect.interfaces import IDisableCSRFProtection
from Products.Five import BrowserView
from zExceptions import Forbidden
from zope.interface import alsoProvides
from zope.interface import implementer


@implementer(IClosedToTokens)
class MaintenanceView(SiteView, BrowserView):
    """A POST request does some work; the answer is a number.

    Nothing is gained by tricking somebody into it, so it takes no CSRF token.
    """

    def __call__(self) -> str:
        if self.request.method != "POST":
            raise Forbidden("Request must be POST")
        alsoProvides(self.request, IDisableCSRFProtection)
        self.request.response.setHeader("Content-Type", "text/plain")
        return f"{self.work()}\n"

    def work(self) -> int:
        """Do what there is to do now, and count it."""
        raise NotImplementedError


class Purge(MaintenanceView):
    """``@@tokenauth-purge``: removes what is due, a part at a time.

    It answers with the number of log entries removed. A job repeats it until that
    is 0.
    """

    def work(self) -> int:
        """Remove what is due."""
        return purge(self.site, self.now).log_entries


class Notify(MaintenanceView):
    """``@@tokenauth-notify``: mails owners whose keys expire soon.

    It answers with the number of mails sent.
    """

    def work(self) -> int:
        """Mail owners."""
        return notify(self.site, self.now).sent
