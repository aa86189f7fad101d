"""Where the CAS server is."""

from ..site.context import SiteContext


#: The view below which everything is.
VIEW = "cas"
#: The view to which people come back from the log-in of the site. Plone knows the name
#: `login` for its own and sends nobody back to a URL with it.
RESUME_VIEW = "cas-resume"


def server_url(site: SiteContext) -> str:
    """What clients are configured with; empty while the site does not know its URL."""
    return site.page_url(VIEW)
