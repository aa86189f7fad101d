"""Where a self-registered application comes from, below the form about it."""

from ...site.view import SiteView
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any
from urllib.parse import urlencode
from zope.publisher.browser import BrowserView


class Origin(SiteView, BrowserView):
    """See IDetails."""

    template = ViewPageTemplateFile("templates/origin.pt")

    def __init__(self, registration: Any, page: Any) -> None:
        super().__init__(registration, page.request)
        self._page = page

    def url_of_all(self, host: str) -> str:
        """URL of the list of all that have come from a host."""
        query = {"kind": self.context.kind, "search": host}
        return f"{self._page.url()}?{urlencode(query)}"

    def __call__(self) -> str:
        html: str = self.template()
        return html
