"""One identity: a request with a token of ours acts as its subject or not at all.

PAS collects the identities of every extractor and takes the first that is
authorised. So when the token's user may not do something, a cookie or a log-in
in the body of the same request would do it instead.
"""

from ..core.scopes import READ
from ..site.users import folder_path_of
from ..web.access import Access
from ..web.access import access_of
from ..web.interfaces import IAboutOwnToken
from ..web.interfaces import IOpenToEveryToken
from ..web.markers import fast_also_provides
from ..web.markers import published_view
from ..web.presented import presented_token
from .errors import ClosedToTokens
from .errors import InsufficientScope
from .errors import OtherIdentity
from .evidence import note_transactions
from .guards.escalation import refuse_closed_route
from .guards.objects import guard_credentials
from .guards.readonly import guard_against_writes
from .guards.webdav import guard_webdav
from .limiteduser import is_limited
from AccessControl import getSecurityManager
from plone.protect.authenticator import createToken
from plone.protect.interfaces import IDisableCSRFProtection
from typing import Any
from zope.component import adapter
from ZPublisher.interfaces import IPubAfterTraversal


@adapter(IPubAfterTraversal)
def check_identity(event: IPubAfterTraversal) -> None:
    """Refuse a request whose effective user is not the one its token stands for.

    :raises OtherIdentity: when it is somebody else
    :raises ClosedToTokens: when the route is closed to tokens, or nothing would limit
        the user
    :raises InsufficientScope: when the token does not reach the site
    """
    request = event.request
    access = access_of(request)
    if access is None:
        return
    if not _is_subject(getSecurityManager().getUser(), access):
        raise OtherIdentity(
            "Another identity than that of the access token is in force."
        )
    if IAboutOwnToken.providedBy(published_view(request)):
        # Nothing else happens in such a request, and the limits of a token would keep
        # it from ending.
        note_transactions(request, access)
        return
    refuse_closed_route(request)
    if not access.effect.administers:
        if not is_limited(getSecurityManager().getUser()):
            raise ClosedToTokens("Another plugin of the site makes its users.")
        guard_webdav(request)
    is_open = IOpenToEveryToken.providedBy(published_view(request))
    if not access.effect.reaches_site and not is_open:
        raise InsufficientScope(READ)
    if not access.effect.stores:
        guard_against_writes(request)
    guard_credentials(request, access)
    note_transactions(request, access)
    # A browser sends a password by itself, also to a page that tricked it.
    presented = presented_token(request)
    if presented is not None and not presented.scheme.is_sent_by_browsers:
        _exempt_from_csrf_protection(request)


def _exempt_from_csrf_protection(request: Any) -> None:
    # A browser never sends an Authorization header with a token by itself, so
    # nobody can be tricked into this request.
    fast_also_provides(request, IDisableCSRFProtection)
    form = request.form
    if "_authenticator" in form or (form and request["REQUEST_METHOD"] == "POST"):
        # Many classic forms ask for an authenticator themselves; one that an earlier
        # request of the token has obtained is good no more.
        form["_authenticator"] = createToken()


def _is_subject(user: Any, access: Access) -> bool:
    # The Zope root may have a user of the same id.
    return user.getId() == access.subject and folder_path_of(user) == access.user_folder
