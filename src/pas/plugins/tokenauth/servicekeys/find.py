"""Service keys that exist; what holds for every credential is in credentials."""

from ..credentials.kinds import SERVICE_KEY
from ..credentials.service import changeable_credential
from ..credentials.service import named_credential
from ..site.context import SiteContext
from ..site.requester import Requester
from ..storage.servicekeys import ServiceKey
from typing import cast


def changeable_service_key(
    site: SiteContext, requester: Requester, client_id: str
) -> ServiceKey:
    """Such a key that can still be changed.

    :raises NotAllowed: when the requester may not see it, or it has ended
    """
    key = changeable_credential(site, requester, client_id, SERVICE_KEY)
    return cast(ServiceKey, key)


def named_service_key(
    site: SiteContext, owner: str, name: str, now: float
) -> ServiceKey | None:
    """The live key of a user that has a name, or None."""
    named = named_credential(site, SERVICE_KEY, owner, name, now)
    return cast(ServiceKey | None, named)
