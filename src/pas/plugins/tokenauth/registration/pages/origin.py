"""Where a self-registered application comes from, below the form about it."""

from ...credentials.pages.details import Details
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from urllib.parse import urlencode


class Origin(Details):
    """See IDetails."""

    template = ViewPageTemplateFile("templates/origin.pt")

    def url_of_all(self, host: str) -> str:
        """URL of the list of all that have come from a host."""
        query = {"kind": self.context.kind, "search": host}
        return f"{self.page.url()}?{urlencode(query)}"
