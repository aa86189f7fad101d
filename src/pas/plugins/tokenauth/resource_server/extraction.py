"""From a request to what its token authorizes."""

from ..core.errors import AccessRefused
from ..site.context import SiteContext
from ..tokens.interfaces import ITokenType
from ..usage.recorder import note_request
from ..web.access import Access
from ..web.presented import authorization_of
from ..web.presented import presented_token
from .errors import TwoTokens
from plone.subrequest.interfaces import ISubRequest
from typing import Any
from urllib.parse import parse_qs
from zope.component import getAdapters
from zope.component import getUtility
from zope.interface import Interface


class IMisplacedToken(Interface):
    """Knows what the site has made for another place: a named adapter of ISiteContext.

    Else it would be left to plugins of others, or the request would go on as nobody's.
    """

    def __call__(token):
        """What a Bearer token of no type of ours is, for the log; empty for a foreign
        one."""


def extracted_access(site: SiteContext, request: Any, now: float) -> Access | None:
    """What the token of a request authorizes now; None without a token of ours.

    :raises AccessRefused: with the reason
    :raises TwoTokens: when there is a second one in the body
    """
    presented = presented_token(request)
    if presented is None:
        _check_not_misplaced(site, authorization_of(request))
        return None
    _check_single(request)
    return presented.scheme.authenticate(site, request, presented, now)


def _check_not_misplaced(site: SiteContext, authorization: str) -> None:
    """Refuse what the site has made itself, but not for this.

    :raises AccessRefused: for such a token
    """
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer":
        return
    for _, knows in getAdapters((site,), IMisplacedToken):
        if what := knows(token.strip()):
            raise AccessRefused(what, description="This is no access token")


def is_subrequest(request: Any) -> bool:
    """Whether code of the site makes this request while it answers another."""
    return bool(ISubRequest.providedBy(request))


def note_use(plugin: Any, request: Any, access: Access, now: float) -> None:
    """Remember that a token is used, if its type records that; it is written later."""
    if getUtility(ITokenType, access.token_type).records_uses:
        note_request(plugin, request, access.credential_id, access.subject, now)


def _check_single(request: Any) -> None:
    """Refuse a second token in a form body (RFC 6750 section 2).

    One in the query is no token for us, and ignored like any other parameter.
    """
    in_form = request.form.get("access_token")
    if in_form is None:
        return
    in_query = parse_qs(request.get("QUERY_STRING", "")).get("access_token", [])
    in_form = in_form if isinstance(in_form, list) else [in_form]
    if len(in_form) > len(in_query):
        # The error log shows the form of a request.
        del request.form["access_token"]
        raise TwoTokens()
