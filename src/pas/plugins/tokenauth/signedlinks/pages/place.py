"""The pages on an object from which it is shared by link."""

from ...credentials.pages.places import OwnPlace
from ...credentials.service import credential_of
from ...site.context import SiteContext
from ...site.requester import Requester
from ...storage.interfaces import ICredential
from ..kind import SIGNED_LINK


class ObjectPlace(OwnPlace):
    """See IPlace. Administrators see here what others share."""

    def __init__(self) -> None:
        super().__init__(SIGNED_LINK)
        self.prefix = "share-by-link"
        self.list_title = SIGNED_LINK.texts.issue_title

    def find(
        self, site: SiteContext, requester: Requester, credential_id: str
    ) -> ICredential:
        return credential_of(site, requester, credential_id, self.kind)


OBJECT_PLACE = ObjectPlace()
