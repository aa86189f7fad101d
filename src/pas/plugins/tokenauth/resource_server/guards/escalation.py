"""No escalation: no request with a token issues or changes credentials.

Three nets, because no single one holds all ways in:

- routes: log-in services, our own pages, everything below a user folder and the
  ZMI are marked or recognised, and closed, log-in services by their name too;
- events: log-ins, changes of users that live outside of the database, and the end of
  the whole site announce themselves, whoever makes them;
- protected objects stay as they are in the database (see objects.py).

With an admin scope accounts may change, but nothing of ours, and it cannot log in
either.
"""

from ...web.access import access_of
from ...web.interfaces import IClosedToTokens
from ...web.markers import published_view
from ..errors import ClosedToTokens
from Acquisition import aq_base
from OFS.interfaces import IObjectWillBeMovedEvent
from Products.CMFCore.interfaces import ISiteRoot
from Products.PluggableAuthService.interfaces.authservice import IPluggableAuthService
from Products.PluggableAuthService.interfaces.events import IPASEvent
from Products.PluggableAuthService.interfaces.events import IUserLoggedInEvent
from Products.PluggableAuthService.interfaces.events import IUserLoggedOutEvent
from typing import Any
from zope.component import adapter
from zope.globalrequest import getRequest


#: A page of Plone without a class of its own, which shows the cookies of others.
_ERROR_LOG_ENTRY = "error-log-show-entry"


def refuse_closed_route(request: Any) -> None:
    """Refuse a request with a token whose traversal ended where tokens may not go.

    :raises ClosedToTokens: for such a route
    """
    published, view = request["PUBLISHED"], published_view(request)
    if any(map(IClosedToTokens.providedBy, [view, *request["PARENTS"]])):
        raise ClosedToTokens("This is closed to access tokens.")
    if getattr(view, "__name__", "") == _ERROR_LOG_ENTRY:
        raise ClosedToTokens("Error logs are closed to access tokens.")
    if any(map(_is_user_folder, [published, *request["PARENTS"]])):
        raise ClosedToTokens("User folders are closed to access tokens.")
    if any(map(_is_management, request.steps)):
        raise ClosedToTokens("The management interface is closed to access tokens.")
    if any(map(_is_login, request.steps)):
        raise ClosedToTokens("Log-ins are closed to access tokens.")


def refuse_user_management(request: Any) -> None:
    """Refuse to change accounts, unless the token has an admin scope.

    :raises ClosedToTokens: when a token without one authenticates the request
    """
    access = access_of(request)
    if access is not None and not access.effect.administers:
        raise ClosedToTokens("This access token may not manage users.")


def refuse_login(request: Any) -> None:
    """Refuse to log in or to renew log-in credentials, whatever the key may.

    :raises ClosedToTokens: when a token authenticates the request
    """
    if access_of(request) is not None:
        raise ClosedToTokens("A request with an access token cannot log in.")


def _is_user_folder(obj: Any) -> bool:
    # Asking the class, as asking an object for what it does not have takes long.
    cls = type(aq_base(obj))
    return bool(getattr(cls, "isAUserFolder", False)) or (
        IPluggableAuthService.implementedBy(cls)
    )


def _is_management(step: str) -> bool:
    # Zope appends manage_DAVget itself where it serves sources to WebDAV clients.
    return step == "manage" or (step.startswith("manage_") and step != "manage_DAVget")


def _is_login(step: str) -> bool:
    # By convention, as in plone.restapi and the add-ons that follow it. Some of these
    # services make a JWT of any log-in, which neither an event nor the database tells.
    return step == "@login" or step.startswith("@login-")


@adapter(IPASEvent)
def veto_user_management(event: IPASEvent) -> None:
    """Stop changes of users and groups by a token, however they come about."""
    if not IUserLoggedOutEvent.providedBy(event):
        refuse_user_management(getRequest())


@adapter(ISiteRoot, IObjectWillBeMovedEvent)
def veto_removal_of_site(portal: Any, event: IObjectWillBeMovedEvent) -> None:
    """Keep a token from removing or renaming a site, with all that it keeps.

    To delete what is in the site and to delete the site takes the same permission.

    :raises ClosedToTokens: when a token authenticates the request
    """
    if access_of(getRequest()) is not None:
        raise ClosedToTokens("An access token may not remove a site.")


@adapter(IUserLoggedInEvent)
def veto_login(event: IUserLoggedInEvent) -> None:
    """Stop log-ins by a token, however they come about."""
    refuse_login(getRequest())
