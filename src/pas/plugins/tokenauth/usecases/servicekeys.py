"""Service keys that exist: look at, change, revoke."""

from ..core.keys import PublicKey
from ..events import ServiceKeyChanged
from ..events import ServiceKeyRevoked
from ..i18n import _
from ..permissions import MANAGE_ALL_SERVICE_KEYS
from ..permissions import MANAGE_OWN_SERVICE_KEYS
from ..storage.servicekeys import ServiceKey
from ..storage.usagelog import UsageEntry
from .actor import Actor
from .errors import AlreadyEnded
from .errors import InvalidInput
from .errors import NotYourKey
from .limits import accepted_limits
from .limits import check_switches
from .limits import check_tighter
from .limits import limits_of
from .limits import ServiceKeyLimits
from .maintenance import forget_ended_keys
from .policies import check_number
from .rights import is_own
from .rights import may_see
from .rights import may_widen
from .rights import require_any_right
from .rights import require_permission
from .server import AuthorizationServer
from collections.abc import Iterable
from zope.event import notify

import transaction


#: The description of a transaction has a limited length.
_NAMED_IN_NOTE = 20


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
    if service_key is None or not is_own(actor, service_key):
        raise NotYourKey()
    return service_key


def service_key_of(
    server: AuthorizationServer, actor: Actor, client_id: str
) -> ServiceKey:
    """One key of the actor, or of anybody for an administrator.

    :raises NotYourKey: when it does not exist, or the actor may not see it
    :raises NotAllowed: without any right to service keys
    """
    require_any_right(actor)
    service_key = server.storage.service_keys.get(client_id)
    if service_key is None or not may_see(actor, service_key):
        raise NotYourKey()
    return service_key


def changeable_service_key(
    server: AuthorizationServer, actor: Actor, client_id: str
) -> ServiceKey:
    """Such a key that can still be changed.

    :raises NotAllowed: when the actor may not see it, or it has ended
    """
    service_key = service_key_of(server, actor, client_id)
    if has_ended(service_key):
        raise AlreadyEnded()
    return service_key


def has_ended(service_key: ServiceKey) -> bool:
    """Whether the key stays as it is, as evidence."""
    return service_key.revoked_at is not None or service_key.orphaned_at is not None


def change_service_key(
    server: AuthorizationServer,
    actor: Actor,
    client_id: str,
    limits: ServiceKeyLimits,
    now: float,
    made_at: float | None = None,
) -> bool:
    """Change title, limits and switches of a key; in force at once.

    :param made_at: when the key pair is made that the key is to have; None if that
        is its newest
    :returns: whether anything is different now
    :raises NotAllowed: when the actor may not see the key, or it has ended, or there
        is no room for it to live again
    :raises InvalidInput: when a value is not acceptable, or not from this actor;
        nothing is changed
    """
    service_key = changeable_service_key(server, actor, client_id)
    before = limits_of(service_key)
    if made_at is None:
        made_at = pair_made_at(service_key)
    accepted = accepted_limits(server, limits, now, made_at, before)
    if not may_widen(actor, service_key):
        check_tighter(accepted, before)
    check_switches(server, actor, service_key.owner, accepted, before)
    if accepted == before:
        return False
    if accepted.expires_at != before.expires_at:
        check_may_live(server, service_key, now)
    for name, value in vars(accepted).items():
        setattr(service_key, name, value)
    note("change", [service_key], actor)
    notify(ServiceKeyChanged(client_id, service_key.owner, actor.name))
    return True


def revoke_service_keys(
    server: AuthorizationServer, actor: Actor, client_ids: Iterable[str], now: float
) -> int:
    """Revoke keys: all of them, or none if the actor may not revoke one.

    :returns: how many were not revoked before
    :raises NotAllowed: when the actor may not see one of them
    """
    named = dict.fromkeys(client_ids)
    keys = [service_key_of(server, actor, client_id) for client_id in named]
    return _revoke(server, actor, keys, now)


def issued_before(
    server: AuthorizationServer, actor: Actor, when: float
) -> list[ServiceKey]:
    """Every key of the site that was issued before a time and is not revoked.

    :raises NotAllowed: when the actor is no administrator of keys
    """
    require_permission(actor, MANAGE_ALL_SERVICE_KEYS)
    keys = server.storage.service_keys.all()
    return [key for key in keys if key.issued_at < when and key.revoked_at is None]


def revoke_issued_before(
    server: AuthorizationServer, actor: Actor, when: float, now: float
) -> int:
    """Revoke every key of the site that was issued before a time.

    It is what to do after a backup was restored, which brings revoked keys back.

    :returns: how many were not revoked before
    :raises NotAllowed: when the actor is no administrator of keys
    """
    return _revoke(server, actor, issued_before(server, actor, when), now)


def newest_public_key(service_key: ServiceKey) -> PublicKey:
    """The public key of the newest key pair of a key."""
    return max(service_key.public_keys, key=lambda key: key.added_at)


def pair_made_at(service_key: ServiceKey) -> float:
    """When the newest key pair of a key was made."""
    return newest_public_key(service_key).added_at


def named_service_key(
    server: AuthorizationServer, owner: str, name: str, now: float
) -> ServiceKey | None:
    """The live key of a user that has a name, or None."""
    for service_key in server.storage.service_keys.owned_by(owner):
        if service_key.name == name and service_key.is_live(now):
            return service_key
    return None


def check_name_is_free(
    server: AuthorizationServer, owner: str, name: str, now: float
) -> None:
    """Refuse a name that a live key of the owner has.

    :raises InvalidInput: for such a name
    """
    if name and named_service_key(server, owner, name, now) is not None:
        raise InvalidInput("name", _("The user has a live key of this name already."))


def check_may_live(
    server: AuthorizationServer, service_key: ServiceKey, now: float
) -> None:
    """Refuse to let an expired key live again where others have taken its place.

    :raises TooManyKeys: when its owner has as many keys as the site allows
    :raises InvalidInput: when another live key has its name
    """
    if not service_key.is_live(now):
        check_number(server, service_key.owner, now)
        check_name_is_free(server, service_key.owner, service_key.name, now)


def last_use(server: AuthorizationServer, service_key: ServiceKey) -> UsageEntry | None:
    """The newest entry of the usage log, or None if the key was never used."""
    return server.storage.usage_log.newest(service_key.credential_id)


def note(what: str, keys: list[ServiceKey], actor: Actor) -> None:
    """Leave a trace in the transaction's metadata, which the undo log shows."""
    ids = ", ".join(key.client_id for key in keys[:_NAMED_IN_NOTE])
    more = f" and {len(keys)} in all" if len(keys) > _NAMED_IN_NOTE else ""
    transaction.get().note(f"tokenauth: {what} {ids}{more} by {actor.name}")


def _revoke(
    server: AuthorizationServer, actor: Actor, keys: Iterable[ServiceKey], now: float
) -> int:
    live = [key for key in keys if key.revoked_at is None]
    for service_key in live:
        client_id = service_key.client_id
        server.storage.service_keys.mark_revoked(client_id, actor.name, now)
        notify(ServiceKeyRevoked(client_id, service_key.owner, actor.name))
    if live:
        note("revoke", live, actor)
    forget_ended_keys(server, now)
    return len(live)
