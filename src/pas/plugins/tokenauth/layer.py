"""The browser layer: what is registered for it exists only where we are installed."""

from zope.publisher.interfaces.browser import IDefaultBrowserLayer


class ITokenAuthLayer(IDefaultBrowserLayer):
    """Marks requests to sites that have installed this package."""
