"""Ending devices, and what people have let one application do."""

from ..core.times import serialize_time
from ..credentials.search import Criteria
from ..credentials.search import find_credentials
from ..credentials.service import note
from ..credentials.service import revoke_found
from ..i18n import _
from ..site.context import SiteContext
from ..site.errors import InvalidInput
from ..site.requester import Requester
from ..storage.authorizations import Authorization
from ..storage.interfaces import IRefreshFamily
from .families import end_family
from .families import live_families
from .families import lives_until
from .kind import AUTHORIZATION
from typing import Any


def device_of(
    site: SiteContext, authorization: Authorization, device_id: str, now: float
) -> IRefreshFamily:
    """The device with this id on which the application is signed in.

    :raises InvalidInput: when there is none, or not any more
    """
    for family in live_families(site, authorization, now):
        if family.family_id == device_id:
            return family
    raise InvalidInput("device", _("There is no such device, or it was signed out."))


def end_device(
    site: SiteContext,
    requester: Requester,
    authorization: Authorization,
    device_id: str,
    now: float,
) -> None:
    """Sign the application out on one device, at once; it goes on on others.

    :param authorization: as own_credential or credential_of has found it
    :raises InvalidInput: when there is no such device, or not any more
    """
    end_family(device_of(site, authorization, device_id, now), requester.name, now)
    note("end device of", [authorization], requester)


def serialize_device(site: SiteContext, family: IRefreshFamily) -> dict[str, Any]:
    """A device as JSON says it; times are ISO 8601 in UTC."""
    return {
        "device": family.family_id,
        "signed_in": serialize_time(family.started_at),
        "last_used": serialize_time(family.used_at),
        "expires": serialize_time(lives_until(site, family)),
        "address": family.address or None,
        "user_agent": family.user_agent or None,
        "scope": family.scope,
    }


def authorizations_of(
    site: SiteContext, requester: Requester, client_id: str, now: float
) -> list[Authorization]:
    """What people have let an application do and is not revoked.

    :raises NotAllowed: when the requester is no administrator of credentials
    """
    criteria = Criteria(kind=AUTHORIZATION, text=client_id)
    found: Any = find_credentials(site, requester, now, criteria)
    return [each for each in found if each.client_id == client_id]


def revoke_authorizations_of(
    site: SiteContext, requester: Requester, client_id: str, now: float
) -> int:
    """End all that people have let an application do; they can allow it again.

    :returns: how many that were
    :raises NotAllowed: when the requester is no administrator of credentials
    """
    found = authorizations_of(site, requester, client_id, now)
    return revoke_found(site, requester, found, now)
