"""Guests: visitors who are nobody, and see a little more than everybody all the same.

A feature names them and makes the user object, which has the role Anonymous and what
the feature adds to it. Whoever is somebody is no guest: not who is logged in, nor who
sends an Authorization header. Guests look, and nothing they do is stored.
"""

from ..web.accesslog import note_credential
from ..web.response import never_store
from .guards.readonly import guard_against_writes
from AccessControl import getSecurityManager
from Acquisition import aq_base
from collections.abc import Iterable
from contextvars import ContextVar
from Products.PluggableAuthService.interfaces.authservice import IPluggableAuthService
from typing import Any
from zope.component import adapter
from zope.component import getUtilitiesFor
from zope.globalrequest import getRequest
from zope.interface import Attribute
from zope.interface import Interface
from ZPublisher.interfaces import IPubAfterTraversal
from ZPublisher.pubevents import PubBeforeCommit

import transaction


_GUEST = "pas.plugins.tokenauth.guest"
_METHODS = frozenset({"GET", "HEAD"})
_is_asking = ContextVar("pas.plugins.tokenauth.is_asking", default=False)


class IGuest(Interface):
    """The user object of a guest."""

    guest_id = Attribute("What PAS calls the guest; no user has such an id")
    credential_id = Attribute("The credential that lets the guest in")


class IGuests(Interface):
    """Knows guests; a named utility."""

    def find(site, request, now):
        """The guest that makes a request, as IGuest, or None.

        The request is traversed. Raises site.users.SourceFailed.
        """


def found_guest(site: Any, request: Any, now: float) -> str:
    """The id of the guest that makes a request; empty for everybody else.

    :raises SourceFailed: when a source of users cannot say
    """
    # A plugin may be asked about a request that was never traversed.
    if request.get("PUBLISHED") is None or request.method not in _METHODS:
        return ""
    if _is_asking.get():
        return ""
    for _, guests in getUtilitiesFor(IGuests):
        guest = guests.find(site, request, now)
        if guest is not None and not _is_somebody(request):
            # A clone of the request has the same environment.
            request.environ[_GUEST] = guest
            return str(guest.guest_id)
    return ""


def guest_named(guest_id: str) -> Any:
    """The guest that makes the current request, if that is their id; or None."""
    guest = getattr(getRequest(), "environ", {}).get(_GUEST)
    return guest if guest is not None and guest.guest_id == guest_id else None


def current_guest() -> Any:
    """The guest in force, or None where it is anybody else."""
    user = getSecurityManager().getUser()
    return user if IGuest.providedBy(aq_base(user)) else None


def _is_somebody(request: Any) -> bool:
    """Whether anything in a request says who makes it."""
    if request._auth:
        return True
    token = _is_asking.set(True)
    try:
        folders = _user_folders(request["PARENTS"])
        return any(each._extractUserIds(request, each.plugins) for each in folders)
    finally:
        _is_asking.reset(token)


def _user_folders(parents: Iterable[Any]) -> list[Any]:
    folders = [
        parent.__allow_groups__
        for parent in parents
        if hasattr(aq_base(parent), "__allow_groups__")
    ]
    return [each for each in folders if IPluggableAuthService.providedBy(each)]


@adapter(IPubAfterTraversal)
def restrain_guest(event: IPubAfterTraversal) -> None:
    """Let a guest store nothing, and nobody keep what they see."""
    request, guest = event.request, current_guest()
    if guest is None:
        return
    note_credential(request, guest.credential_id)
    guard_against_writes(request)
    never_store(request)
    response = request.response
    response.setHeader("X-Robots-Tag", "noindex")
    response.setHeader("Referrer-Policy", "no-referrer")


# By its class, as the guards: then Zope calls it last, whoever else subscribes.
@adapter(PubBeforeCommit)
def drop_changes(event: PubBeforeCommit) -> None:
    """Throw away what Plone stores while it shows a page to a guest."""
    if current_guest() is not None:
        transaction.doom()
