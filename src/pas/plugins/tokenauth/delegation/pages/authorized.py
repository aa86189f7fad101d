"""How many people have let an application act for them, below the form about it."""

from ...credentials.pages.details import Details
from ...permissions import MANAGE_ALL_SERVICE_KEYS
from ..kind import AUTHORIZATION
from ..service import authorizations_of
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from urllib.parse import urlencode


class Authorized(Details):
    """See IDetails."""

    template = ViewPageTemplateFile("templates/authorized.pt")

    def __call__(self) -> str:
        may_see = self.page.requester.may(MANAGE_ALL_SERVICE_KEYS)
        return super().__call__() if may_see else ""

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
