"""Contracts of requests: markers, and schemes of the Authorization header."""

from zope.interface import Attribute
from zope.interface import Interface


class IClosedToTokens(Interface):
    """Marks what is closed to requests with a token, with all below it.

    Add-ons with a log-in view of their own declare it for the view's class.
    """


class IOpenToEveryToken(Interface):
    """Marks a view that a token reaches which has no scope for the site.

    It tells a program about the token or its user, as UserInfo does (OpenID Connect
    Core section 5.3), and nothing of the site.
    """


class IAboutOwnToken(IOpenToEveryToken):
    """Marks a view by which a token asks about itself, or ends itself.

    It is open to that token, which nothing of what it stores concerns.
    """


class IAuthorizationScheme(Interface):
    """A scheme by which tokens arrive in a request (RFC 9110 section 11.1).

    A utility named by the scheme, in lower case.
    """

    is_sent_by_browsers = Attribute(
        "Whether browsers send it by themselves, also to a page that has tricked them"
    )

    def read(authorization):
        """The token of ours that a header carries by this scheme, as PresentedToken.

        None where there is none; AccessRefused where there is a damaged one, or another
        scheme before it. What it does not find, plugins of others see.
        """

    def authenticate(site, request, presented, now):
        """What a presented token authorizes, as Access.

        Raises AccessRefused with the reason why not.
        """


class IRequestPreparation(Interface):
    """Prepares requests for a view before Zope reads them: a utility with its name.

    web.isolation.isolate for programs, web.frontchannel.prepare for browsers.
    """

    def __call__(request):
        """Set aside what the view reads itself, and keep it from Zope."""
