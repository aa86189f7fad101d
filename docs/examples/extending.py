"""Ways to extend the package. The tests of the documentation run this module."""

from datetime import datetime
from datetime import timezone
from pas.plugins.tokenauth.authorization_server.grants.jwt_bearer import JWTBearerGrant
from pas.plugins.tokenauth.authorization_server.interfaces import IGrantType
from pas.plugins.tokenauth.core.errors import InvalidGrant
from pas.plugins.tokenauth.credentials.scopes import Scope
from pas.plugins.tokenauth.events import IRefusedEvent
from pas.plugins.tokenauth.resource_server.scopes import require_scope
from pas.plugins.tokenauth.site.interfaces import ISiteContext
from Products.Five.browser import BrowserView
from zope.component import adapter
from zope.interface import implementer


@implementer(IGrantType)
@adapter(ISiteContext)
class WorkdayGrant:
    """The JWT-bearer grant, but not at weekends."""

    SATURDAY = 5

    def __init__(self, site):
        self._grant = JWTBearerGrant(site)

    def __call__(self, parameters, client, now):
        if datetime.fromtimestamp(now, timezone.utc).weekday() >= self.SATURDAY:
            raise InvalidGrant("Come back on Monday.")
        return self._grant(parameters, client, now)


refused = []


@adapter(IRefusedEvent)
def count_refusals(event):
    """Where a monitoring system would be told."""
    refused.append((event.credential_id, event.reason, event.address))


# begin scope
reports = Scope(
    title="Read sales reports",
    description="See what the user sees, and the sales reports.",
    includes=("plone.read",),
)


class SalesReport(BrowserView):
    """A page that a program sees only with this scope."""

    def __call__(self):
        require_scope(self.request, "shop.reports")
        return "42 sold."


# end scope


class SmsLogin(BrowserView):
    """A log-in of another add-on: it hands out a cookie."""

    def __call__(self):
        return "Logged in."
