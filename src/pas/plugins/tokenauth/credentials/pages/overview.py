"""The list of the user's own credentials of one kind."""

from ...site.errors import NoIssuer
from ...site.errors import NotAllowed
from ...site.errors import NotASiteUser
from ...site.settings import may_change_audiences
from ...storage.interfaces import ICredential
from ..service import own_credentials
from .base import OwnCredentialsView
from .table import CredentialTable
from functools import cached_property
from plone import api
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile


class CredentialsOverview(OwnCredentialsView, CredentialTable):
    """The list. A subclass says of which kind, and what a newcomer is told."""

    template = ViewPageTemplateFile("templates/overview.pt")

    #: What stands below the title.
    description: str
    #: What these credentials are good for, for a user who has none.
    introduction: str
    #: What the link to the form for another one says.
    issue_label: str

    def check_may_issue(self) -> None:
        """Refuse a visitor who cannot issue another one now.

        :raises NotAllowed: with the reason
        """
        raise NotImplementedError

    def show(self) -> str:
        return self.template()

    def credentials(self) -> list[ICredential]:
        try:
            return own_credentials(self.site, self.requester, self.kind)
        except NotASiteUser:
            return []

    @cached_property
    def obstacle(self) -> NotAllowed | None:
        """Why the user cannot issue another one now, or None."""
        try:
            self.check_may_issue()
        except NotAllowed as reason:
            return reason
        return None

    @property
    def lacks_issuer(self) -> bool:
        """Whether setting the issuer helps."""
        return isinstance(self.obstacle, NoIssuer)

    @property
    def settings_url(self) -> str:
        """Where this user can set the issuer; empty for users who cannot."""
        if not may_change_audiences(self.requester):
            return ""
        return f"{api.portal.get().absolute_url()}/@@tokenauth-controlpanel-settings"
