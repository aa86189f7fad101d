"""Markers that other packages may declare."""

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
