"""What the endpoint ``@authorizations`` has besides what every kind has."""

from ..credentials.rest.actions import Action
from ..credentials.rest.base import CredentialService
from ..credentials.rest.body import json_object
from ..credentials.rest.body import string_member
from ..i18n import _
from ..signin.signout import sign_out_everywhere
from ..site.errors import InvalidInput
from ..site.fields import check_known
from ..site.fields import is_string
from .families import live_families
from .kind import AUTHORIZATION
from .service import end_device
from .service import revoke_authorizations_of
from .service import serialize_device
from typing import Any
from zExceptions import NotFound


class DevicesGet(Action):
    """``GET @authorizations/{id}/devices``: where the application is signed in."""

    def __call__(self) -> dict[str, Any]:
        service = self.service
        found = live_families(service.site, self.credential, service.now)
        return {"items": [serialize_device(service.site, each) for each in found]}


class EndDevicePost(Action):
    """``POST @authorizations/{id}/end-device``: the body names the `device`."""

    def __call__(self) -> dict[str, Any]:
        service = self.service
        device = string_member(service.request, "device")
        end_device(
            service.site, service.requester, self.credential, device, service.now
        )
        return DevicesGet(self.credential, service)()


class RevokeAuthorizationsPost(Action):
    """``POST @applications/{client_id}/revoke-authorizations``."""

    def __call__(self) -> dict[str, Any]:
        service, client_id = self.service, self.credential.client_id
        check_known(json_object(service.request), ())
        count = revoke_authorizations_of(
            service.site, service.requester, client_id, service.now
        )
        return {"revoked": count}


class SignOutPost(CredentialService):
    """``POST @sign-out-everywhere``: the visitor, or the `user` that the body names."""

    kind = AUTHORIZATION

    def answer(self) -> dict[str, Any]:
        if self.params:
            raise NotFound()
        members = json_object(self.request)
        check_known(members, ("user",))
        user_id = members.get("user", self.requester.user_id)
        if not is_string(user_id):
            raise InvalidInput("user", _("This must be a string."))
        ended = sign_out_everywhere(self.site, self.requester, user_id, self.now)
        return {
            "user": ended.user_id,
            "sessions": ended.sessions,
            "ends_log_in": ended.ends_log_in,
            "ends_jwts": ended.ends_jwts,
        }
