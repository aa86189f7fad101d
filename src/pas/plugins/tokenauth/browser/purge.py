"""Forgetting what need not be kept any longer, for a scheduled job."""

from ..clock import now
from ..plugin.lookup import server_at
from ..publisher.breeding import IClosedToTokens
from ..usecases.maintenance import purge
from plone.protect.interfaces import IDisableCSRFProtection
from Products.Five import BrowserView
from zExceptions import Forbidden
from zExceptions import NotFound
from zope.interface import alsoProvides
from zope.interface import implementer


@implementer(IClosedToTokens)
class Purge(BrowserView):
    """``@@tokenauth-purge``: a POST request removes what is due, a part at a time.

    It answers with the number of log entries removed. A job repeats it until that
    is 0. Nothing is gained by tricking somebody into it, so it takes no CSRF token.
    """

    def __call__(self) -> str:
        if self.request.method != "POST":
            raise Forbidden("Request must be POST")
        server = server_at(self.context)
        if server is None:
            raise NotFound()
        alsoProvides(self.request, IDisableCSRFProtection)
        self.request.response.setHeader("Content-Type", "text/plain")
        return f"{purge(server, now())}\n"
