"""Service keys that exist; what holds for every credential is in credentials."""

from ..credentials.kinds import SERVICE_KEY
from ..credentials.service import changeable_credential
from ..credentials.service import named_credential
from ..site.context import AuthorizationServer
from ..site.requester import Actor
from ..storage.servicekeys import ServiceKey
from typing import cast


def changeable_service_key(
    server: AuthorizationServer, actor: Actor, client_id: str
) -> ServiceKey:
    """Such a key that can still be changed.

    :raises NotAllowed: when the actor may not see it, or it has ended
    """
    key = changeable_credential(server, actor, client_id, SERVICE_KEY)
    return cast(ServiceKey, key)


def named_service_key(
    server: AuthorizationServer, owner: str, name: str, now: float
) -> ServiceKey | None:
    """The live key of a user that has a name, or None."""
    named = named_credential(server, SERVICE_KEY, owner, name, now)
    return cast(ServiceKey | None, named)
