"""From what a device has asked for to what a person can be asked."""

from ..authorization_server.interfaces import IApplication
from ..core.errors import UnauthorizedClient
from ..core.granttypes import DEVICE_CODE
from ..delegation.interfaces import AuthorizationRequest
from ..delegation.interfaces import IAuthorizeCheck
from ..site.context import SiteContext
from zope.component import getUtility


STORE = "device_requests"
#: The checks of the authorization endpoint that are about what is asked for.
_CHECKS = ("scope", "resource")


def checked_request(
    site: SiteContext, client: IApplication, scope: str, resource: str, now: float
) -> AuthorizationRequest:
    """What an application on a device asks for, as far as it can be granted.

    :param scope: as the protocol spells it
    :param resource: what the token is to be for; empty for the site
    :raises OAuthError: when the application may not ask, or for nothing of it
    """
    if DEVICE_CODE not in client.grant_types or client.is_self_registered:
        raise UnauthorizedClient(
            "This client may not use device codes.",
            credential_id=client.client_id,
            only_named=client.is_public,
        )
    request = AuthorizationRequest(
        site=site,
        client=client,
        redirect_uri="",
        parameters={"scope": scope},
        repeated=frozenset(),
        resources=(resource,) if resource else (),
        now=now,
    )
    for name in _CHECKS:
        getUtility(IAuthorizeCheck, name)(request)
    return request
