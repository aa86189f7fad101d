"""The time zone of the site. The command line imports it before there is any Zope."""

FALLBACK = "UTC"


def site_timezone() -> str:
    """Name of the time zone that is set for the site."""
    # Asking for a token is to start in a moment, and these load half of Zope.
    from plone.registry.interfaces import IRegistry
    from zope.component import queryUtility

    registry = queryUtility(IRegistry)
    zone = None if registry is None else registry.get("plone.portal_timezone")
    return str(zone or FALLBACK)
