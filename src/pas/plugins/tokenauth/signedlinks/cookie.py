"""The cookie by which a visitor who has opened a link is known, and the guest it makes.

The token of the link is in no address bar then, in no Referer and in no log. A cookie
goes with requests below the URL of its object alone.
"""

from ..core.errors import AccessRefused
from ..core.secret import Secret
from ..resource_server.containment import content_of
from ..resource_server.guests import IGuests
from ..site.context import SiteContext
from ..storage.signedlinks import SignedLink
from ..tokens.refusals import report_refusal
from ..web.address import client_address
from .checks import check_link
from .objects import uid_of
from .service import visited_link
from .visitor import LinkVisitor
from typing import Any
from urllib.parse import urlsplit
from zope.interface import implementer


_NAME = "tokenauth-link-"
#: Browsers take a cookie with this name over https alone.
_SECURE = "__Secure-"
#: Visits of one request that are looked up. Each may take a round trip to the server of
#: the database, and a browser sends those to one object and what is around it.
MAX_VISITS = 20


def set_cookie(
    request: Any, link: SignedLink, secret: Secret, seconds: float, url: str
) -> None:
    """Have the browser of a visitor send the secret of a visit with its requests.

    :param url: below which it does
    """
    parts = urlsplit(url)
    is_secure = parts.scheme == "https"
    request.response.setCookie(
        f"{_SECURE if is_secure else ''}{_NAME}{link.credential_id}",
        str(secret),
        path=parts.path or "/",
        max_age=int(seconds),
        secure=is_secure,
        http_only=True,
        same_site="Lax",
    )


def secrets_in(request: Any) -> list[str]:
    """The secrets of visits that a request carries, each once."""
    carried = {
        value: None
        for name, value in request.cookies.items()
        if name.removeprefix(_SECURE).startswith(_NAME) and isinstance(value, str)
    }
    return list(carried)[:MAX_VISITS]


@implementer(IGuests)
class LinkVisitors:
    """See IGuests: who has opened a link is a guest where the link leads."""

    def find(self, site: SiteContext, request: Any, now: float) -> LinkVisitor | None:
        carried = secrets_in(request)
        content = content_of(request["PUBLISHED"]) if carried else None
        uid = "" if content is None else uid_of(content)
        if not uid:
            return None
        for secret in carried:
            link = visited_link(site, secret, now)
            if link is None or link.uid != uid:
                continue
            if _is_good(site, link, content, request, now):
                return LinkVisitor(uid, link.credential_id)
        return None


def _is_good(
    site: SiteContext, link: SignedLink, content: Any, request: Any, now: float
) -> bool:
    address = client_address(request)
    try:
        check_link(site, link, content, address, now)
    except AccessRefused as refused:
        report_refusal("link", refused.reason, refused.credential_id, address)
        return False
    return True
