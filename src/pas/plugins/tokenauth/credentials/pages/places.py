"""Where credentials are managed: by who owns them, or by administrators."""

from ...site.context import SiteContext
from ...site.errors import NoIssuer
from ...site.errors import NotAllowed
from ...site.errors import NotASiteUser
from ...site.requester import Requester
from ...storage.interfaces import ICredential
from ..errors import TooManyCredentials
from ..interfaces import ICredentialKind
from ..service import own_credential
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any
from zope.component import getUtilitiesFor
from zope.interface import Attribute
from zope.interface import implementer
from zope.interface import Interface


class IPlace(Interface):
    """A list of credentials and the pages below it.

    A named utility; the names of the pages begin with its name.
    """

    prefix = Attribute("Its name")
    kind = Attribute("ICredentialKind of all that are managed here; None for any")
    list_title = Attribute("What the list is called")
    back_label = Attribute("What a link to the list says")
    explained_in_list = Attribute("Classes of refusals that the list explains anyway")
    frame = Attribute("Template with the macro that a page fills in")

    def find(site, requester, credential_id):
        """The credential of that id, or NotAllowed is raised."""

    def check_may_issue(site, requester, context):
        """Refuse to issue one there, whatever may be issued elsewhere.

        :raises NotAllowed: or InvalidInput, with the reason
        """

    def settled(context):
        """What is not asked for a new one there: values by name of field."""

    def proposed(context):
        """What a form for a new one begins with there: values by name of field."""


class AnyContext:
    """What a place says about new credentials where the context decides nothing."""

    def check_may_issue(
        self, site: SiteContext, requester: Requester, context: Any
    ) -> None:
        pass

    def settled(self, context: Any) -> dict[str, Any]:
        return {}

    def proposed(self, context: Any) -> dict[str, Any]:
        return {}


@implementer(IPlace)
class OwnPlace(AnyContext):
    """The pages for one's own credentials of a kind."""

    explained_in_list: tuple[type[NotAllowed], ...] = (
        NoIssuer,
        NotASiteUser,
        TooManyCredentials,
    )
    frame = ViewPageTemplateFile("templates/page.pt")

    def __init__(self, kind: ICredentialKind) -> None:
        self.kind = kind
        self.prefix = kind.page
        self.list_title = kind.texts.list_title
        self.back_label = kind.texts.back_label

    def find(
        self, site: SiteContext, requester: Requester, credential_id: str
    ) -> ICredential:
        return own_credential(site, requester, credential_id, self.kind)


def place_of(page: str) -> IPlace:
    """The place that a page of this name belongs to."""
    found = dict(getUtilitiesFor(IPlace))
    fitting = [name for name in found if f"{page}-".startswith(f"{name}-")]
    return found[max(fitting, key=len)]
