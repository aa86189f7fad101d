"""Service keys: issue, change, revoke, look at. The rules of who may do what."""

from ..core.keyfile import google_keyfile
from ..core.keyfile import keyfile
from ..core.keys import ALGORITHMS
from ..core.keys import DEFAULT_ALGORITHM
from ..core.keys import generate_key_pair
from ..core.keys import RS256
from ..core.tokens import base62
from ..events import ServiceKeyChanged
from ..events import ServiceKeyIssued
from ..events import ServiceKeyRevoked
from ..i18n import _
from ..permissions import MANAGE_OWN_SERVICE_KEYS
from ..storage.servicekeys import ServiceKey
from ..storage.usagelog import UsageEntry
from .actor import Actor
from .errors import AlreadyEnded
from .errors import AlreadyIssued
from .errors import InvalidInput
from .errors import NoIssuer
from .errors import NotYourKey
from .limits import accepted_limits
from .limits import ServiceKeyLimits
from .maintenance import DAY
from .maintenance import forget_ended_keys
from .server import AuthorizationServer
from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import field
from typing import Any
from zope.event import notify

import hashlib
import transaction


CLIENT_ID_PREFIX = "svc-"


@dataclass(frozen=True, kw_only=True)
class IssuedServiceKey:
    """A fresh service key with the only copy of its private half.

    :param service_key: what the site keeps
    :param keyfile: the document for the client
    :param google_keyfile: the same for google-auth, None for keys it cannot use
    """

    service_key: ServiceKey
    keyfile: dict[str, Any] = field(repr=False)
    google_keyfile: dict[str, Any] | None = field(repr=False)


def check_may_issue(server: AuthorizationServer, actor: Actor) -> None:
    """Refuse unless the actor can issue service keys now.

    :raises NotAllowed: with the reason, one class for each
    """
    actor.require(MANAGE_OWN_SERVICE_KEYS)
    if not server.issuer:
        raise NoIssuer()


def issue_service_key(
    server: AuthorizationServer,
    actor: Actor,
    limits: ServiceKeyLimits,
    now: float,
    once: str,
    algorithm: str = DEFAULT_ALGORITHM,
) -> IssuedServiceKey:
    """Issue a service key to the actor.

    :param once: a random text for this one form; the client id is made from it,
        so that a form sent twice cannot issue two keys
    :raises NotAllowed: when the actor cannot have keys, or the form was used
    :raises InvalidInput: when a limit is not acceptable
    """
    check_may_issue(server, actor)
    accepted = accepted_limits(actor, limits, now)
    if algorithm not in ALGORITHMS:
        raise InvalidInput("algorithm", _("There is no such algorithm."))
    client_id = _client_id(actor.user_id, once)
    service_keys = server.storage.service_keys
    if service_keys.get(client_id) is not None:
        raise AlreadyIssued()

    key_pair = generate_key_pair(algorithm, now)
    service_key = ServiceKey(
        client_id,
        owner=actor.user_id,
        public_key=key_pair.public_key,
        issued_at=now,
        **vars(accepted),
    )
    service_keys.add(service_key)
    forget_ended_keys(server, now)
    _note("issue", service_key, actor)
    notify(ServiceKeyIssued(client_id, actor.user_id))
    endpoint = server.token_endpoint
    return IssuedServiceKey(
        service_key=service_key,
        keyfile=keyfile(key_pair, client_id, actor.user_id, endpoint),
        google_keyfile=(
            google_keyfile(key_pair, client_id, endpoint)
            if algorithm == RS256
            else None
        ),
    )


def own_service_keys(server: AuthorizationServer, actor: Actor) -> list[ServiceKey]:
    """The keys of the actor, the newest first.

    :raises NotASiteUser: for a user of the Zope root, whose id a user here may share
    :raises NotAllowed: without the permission to have keys
    """
    actor.require(MANAGE_OWN_SERVICE_KEYS)
    owned = server.storage.service_keys.owned_by(actor.user_id)
    keys = [key for key in owned if key.orphaned_at is None]
    return sorted(keys, key=lambda key: key.issued_at, reverse=True)


def own_service_key(
    server: AuthorizationServer, actor: Actor, client_id: str
) -> ServiceKey:
    """One key of the actor.

    :raises NotYourKey: when it is not theirs or does not exist
    """
    actor.require(MANAGE_OWN_SERVICE_KEYS)
    service_key = server.storage.service_keys.get(client_id)
    if (
        service_key is None
        or service_key.owner != actor.user_id
        or service_key.orphaned_at is not None
    ):
        raise NotYourKey()
    return service_key


def changeable_service_key(
    server: AuthorizationServer, actor: Actor, client_id: str
) -> ServiceKey:
    """One key of the actor that can still be changed.

    :raises NotAllowed: when it is not the actor's, or has ended
    """
    service_key = own_service_key(server, actor, client_id)
    if service_key.revoked_at is not None:
        raise AlreadyEnded()
    return service_key


def change_service_key(
    server: AuthorizationServer,
    actor: Actor,
    client_id: str,
    limits: ServiceKeyLimits,
    now: float,
) -> None:
    """Change title, limits and switches of a key; in force at once.

    :raises NotAllowed: when it is not the actor's, or has ended
    :raises InvalidInput: when a limit is not acceptable; nothing is changed
    """
    service_key = changeable_service_key(server, actor, client_id)
    accepted = accepted_limits(actor, limits, now, before=service_key)
    for name, value in vars(accepted).items():
        setattr(service_key, name, value)
    _note("change", service_key, actor)
    notify(ServiceKeyChanged(client_id, actor.user_id))


def revoke_service_keys(
    server: AuthorizationServer, actor: Actor, client_ids: Iterable[str], now: float
) -> int:
    """Revoke keys of the actor: all of them, or none if one is not theirs.

    :returns: how many were not revoked before
    :raises NotAllowed: when one of them is not the actor's
    """
    actor.require(MANAGE_OWN_SERVICE_KEYS)
    keys = [own_service_key(server, actor, client_id) for client_id in client_ids]
    live = [key for key in keys if key.revoked_at is None]
    for service_key in live:
        server.storage.service_keys.mark_revoked(
            service_key.client_id, actor.user_id, now
        )
        _note("revoke", service_key, actor)
        notify(ServiceKeyRevoked(service_key.client_id, actor.user_id))
    forget_ended_keys(server, now)
    return len(live)


def usage_of(
    server: AuthorizationServer, service_key: ServiceKey, now: float
) -> list[UsageEntry]:
    """The usage log of a key within the retention time, the newest entry first.

    The newest entry is shown however old it is; the log of a revoked key stays
    as it was when the key was revoked.
    """
    log = server.storage.usage_log
    until = service_key.revoked_at or now
    since = until - server.settings.usage_log_retention * DAY
    entries = list(log.entries(service_key.credential_id, since))
    if entries:
        return entries
    newest = log.newest(service_key.credential_id)
    return [newest] if newest else []


def last_use(server: AuthorizationServer, service_key: ServiceKey) -> UsageEntry | None:
    """The newest entry of the usage log, or None if the key was never used."""
    return server.storage.usage_log.newest(service_key.credential_id)


def _client_id(owner: str, once: str) -> str:
    digest = hashlib.sha256(f"{owner}\0{once}".encode()).digest()
    return CLIENT_ID_PREFIX + base62(digest[:16], 22)


def _note(what: str, service_key: ServiceKey, actor: Actor) -> None:
    """Leave a trace in the transaction's metadata, which the undo log shows."""
    transaction.get().note(
        f"tokenauth: {what} {service_key.client_id} by {actor.user_id}"
    )
