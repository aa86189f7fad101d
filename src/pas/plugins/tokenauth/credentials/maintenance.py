"""Forgetting what need not be kept any longer, a little at a time."""

from ..core.clock import DAY
from ..events import UserGoneEvent
from ..site.context import SiteContext
from ..site.interfaces import IKnownUsers
from ..storage.interfaces import ICredential
from ..storage.missingusers import MissingUsers
from ..web.access import access_of
from dataclasses import dataclass
from zope.component import getAdapters
from zope.event import notify
from zope.globalrequest import getRequest


#: A user who is missing for so long is gone for good.
ORPHAN_AFTER = DAY
MISSING_USERS = "missing_users"


@dataclass(kw_only=True)
class Purged:
    """What a purge has done.

    :param log_entries: entries of usage logs that were removed
    :param forgotten: credentials that ended long ago and are forgotten, with their logs
    :param orphaned: credentials that have ended for good because their owner is gone
    """

    log_entries: int = 0
    forgotten: int = 0
    orphaned: int = 0


def purge(site: SiteContext, now: float, limit: int = 10_000) -> Purged:
    """Forget expired tokens, old log entries and credentials that ended long ago.

    Users who are gone for more than a day lose their credentials for good, and whatever
    else is kept of them. Sources are asked about everybody, so that comes with the last
    of several calls.

    :param limit: how many log entries to remove at most
    :returns: what was done; call again while ``log_entries`` is ``limit``
    """
    for store in site.storage.expiring:
        store.drop_expired(now)
    log_entries = _purge_usage_log(site, now, limit)
    return Purged(
        forgotten=forget_ended(site, now),
        orphaned=_orphan_the_missing(site, now) if log_entries < limit else 0,
        log_entries=log_entries,
    )


def forget_ended(site: SiteContext, now: float) -> int:
    """Forget credentials that were revoked longer ago than they are kept, with logs.

    :returns: how many these were
    """
    forgotten = 0
    if access_of(getRequest()) is not None:
        # A token may not change them. Another request will.
        return forgotten
    before = now - site.settings.revoked_key_retention * DAY
    for credentials in site.storage.kinds.values():
        for credential_id in credentials.ended_before(before):
            for log in ("usage_log", "refusal_log"):
                site.storage[log].remove_all(credential_id)
            credentials.remove(credential_id)
            forgotten += 1
    return forgotten


def orphan(site: SiteContext, user_id: str, now: float) -> None:
    """End everything a deleted user owned; a later user of the same id starts anew."""
    for credentials in site.storage.kinds.values():
        credentials.mark_orphaned(user_id, now)
    notify(UserGoneEvent(site=site, user_id=user_id))


def _orphan_the_missing(site: SiteContext, now: float) -> int:
    """End what users own who are gone for long; count what had not ended."""
    # A site may have been made before there was this store.
    site.storage.add_missing([(MISSING_USERS, MissingUsers)])
    store = site.storage[MISSING_USERS]
    missing = set()
    orphaned = 0
    for user_id in _users(site, now):
        owned = _owned_by(site, user_id)
        since = None
        if site.users.is_gone(user_id):
            missing.add(user_id)
            since = store.note(user_id, now)
        for credential in owned:
            if credential.owner_missing_since != since:
                credential.owner_missing_since = since
        if since is not None and since <= now - ORPHAN_AFTER:
            orphaned += sum(not each.has_ended for each in owned)
            orphan(site, user_id, now)
    store.keep(missing)
    return orphaned


def _purge_usage_log(site: SiteContext, now: float, limit: int) -> int:
    before = now - site.settings.usage_log_retention * DAY
    removed = 0
    for credentials in site.storage.kinds.values():
        for credential in credentials.all():
            if not credential.has_ended:
                removed += site.storage["usage_log"].remove_older(
                    credential.credential_id, before, limit - removed
                )
    return removed


def _users(site: SiteContext, now: float) -> set[str]:
    """The ids of all users of whom anything is kept."""
    kinds = site.storage.kinds.values()
    owners = {owner for credentials in kinds for owner in credentials.owners()}
    known = (users(now) for _, users in getAdapters((site,), IKnownUsers))
    return owners.union(*known)


def _owned_by(site: SiteContext, owner: str) -> list[ICredential]:
    kinds = site.storage.kinds.values()
    return [each for credentials in kinds for each in credentials.owned_by(owner)]
