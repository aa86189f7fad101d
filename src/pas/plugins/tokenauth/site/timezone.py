"""The time zone of the site. The command line imports it before there is any Zope."""

from plone.registry.interfaces import IRegistry
from zope.component import queryUtility


FALLBACK = "UTC"


def site_timezone() -> str:
    """Name of the time zone that is set for the site."""
    registry = queryUtility(IRegistry)
    zone = None if registry is None else registry.get("plone.portal_timezone")
    return str(zone or FALLBACK)
