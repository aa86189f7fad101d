"""What is done at paths below a credential, whatever its kind."""

from ...storage.interfaces import ICredential
from ..disabling import disable_credentials
from ..disabling import enable_credentials
from .interfaces import IAction
from .interfaces import ICredentialService
from typing import Any
from zope.component import adapter
from zope.interface import implementer


@implementer(IAction)
@adapter(ICredential, ICredentialService)
class Action:
    """See IAction."""

    def __init__(self, credential: Any, service: Any) -> None:
        self.credential = credential
        self.service = service

    def __call__(self) -> dict[str, Any]:
        raise NotImplementedError


class DisablePost(Action):
    """``POST …/{id}/disable``."""

    def __call__(self) -> dict[str, Any]:
        service = self.service
        ids = [self.credential.credential_id]
        disable_credentials(service.site, service.requester, ids, service.now)
        document: dict[str, Any] = service.document_of(self.credential)
        return document


class EnablePost(Action):
    """``POST …/{id}/enable``."""

    def __call__(self) -> dict[str, Any]:
        service = self.service
        ids = [self.credential.credential_id]
        enable_credentials(service.site, service.requester, ids)
        document: dict[str, Any] = service.document_of(self.credential)
        return document
