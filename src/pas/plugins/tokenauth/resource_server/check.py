"""The check endpoint, by which a proxy protects what is not Plone."""

from ..core.scopes import format_scope
from ..web.access import access_of
from ..web.response import never_store
from .challenge import challenge
from .challenge import metadata_url
from AccessControl import getSecurityManager
from Products.Five.browser import BrowserView
from urllib.parse import quote


class CheckView(BrowserView):
    """``@@tokenauth-check``: says who makes a request, and nothing else.

    For `auth_request` of nginx and the like: 204 for somebody, 401 for nobody, 403 for
    somebody without the scope or the group that the query asks for.
    """

    def __call__(self) -> str:
        never_store(self.request)
        self.request.response.setStatus(self._status())
        return ""

    def _status(self) -> int:
        user, access = getSecurityManager().getUser(), access_of(self.request)
        response = self.request.response
        user_id = user.getId()
        if user_id is None:
            value = challenge(resource_metadata=metadata_url(self.request))
            response.setHeader("WWW-Authenticate", value)
            return 401
        scope, group = (self.request.form.get(name, "") for name in ("scope", "group"))
        # What is sent twice is a list.
        if not isinstance(scope, str) or not isinstance(group, str):
            return 403
        # A person is not limited by scopes.
        if scope and access is not None and scope not in access.scopes:
            return 403
        if group and group not in user.getGroups():
            return 403
        # A header takes ASCII only.
        response.setHeader("X-Plone-User", quote(user_id, safe="@+ "))
        if access is not None:
            response.setHeader("X-Plone-Scopes", format_scope(access.scopes))
        return 204
