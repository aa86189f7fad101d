"""What is done at paths below a credential, whatever its kind."""

from ...i18n import _
from ...site.errors import InvalidInput
from ...site.fields import check_known
from ...site.fields import given_in_json
from ...site.fields import is_string
from ...storage.interfaces import ICredential
from ..disabling import disable_credentials
from ..disabling import enable_credentials
from ..rotation import DEFAULT_OVERLAP
from ..rotation import end_secret
from ..transfer import transfer_credential
from .base import CredentialService
from .body import json_object
from .body import string_member
from .interfaces import IAction
from .interfaces import ICredentialService
from .verbs import member_names
from typing import Any
from zope.component import adapter
from zope.interface import implementer


@implementer(IAction)
@adapter(ICredential, ICredentialService)
class Action:
    """See IAction."""

    def __init__(self, credential: Any, service: CredentialService) -> None:
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
        return service.document_of(self.credential)


class EnablePost(Action):
    """``POST …/{id}/enable``."""

    def __call__(self) -> dict[str, Any]:
        service = self.service
        ids = [self.credential.credential_id]
        enable_credentials(service.site, service.requester, ids)
        return service.document_of(self.credential)


class RotatePost(Action):
    """``POST …/{id}/rotate``, where the kind has secrets that can be replaced."""

    def __call__(self) -> dict[str, Any]:
        service = self.service
        kind = service.kind
        rotation = kind.rotation_of(self.credential)
        members = json_object(service.request)
        check_known(members, (*member_names(rotation), "overlap", "expires"))
        issued = kind.rotate(
            service.site,
            service.requester,
            self.credential,
            service.now,
            _seconds("overlap", members.get("overlap", DEFAULT_OVERLAP)),
            material=given_in_json(rotation, members),
            options=given_in_json(kind.options, members),
        )
        return service.issued_document(issued)


class EndSecretPost(Action):
    """``POST …/{id}/end-secret``: the body names its `kid`."""

    def __call__(self) -> dict[str, Any]:
        service = self.service
        kid = string_member(service.request, "kid")
        end_secret(service.requester, self.credential, kid, service.now)
        return service.document_of(self.credential)


@implementer(IAction)
@adapter(ICredential, ICredentialService)
def rotate_post(credential: Any, service: Any) -> RotatePost | None:
    """The action, for what has something to rotate."""
    can_rotate = service.kind.rotation_of(credential) is not None
    return RotatePost(credential, service) if can_rotate else None


@implementer(IAction)
@adapter(ICredential, ICredentialService)
def end_secret_post(credential: Any, service: Any) -> EndSecretPost | None:
    """The action, for kinds that have secrets."""
    has_secrets = bool(service.kind.secret_fields)
    return EndSecretPost(credential, service) if has_secrets else None


class TransferPost(Action):
    """``POST …/{id}/transfer``: the body names the user who will own it."""

    def __call__(self) -> dict[str, Any]:
        service = self.service
        members = json_object(service.request)
        check_known(members, ("owner",))
        owner = members.get("owner")
        if not is_string(owner):
            owner = InvalidInput("owner", _("This must be a string."))
        transfer_credential(
            service.site, service.requester, self.credential, owner, service.now
        )
        return service.document_of(self.credential)


def _seconds(name: str, value: Any) -> float | InvalidInput:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return InvalidInput(name, _("This must be a number of seconds."))
    return value
