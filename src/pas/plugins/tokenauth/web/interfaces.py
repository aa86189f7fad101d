"""Markers that other packages may declare."""

from zope.interface import Interface


class IClosedToTokens(Interface):
    """Marks what is closed to requests with a token, with all below it.

    Add-ons with a log-in view of their own declare it for the view's class.
    """
