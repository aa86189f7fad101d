"""What views and services of a site ask: which server, who asks, and when."""

from ..core.clock import now
from .context import AuthorizationServer
from .lookup import current_actor
from .lookup import server_at
from .requester import Actor
from functools import cached_property
from plone import api
from typing import Any
from zExceptions import NotFound


class ServerView:
    """Mixed into a view or a service, which has a request."""

    request: Any

    @cached_property
    def server(self) -> AuthorizationServer:
        """The authorization server of the site.

        :raises NotFound: where the add-on is not installed
        """
        server = server_at(api.portal.get())
        if server is None:
            raise NotFound()
        return server

    @cached_property
    def actor(self) -> Actor:
        """Who makes the request."""
        return current_actor(self.server, self.request)

    @cached_property
    def now(self) -> float:
        """The one time at which this request happens."""
        return now()
