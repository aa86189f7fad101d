"""Ways to extend the package. The tests of the documentation run this module."""

from datetime import datetime
from datetime import timezone
from pas.plugins.tokenauth.core.errors import InvalidGrant
from pas.plugins.tokenauth.events import IAccessRefused
from pas.plugins.tokenauth.usecases.interfaces import IAuthorizationServer
from pas.plugins.tokenauth.usecases.interfaces import IGrantType
from pas.plugins.tokenauth.usecases.jwtbearer import JWTBearerGrant
from Products.Five.browser import BrowserView
from zope.component import adapter
from zope.interface import implementer


@implementer(IGrantType)
@adapter(IAuthorizationServer)
class WorkdayGrant:
    """The JWT-bearer grant, but not at weekends."""

    SATURDAY = 5

    def __init__(self, server):
        self._grant = JWTBearerGrant(server)

    def __call__(self, parameters, client, now):
        if datetime.fromtimestamp(now, timezone.utc).weekday() >= self.SATURDAY:
            raise InvalidGrant("Come back on Monday.")
        return self._grant(parameters, client, now)


refused = []


@adapter(IAccessRefused)
def count_refusals(event):
    """Where a monitoring system would be told."""
    refused.append((event.credential_id, event.reason, event.address))


class SmsLogin(BrowserView):
    """A log-in of another add-on: it hands out a cookie."""

    def __call__(self):
        return "Logged in."
