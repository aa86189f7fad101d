"""What the methods do, whatever the kind of the credentials."""

from ...i18n import _
from ...site.errors import InvalidInput
from ...site.fields import check_known
from ...site.fields import fields_of
from ...site.fields import given_in_json
from ...site.fields import is_string
from ...site.fields import member_of
from ...storage.interfaces import ICredential
from ..search import Criteria
from ..search import find_credentials
from ..search import find_own_credentials
from ..search import Found
from ..search import SORT_ORDERS
from ..search import STATES
from ..service import change_credential
from ..service import check_changeable
from ..service import revoke_by_holder
from ..service import revoke_credentials
from .base import CredentialService
from .base import SELF
from .body import json_object
from .query import Query
from typing import Any
from zExceptions import NotFound
from zope.interface.interface import InterfaceClass

import secrets


#: Whose credentials are listed.
WHOSE = ("own", "all")
_FILTERS = ("search", "state", "owner", "scope", "ended")
_BOOLEANS = ("true", "false")
_PARAMETERS = ("whose", "sort_on", "sort_order", *_FILTERS)


class CredentialsGet(CredentialService):
    """``GET``, ``GET …/{id}`` and what there is below; ``GET …/self`` for a token."""

    is_for_holders = True

    def answer_holder(self, credential: ICredential) -> Any:
        return {**self.document_of(credential), "@id": self.url(SELF)}

    def answer(self) -> Any:
        match self.params:
            case []:
                return self._list()
            case [credential_id]:
                return self.document_of(self.find(credential_id))
            case [credential_id, action]:
                return self.act(credential_id, action)
        raise NotFound()

    def _list(self) -> dict[str, Any]:
        query = Query(self.request, _PARAMETERS)
        page, items = query.page(self._found(query))
        return {**page, "items": [self.document_of(each) for each in items]}

    def _found(self, query: Query) -> Found:
        criteria = Criteria(
            kind=self.kind,
            text=query.text("search"),
            state=query.choice("state", STATES),
            owner=query.text("owner"),
            scope=query.text("scope"),
            with_ended=query.choice("ended", _BOOLEANS) == "true",
        )
        by = query.choice("sort_on", SORT_ORDERS)
        order = query.choice("sort_order", ("ascending", "descending"))
        # The newest first, unless an order is asked for.
        descending = order == "descending" or not (by or order)
        how = (self.now, criteria, by or "issued", descending)
        preset = "all" if self.kind.belongs_to_site else "own"
        if query.choice("whose", WHOSE, preset) == "all":
            return find_credentials(self.site, self.requester, *how)
        if criteria.owner:
            raise InvalidInput("owner", _("This needs the parameter whose=all."))
        return find_own_credentials(self.site, self.requester, self.kind, *how)


class CredentialsPost(CredentialService):
    """``POST``, and what there is below ``…/{id}``."""

    def answer(self) -> Any:
        match self.params:
            case []:
                return self._issue()
            case [credential_id, action]:
                return self.act(credential_id, action)
        raise NotFound()

    def _issue(self) -> dict[str, Any]:
        kind = self.kind
        members = json_object(self.request)
        schemas = (kind.options, kind.material)
        names = member_names(*schemas)
        check_known(members, names if kind.belongs_to_site else ["owner", *names])
        owner = members.get("owner", "")
        if not is_string(owner):
            owner = InvalidInput("owner", _("This must be a string."))
        options, material = (given_in_json(schema, members) for schema in schemas)
        issued = kind.issue(
            self.site,
            self.requester,
            options,
            self.now,
            idempotency_key=secrets.token_hex(),
            material=material,
            owner=owner,
        )
        return self.created(issued)


class CredentialsPatch(CredentialService):
    """``PATCH …/{id}``: change some options of a credential."""

    def answer(self) -> Any:
        match self.params:
            case [credential_id]:
                return self._change(self.find(credential_id))
        raise NotFound()

    def _change(self, credential: ICredential) -> Any:
        check_changeable(credential)
        members = json_object(self.request)
        check_known(members, member_names(self.kind.options))
        options = given_in_json(self.kind.options, members)
        change_credential(self.site, self.requester, credential, options, self.now)
        if self.request.getHeader("Prefer") == "return=representation":
            return self.document_of(credential)
        return self.reply_no_content()


class CredentialsDelete(CredentialService):
    """``DELETE …/{id}``; the credential stays visible as revoked.

    ``?with_made=true`` revokes also what programs had issued with it. ``DELETE …/self``
    is for a token that is the credential itself.
    """

    is_for_holders = True

    def answer_holder(self, credential: ICredential) -> Any:
        if not self.kind.is_bearer:
            raise NotFound()
        self.protect()
        revoke_by_holder(self.site, credential, self.now, self._with_made)
        return self.reply_no_content()

    def answer(self) -> Any:
        match self.params:
            case [credential_id]:
                return self._revoke(credential_id)
        raise NotFound()

    def _revoke(self, credential_id: str) -> Any:
        revoke_credentials(
            self.site,
            self.requester,
            [credential_id],
            self.now,
            self.kind,
            self._with_made,
        )
        return self.reply_no_content()

    @property
    def _with_made(self) -> bool:
        query = Query(self.request, ("with_made",))
        return query.choice("with_made", _BOOLEANS) == "true"


def member_names(*schemas: InterfaceClass) -> list[str]:
    """What the fields of these schemas are called in JSON."""
    fields = [field for schema in schemas for field in fields_of(schema).values()]
    return [member_of(field) for field in fields]
