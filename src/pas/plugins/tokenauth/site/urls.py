"""By which URL a request reached the site: what is proposed, compared and linked to."""

from .context import SiteContext
from typing import Any


#: Where plone.rest answers programs, at the root of a site.
API = "++api++"


def reached_url(portal: Any, request: Any) -> str:
    """The URL of a site, as the client of a request has it.

    `absolute_url` leaves out that a proxy may publish nothing but the API: with
    ``/VirtualHostBase/…/Plone/++api++/VirtualHostRoot`` every URL of the site begins
    with ``++api++``.
    """
    # The portal at hand need not know the request.
    url: str = request.physicalPathToURL(portal.getPhysicalPath())
    return f"{url}/{API}" if _came_by_api(request) else url


def is_below_pages_url(site: SiteContext, request: Any) -> bool:
    """Whether a request came in below the URL of the pages, with the cookies there."""
    return reached_url(site.portal, request) == site.pages_url


def without_api(url: str) -> str:
    """A URL of a site without the name of the API at its end."""
    return url.removesuffix(f"/{API}")


def _came_by_api(request: Any) -> bool:
    hidden, root, shown = request.environ.get("PATH_INFO", "").partition(_ROOT)
    steps = (shown if root else hidden).split("/")
    if root and API in hidden.split("/"):
        # Where the proxy gives the API a name of its own, the URL of the site has that.
        return not steps[0].startswith("_vh_")
    return API in steps


_ROOT = "/VirtualHostRoot/"
