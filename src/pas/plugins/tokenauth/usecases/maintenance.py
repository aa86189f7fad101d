"""Forgetting what need not be kept any longer, a little at a time."""

from ..core.tokens import TokenDigest
from ..storage.interfaces import ICredential
from .server import AuthorizationServer


DAY = 24 * 60 * 60
#: A user who is missing for so long is gone for good.
ORPHAN_AFTER = DAY
#: One token in so many tidies the usage log of its credential.
_TIDY_EVERY = 64
_TIDY_LIMIT = 256


def tidy_beside(
    server: AuthorizationServer,
    credential: ICredential,
    digest: TokenDigest,
    now: float,
) -> None:
    """Tidy the usage log of a credential now and then, when it is used.

    So the log keeps to its retention without a scheduled job. Chance decides
    who tidies, so that two clients hardly ever do at once; each removes more
    entries than were added since the last time.
    """
    if int.from_bytes(digest[:2], "big") % _TIDY_EVERY == 0:
        before = now - server.settings.usage_log_retention * DAY
        server.storage.usage_log.remove_older(
            credential.credential_id, before, _TIDY_LIMIT
        )


def purge(server: AuthorizationServer, now: float, limit: int = 10_000) -> int:
    """Forget expired tokens, old log entries and keys that ended long ago.

    Users who are gone for more than a day lose their credentials for good.

    :param limit: how many log entries to remove at most
    :returns: how many log entries were removed; call again while it is ``limit``
    """
    server.storage.access_tokens.drop_expired(now)
    server.storage.replay.drop_expired(now)
    forget_ended_keys(server, now)
    _orphan_the_missing(server, now)
    return _purge_usage_log(server, now, limit)


def forget_ended_keys(server: AuthorizationServer, now: float) -> None:
    """Forget keys, and their logs, that were revoked longer ago than they are kept."""
    before = now - server.settings.revoked_key_retention * DAY
    service_keys = server.storage.service_keys
    for client_id in service_keys.ended_before(before):
        server.storage.usage_log.remove_all(client_id)
        service_keys.remove(client_id)


def orphan(server: AuthorizationServer, user_id: str, now: float) -> None:
    """End everything a deleted user owned; a later user of the same id starts anew."""
    server.storage.service_keys.mark_orphaned(user_id, now)


def _orphan_the_missing(server: AuthorizationServer, now: float) -> None:
    for owner in server.storage.service_keys.owners():
        if not server.users.is_gone(owner):
            _note_missing(server, owner, None)
        elif _missing_since(server, owner, now) <= now - ORPHAN_AFTER:
            orphan(server, owner, now)


def _missing_since(server: AuthorizationServer, owner: str, now: float) -> float:
    keys = list(server.storage.service_keys.owned_by(owner))
    noted = [key.owner_missing_since for key in keys if key.owner_missing_since]
    since = min(noted, default=now)
    _note_missing(server, owner, since)
    return since


def _note_missing(server: AuthorizationServer, owner: str, since: float | None) -> None:
    for service_key in server.storage.service_keys.owned_by(owner):
        if service_key.owner_missing_since != since:
            service_key.owner_missing_since = since


def _purge_usage_log(server: AuthorizationServer, now: float, limit: int) -> int:
    before = now - server.settings.usage_log_retention * DAY
    removed = 0
    service_keys = server.storage.service_keys
    for owner in service_keys.owners():
        for service_key in service_keys.owned_by(owner):
            # The log of a key that has ended stays as it was.
            if service_key.revoked_at is None and service_key.orphaned_at is None:
                removed += server.storage.usage_log.remove_older(
                    service_key.client_id, before, limit - removed
                )
    return removed
