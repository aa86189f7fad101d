"""What Plone's own log-in and log-out mean for sessions."""

from ..core.clock import now
from ..events import IUserGoneEvent
from ..site.context import SiteAdapter
from ..site.interfaces import IKnownUsers
from ..site.lookup import current_site
from ..web.access import access_of
from .interfaces import ISignInSessions
from .proof import proven_methods
from .sessions import SignInSessions
from .sessions import STORE
from Products.PluggableAuthService.interfaces.events import IUserLoggedInEvent
from Products.PluggableAuthService.interfaces.events import IUserLoggedOutEvent
from zope.component import adapter
from zope.globalrequest import getRequest
from zope.interface import implementer


@adapter(IUserLoggedInEvent)
def note_log_in(event: IUserLoggedInEvent) -> None:
    """Begin a session, if the request proves who the person is."""
    site, request = current_site(), getRequest()
    if site is None or request is None or access_of(request) is not None:
        return
    sessions = SignInSessions(site)
    if not sessions.is_needed or not site.users.is_own(event.principal):
        return
    user_id = event.principal.getId()
    methods = proven_methods(site, request, user_id)
    if methods is not None:
        sessions.note_log_in(request, user_id, methods, now())


@adapter(IUserLoggedOutEvent)
def end_session(event: IUserLoggedOutEvent) -> None:
    """End the session of a browser."""
    site, request = current_site(), getRequest()
    if site is not None and request is not None:
        ISignInSessions(site).end(request, now())


@implementer(IKnownUsers)
class UsersWithSessions(SiteAdapter):
    """See IKnownUsers."""

    def __call__(self, now: float) -> set[str]:
        return self._site.storage[STORE].users(now)


@adapter(IUserGoneEvent)
def end_sessions(event: IUserGoneEvent) -> None:
    """End the sessions of a user who is gone."""
    ISignInSessions(event.site).end_all(event.user_id, now())
