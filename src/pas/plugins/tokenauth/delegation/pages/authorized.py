"""How many people have let an application act for them, below the form about it."""

from ...permissions import MANAGE_ALL_SERVICE_KEYS
from ..kind import AUTHORIZATION
from ..service import authorizations_of
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any
from urllib.parse import urlencode
from zope.publisher.browser import BrowserView


class Authorized(BrowserView):
    """See IDetails."""

    template = ViewPageTemplateFile("templates/authorized.pt")

    def __init__(self, application: Any, page: Any) -> None:
        super().__init__(application, page.request)
        self.page = page

    def __call__(self) -> str:
        if not self.page.requester.may(MANAGE_ALL_SERVICE_KEYS):
            return ""
        html: str = self.template()
        return html

    @property
    def number(self) -> int:
        """How many authorizations there are."""
        page, client_id = self.page, self.context.client_id
        return len(authorizations_of(page.site, page.requester, client_id, page.now))

    @property
    def list_url(self) -> str:
        """Where they are listed."""
        query = {"kind": AUTHORIZATION.name, "search": self.context.client_id}
        return f"{self.page.url()}?{urlencode(query)}"
