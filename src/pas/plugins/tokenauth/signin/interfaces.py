"""Contracts between sign-in and the protocols by which other sites log people in.

A protocol uses what is here, and nothing else of sessions.
"""

from ..events import ITokenAuthEvent
from zope.interface import Attribute
from zope.interface import Interface


class INeedsSessions(Interface):
    """Says whether something needs sessions to be kept: a named utility of a protocol.

    No session is kept, and so nothing is written at log-in, while nothing needs any.
    """

    def __call__(site):
        """Whether the site uses the protocol.

        :param site: ISiteContext
        """


class ISignInSessions(Interface):
    """The sessions of people in their browsers: an adapter of ISiteContext.

    Plone knows the person by a cookie of its own. This is a record beside it: when and
    how they have logged in, and which other sites take part and hear when it ends. See
    storage.interfaces.ISession.
    """

    is_needed = Attribute("Whether sessions are kept at all, see INeedsSessions")

    def current(request, user_id, now):
        """The session of a browser, if it is that of this user; or None.

        :param request: of the browser
        :param user_id: who is logged in there; None for the session of whoever was
        :param now: seconds since the epoch
        """

    def ensure(request, user_id, now):
        """The session of a browser; made where there is none yet, without a log-in.

        Its cookie goes with the answer to the request. A GET request may store it. The
        session of another user that was left in this browser ends.
        """

    def log_in_again(request):
        """Take away from the browser by what Plone knows the person.

        The session stays: who logs in as the same user goes on with it, and has another
        `auth_time`. So a protocol that wants a log-in to happen (OpenID Connect's
        `prompt=login`, `renew` of CAS) notes the time, calls this, sends the browser to
        `signin.roundtrip.log_in_url` with a request that waits, and compares when the
        browser is back: only `auth_time` tells, since Plone takes a wrong password for
        a log-in where somebody is logged in.
        """

    def end(request, now):
        """End the session of a browser, if there is one, whosever it is.

        Plone's log-out does it by itself. A GET request may store it.
        """

    def end_all(user_id, now):
        """End the sessions of a user in every browser, and count them."""


class ILoginProof(Interface):
    """Knows by what a person proves who they are: a named adapter of ISiteContext.

    Plone says that somebody has logged in; asked is then whether that is true of this
    very request. For what logs people in in ways of its own, such as by single sign-on
    or with a second factor. It must not rely on a cookie of a session.
    """

    def __call__(request, user_id):
        """How the request proves who the user is, as a tuple of names of RFC 8176.

        The tuple may be empty. None if it proves nothing.
        """


class ISessionEndedEvent(Interface):
    """The session of a person in a browser has ended: other sites should know.

    Raised in the transaction that ends it: by a log-out, when somebody else logs in in
    the same browser, and when the user is gone for good.
    """

    site = Attribute("ISiteContext")
    session = Attribute("ISession, with its members")


class ISignedOutEvent(ITokenAuthEvent):
    """A person was signed out everywhere; see ISessionEndedEvent for each session."""

    user_id = Attribute("Who")
    requester = Attribute("Who did it, as the records name them")
    sessions = Attribute("How many sessions have ended")
    ends_log_in = Attribute("Whether Plone's own log-in has ended in every browser")
    ends_jwts = Attribute("Whether the tokens of plone.restapi have ended, all of them")
