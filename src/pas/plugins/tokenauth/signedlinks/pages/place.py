"""The pages on an object from which it is shared by link."""

from ...credentials.pages.places import OwnPlace
from ...credentials.service import credential_of
from ...site.context import SiteContext
from ...site.requester import Requester
from ...storage.interfaces import ICredential
from ..kind import checked_object
from ..kind import SIGNED_LINK
from ..objects import has_file
from ..objects import uid_of
from ..objects import usual_action
from ..objects import VIEW
from typing import Any


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

    def check_may_issue(
        self, site: SiteContext, requester: Requester, context: Any
    ) -> None:
        checked_object(site, requester.user_id, uid_of(context))

    def settled(self, context: Any) -> dict[str, Any]:
        fixed = {"object": uid_of(context)}
        return fixed if has_file(context) else {**fixed, "action": VIEW}

    def proposed(self, context: Any) -> dict[str, Any]:
        return {"action": usual_action(context)}


OBJECT_PLACE = ObjectPlace()
