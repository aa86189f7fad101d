"""The way to Plone's own log-in, and back.

Log-in is the site's: its theme, its sources of users, its add-ons. All of them bring a
person back to `came_from` if that is a page of the site with a name that they know.
"""

from ..core.redirects import with_parameters
from ..site.context import SiteContext


#: The only parameter of a view that goes on with a request that waits.
PENDING = "pending"


def resume_url(site: SiteContext, view: str, sealed: str) -> str:
    """The URL of a view that goes on with a request that waits.

    :param view: its name
    :param sealed: the request, see :mod:`.pending`
    """
    return with_parameters(site.page_url(view), [(PENDING, sealed)])


def log_in_url(site: SiteContext, came_from: str) -> str:
    """Where a person logs in and comes back from.

    :param came_from: a URL of this site
    """
    login = f"{site.pages_url}/login"
    return with_parameters(login, [("came_from", came_from)])
