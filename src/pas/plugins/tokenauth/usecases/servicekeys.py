"""Service keys that exist; what holds for every credential is in credentials."""

from ..storage.servicekeys import ServiceKey
from .actor import Actor
from .credentials import changeable_credential
from .credentials import named_credential
from .kinds import SERVICE_KEY
from .server import AuthorizationServer
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
