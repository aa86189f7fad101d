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
        query = {"kind": registration.kind, "search": registration.host}
        #: The list of all that have come from there.
        self.others_url = f"{page.url()}?{urlencode(query)}"

    def __call__(self) -> str:
        html: str = self.template()
        return html
