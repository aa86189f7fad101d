"""``@signed-links`` on an object: the links to it, and making one."""

from ..credentials.rest.base import CredentialService
from ..credentials.rest.body import json_object
from ..credentials.rest.interfaces import ICredentialService
from ..credentials.rest.query import Query
from ..credentials.rest.verbs import member_names
from ..credentials.rights import may_see
from ..resource_server.scopes import require_scope
from ..site.fields import check_known
from ..site.fields import given_in_json
from ..site.requester import Requester
from ..web.access import access_of
from .interfaces import ISignedLinkMaterial
from .interfaces import ISignedLinkOptions
from .kind import SIGNED_LINK
from .objects import uid_of
from .scopes import LINKS
from AccessControl import getSecurityManager
from functools import cached_property
from plone import api
from typing import Any
from zExceptions import NotFound
from zope.interface import implementer_only
from zope.publisher.interfaces import IPublishTraverse

import secrets


class ObjectLinks(CredentialService):
    """What the services on an object have in common."""

    kind = SIGNED_LINK

    def url(self, name: str) -> str:
        # A link stays where it is when the object moves.
        return f"{api.portal.get().absolute_url()}/{self.kind.endpoint}/{name}"


class ObjectLinksGet(ObjectLinks):
    """``GET @signed-links`` on an object: the links that the visitor may see."""

    def answer(self) -> dict[str, Any]:
        if self.params:
            raise NotFound()
        query = Query(self.request, ())
        store = self.site.storage[self.kind.name]
        links = [
            link
            for link in store.of_object(uid_of(self.context))
            if may_see(self.requester, link)
        ]
        links.sort(key=lambda link: link.issued_at, reverse=True)
        page, items = query.page(links)
        return {**page, "items": [self.document_of(each) for each in items]}


# Not closed to tokens: one with the scope may do this, and nothing else with links.
@implementer_only(ICredentialService, IPublishTraverse)
class ObjectLinksPost(ObjectLinks):
    """``POST @signed-links`` on an object: makes a link to it."""

    def answer(self) -> dict[str, Any]:
        if self.params:
            raise NotFound()
        members = json_object(self.request)
        names = set(member_names(ISignedLinkOptions, ISignedLinkMaterial))
        check_known(members, names - {"object"})
        options = given_in_json(ISignedLinkOptions, members)
        material = given_in_json(ISignedLinkMaterial, members)
        material["object"] = uid_of(self.context)
        issued = self.kind.issue(
            self.site,
            self.requester,
            options,
            self.now,
            idempotency_key=secrets.token_hex(),
            material=material,
        )
        return self.created(issued)

    @cached_property
    def requester(self) -> Requester:
        """Who makes the request; a program with the scope asks as its user does."""
        require_scope(self.request, LINKS)
        access = access_of(self.request)
        return Requester(
            getSecurityManager().getUser(),
            self.site,
            credential_id=access.credential_id if access else "",
        )
