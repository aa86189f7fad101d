"""Sharing an object by link: the links that lead to it, and a form for a new one."""

from ...credentials.interfaces import ICredentialKind
from ...credentials.pages.table import CredentialTable
from ...credentials.rights import may_see
from ...credentials.search import Criteria
from ...credentials.search import Found
from ...site.errors import InvalidInput
from ...site.errors import NotAllowed
from ..kind import checked_object
from ..kind import SIGNED_LINK
from ..objects import uid_of
from functools import cached_property
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any


class ShareByLink(CredentialTable):
    """``@@share-by-link``: the links to the object that the visitor may see."""

    template = ViewPageTemplateFile("templates/share.pt")
    kind: ICredentialKind = SIGNED_LINK
    shows_owner = True

    def show(self) -> str:
        return self.template()

    def find_credentials(self, criteria: Criteria, *order: Any) -> Found:
        store = self.site.storage[self.kind.name]
        seen = {
            number
            for number in store.numbers_of(uid_of(self.context))
            if may_see(self.requester, store.numbered(number))
        }
        return Found([(store, seen)], *order)

    @cached_property
    def obstacle(self) -> str:
        """Why the visitor cannot make a link now, or an empty string."""
        site, requester = self.site, self.requester
        try:
            self.kind.check_may_issue(site, requester, self.now)
            checked_object(site, requester.user_id, uid_of(self.context))
        except NotAllowed as reason:
            return str(reason.args[0])
        except InvalidInput as problem:
            return problem.message
        return ""
