"""What views and services of a site ask: which site, who asks, and when."""

from ..core.clock import now
from .context import SiteContext
from .lookup import current_requester
from .lookup import site_at
from .requester import Requester
from functools import cached_property
from plone import api
from typing import Any
from zExceptions import NotFound


class SiteView:
    """Mixed into a view or a service, which has a request."""

    request: Any

    @cached_property
    def site(self) -> SiteContext:
        """The context of the site.

        :raises NotFound: where the add-on is not installed
        """
        site = site_at(api.portal.get())
        if site is None:
            raise NotFound()
        return site

    @cached_property
    def requester(self) -> Requester:
        """Who makes the request."""
        return current_requester(self.site, self.request)

    @cached_property
    def now(self) -> float:
        """The one time at which this request happens."""
        return now()
