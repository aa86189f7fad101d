"""What programs of the site do with partners.

A view that only a partner may call::

    from pas.plugins.tokenauth.partners.api import require_partner

    class Orders(BrowserView):
        def __call__(self):
            signed = require_partner(self.request, "partner-…")
            return orders_of(signed.user)

A link to a partner, for who is logged in::

    from pas.plugins.tokenauth.partners.api import sign_url

    url = sign_url("partner-…", "https://shop.example.org/sso/", user_name)
"""

from ..core.clock import now as system_clock
from ..core.errors import AccessRefused
from ..core.forms import read_form
from ..core.forms import UnreadableForm
from ..sealing.configuration import SealingOff
from ..site.context import SiteContext
from ..site.lookup import current_site
from ..site.lookup import plugin_of
from ..tokens.refusals import report_refusal
from ..usage.recorder import note_request
from ..web.accesslog import note_credential
from ..web.address import client_address
from ..web.csrf import written_safely
from .errors import SignatureRequired
from .fields import VIEWS
from .protocol import SignedData
from .service import checked_data
from .service import find_partner
from .service import signed_url
from .service import use_up
from typing import Any


MAX_QUERY = 16 * 1024


def require_partner(
    request: Any, partner_id: str, now: float | None = None
) -> SignedData:
    """Let a request pass only with a signature of a partner for views, once.

    A HEAD request uses nothing up.

    :param request: GET or HEAD; the signature is in its query
    :param now: seconds since the epoch; None for the present
    :returns: what is signed
    :raises SignatureRequired: for any other request
    """
    now = system_clock() if now is None else now
    address = client_address(request)
    try:
        return _accepted(_site(), request, partner_id, address, now)
    except AccessRefused as refused:
        report_refusal(
            "signature",
            refused.reason,
            refused.credential_id,
            address,
            refused.only_named,
        )
    except SealingOff:
        report_refusal("signature", "sealing is off", partner_id, address, True)
    raise SignatureRequired()


def sign_url(
    partner_id: str,
    url: str,
    user: str,
    lifetime: int | None = None,
    now: float | None = None,
    **extras: str,
) -> str:
    """A URL with a signature for a partner, as ska makes it.

    Whoever gets the URL is that user at the partner: give it to nobody else.

    :param url: one of those that are registered for the partner
    :param user: name of the user, as the partner knows it
    :param lifetime: seconds for which it is valid, None for as many as may be
    :param now: seconds since the epoch; None for the present
    :param extras: what is signed besides, all that are registered
    :raises ValueError: when that cannot be signed
    """
    now = system_clock() if now is None else now
    try:
        return signed_url(_site(), partner_id, url, user, extras, now, lifetime)
    except (AccessRefused, SealingOff) as refused:
        raise ValueError(str(refused)) from None


def note_use(
    site: SiteContext, request: Any, partner_id: str, subject: str, now: float
) -> None:
    """Note in the usage log that a signature was accepted.

    :param subject: user id, or the name that the partner has signed
    """
    note_credential(request, partner_id)
    note_request(plugin_of(site.portal), request, partner_id, subject, now)


def _accepted(
    site: SiteContext, request: Any, partner_id: str, address: str, now: float
) -> SignedData:
    partner = find_partner(site, partner_id, VIEWS, address, now)
    method = request.get("REQUEST_METHOD")
    if method not in ("GET", "HEAD"):
        raise AccessRefused("a signature is for GET", partner_id)
    try:
        parameters = read_form(request.get("QUERY_STRING", ""), MAX_QUERY)
    except UnreadableForm:
        raise AccessRefused("the query cannot be read", partner_id) from None
    data = checked_data(site, partner, parameters, now)
    if method == "GET":
        with written_safely(request, site.storage):
            use_up(site, partner, data, now)
        note_use(site, request, partner_id, data.user, now)
    return data


def _site() -> SiteContext:
    site = current_site()
    if site is None:
        raise AccessRefused("the add-on is not installed")
    return site
