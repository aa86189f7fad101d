"""What the services have in common."""

from ...site.errors import InvalidInput
from ...site.errors import NotAllowed
from ...site.view import SiteView
from ...storage.interfaces import ICredential
from ...web.access import access_of
from ...web.csrf import check_not_forged
from ...web.interfaces import IAboutOwnToken
from ...web.interfaces import IClosedToTokens
from ...web.response import never_store
from ..interfaces import ICredentialKind
from ..interfaces import IIssued
from ..rights import require_any_right
from ..serializers import serialize_credential
from ..service import credential_of
from .errors import Refusal
from .errors import serialize_error
from .errors import status_of
from .errors import UnreadableBody
from .interfaces import IAction
from .interfaces import ICredentialService
from plone import api
from plone.restapi.services import Service
from typing import Any
from urllib.parse import quote
from zExceptions import NotFound
from zExceptions import Unauthorized
from zope.component import getAdapters
from zope.component import queryMultiAdapter
from zope.i18n import translate
from zope.interface import alsoProvides
from zope.interface import implementer
from zope.interface import noLongerProvides
from zope.publisher.interfaces import IPublishTraverse

import transaction


#: Where a token finds the credential that it belongs to.
SELF = "self"


@implementer(ICredentialService, IPublishTraverse, IClosedToTokens)
class CredentialService(SiteView, Service):
    """A service for one verb; the path after the endpoint is in `params`.

    A subclass says what to `answer`; the directive of a kind makes one for its `kind`.
    """

    kind: ICredentialKind
    #: Whether a token may ask this about itself, at the path ``self``.
    is_for_holders = False

    def __init__(self, context: Any, request: Any) -> None:
        super().__init__(context, request)
        self.params: list[str] = []

    def publishTraverse(self, request: Any, name: str) -> "CredentialService":
        self.params.append(name)
        if self.is_for_holders and self.params == [SELF]:
            alsoProvides(self, IAboutOwnToken)
        else:
            noLongerProvides(self, IAboutOwnToken)
        return self

    def reply(self) -> Any:
        never_store(self.request)
        try:
            if IAboutOwnToken.providedBy(self):
                return self.answer_holder(self._held())
            self._check_right()
            self.protect()
            return self.answer()
        except (NotAllowed, InvalidInput, UnreadableBody) as error:
            return self._refuse(error)

    def protect(self) -> None:
        """Refuse a request that a foreign web page has sent, if it could do harm."""
        if self.request.method != "GET":
            check_not_forged(self.request)

    def require_right(self) -> None:
        """Refuse who may do nothing here at all.

        :raises NotAllowed: with the reason
        """
        require_any_right(self.requester, self.kind)

    def answer(self) -> Any:
        """What the body of the answer says.

        :raises NotAllowed: when the requester may not do this
        :raises InvalidInput: when a value cannot be used
        :raises UnreadableBody: when the body cannot be used
        :raises NotFound: when there is nothing at this path
        """
        raise NotImplementedError

    def answer_holder(self, credential: ICredential) -> Any:
        """What the body says to a token that asks about itself.

        :param credential: that of the token, which is of the kind
        :raises NotFound: where this is nothing for a token of it
        """
        raise NotFound()

    def url_of(self, credential: ICredential) -> str:
        """The URL of a credential."""
        return self.url(quote(credential.credential_id, safe=""))

    def url(self, name: str) -> str:
        """The URL of what has a name below the endpoint."""
        return f"{self.context.absolute_url()}/{self.kind.endpoint}/{name}"

    def document_of(self, credential: ICredential) -> dict[str, Any]:
        """A credential with its URL, and those of what there is below it."""
        url = self.url_of(credential)
        document = serialize_credential(self.site, credential, self.now)
        links = {action: f"{url}/{action}" for action in self._actions(credential)}
        return {"@id": url, **document, "links": links}

    def find(self, credential_id: str) -> ICredential:
        """The credential of that id, if the visitor may see it.

        :raises NotYours: when they may not, or it is of another kind
        """
        return credential_of(self.site, self.requester, credential_id, self.kind)

    def act(self, credential_id: str, action: str) -> Any:
        """What is at the path below a credential.

        :raises NotFound: when there is no such action for its like
        """
        credential = self.find(credential_id)
        name = f"{self.request.method} {action}"
        found = queryMultiAdapter((credential, self), IAction, name)
        if found is None:
            raise NotFound()
        return found()

    def issued_document(self, issued: IIssued) -> dict[str, Any]:
        """The same of one that got a fresh secret, with the only copy of it."""
        return {**self.document_of(issued.credential), **issued.members}

    def created(self, issued: IIssued) -> dict[str, Any]:
        """The same, as the answer to who has it issued."""
        self.request.response.setStatus(201)
        self.request.response.setHeader("Location", self.url_of(issued.credential))
        return self.issued_document(issued)

    def _actions(self, credential: ICredential) -> list[str]:
        """The last parts of the paths below a credential, whatever the method."""
        found = getAdapters((credential, self), IAction)
        return sorted({name.partition(" ")[2] for name, _ in found})

    def _held(self) -> ICredential:
        """The credential of the token that makes the request.

        :raises NotFound: when it is of another kind, or a person makes it
        """
        self._check_known()
        access = access_of(self.request)
        held = access and self.site.storage.credential(access.credential_id)
        if not held or held.kind != self.kind.name:
            raise NotFound()
        return held

    def _check_known(self) -> None:
        if api.user.is_anonymous():
            raise Unauthorized("You are not authorized to access this resource.")

    def _check_right(self) -> None:
        self._check_known()
        try:
            self.require_right()
        except NotAllowed as reason:
            # plone.restapi asks people who lack the permission for a service to log in.
            if type(reason) is NotAllowed:
                message = translate(reason.args[0], context=self.request)
                raise Unauthorized(message) from None
            raise

    def _refuse(self, error: Refusal) -> dict[str, Any]:
        # A normal answer would commit what was done before the error.
        transaction.doom()
        self.request.response.setStatus(status_of(error))
        return serialize_error(error, self.request)
