"""Calls for scheduled jobs: forgetting what is due, telling whose keys expire soon."""

from ..core.clock import now
from ..credentials.maintenance import purge
from ..mail import notify
from ..site.context import AuthorizationServer
from ..site.lookup import server_at
from ..web.interfaces import IClosedToTokens
from plone.protect.interfaces import IDisableCSRFProtection
from Products.Five import BrowserView
from zExceptions import Forbidden
from zExceptions import NotFound
from zope.interface import alsoProvides
from zope.interface import implementer


@implementer(IClosedToTokens)
class MaintenanceView(BrowserView):
    """A POST request does some work; the answer is a number.

    Nothing is gained by tricking somebody into it, so it takes no CSRF token.
    """

    def __call__(self) -> str:
        if self.request.method != "POST":
            raise Forbidden("Request must be POST")
        server = server_at(self.context)
        if server is None:
            raise NotFound()
        alsoProvides(self.request, IDisableCSRFProtection)
        self.request.response.setHeader("Content-Type", "text/plain")
        return f"{self.work(server)}\n"

    def work(self, server: AuthorizationServer) -> int:
        """Do what there is to do now, and count it."""
        raise NotImplementedError


class Purge(MaintenanceView):
    """``@@tokenauth-purge``: removes what is due, a part at a time.

    It answers with the number of log entries removed. A job repeats it until that
    is 0.
    """

    def work(self, server: AuthorizationServer) -> int:
        """Remove what is due."""
        return purge(server, now())


class Notify(MaintenanceView):
    """``@@tokenauth-notify``: mails owners whose keys expire soon.

    It answers with the number of mails sent.
    """

    def work(self, server: AuthorizationServer) -> int:
        """Mail owners."""
        return notify(server, now()).sent
