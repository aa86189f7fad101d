"""Writing uses of tokens to the usage log, in a transaction of its own."""

from ..core.clock import DAY
from ..core.text import cleaned
from ..events import NewAddressEvent
from ..storage.interfaces import ICredential
from ..storage.root import TokenAuthStorage
from ..storage.usagelog import UsageEntry
from .addresses import new_address
from .client import ADDRESS_LENGTH
from .client import USER_AGENT_LENGTH
from .pending import PendingUse
from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import contextmanager
from Testing.makerequest import makerequest
from transaction import TransactionManager
from typing import Any
from ZODB.POSException import POSKeyError
from zope.component.hooks import getSite
from zope.component.hooks import setSite
from zope.event import notify

import secrets
import transaction


TRIES = 5
#: Refusals that are kept of one credential; those that only name it go first.
MAX_REFUSALS = 100
#: Seconds by which the time of the last use in lists may be too early.
USED_GRAIN = 60 * 60
#: One entry in so many trims the usage log of its credential.
_TIDY_EVERY = 64
_TIDY_LIMIT = 256


def write_uses(
    database: Any, oid: bytes, uses: Sequence[PendingUse]
) -> tuple[float, list[NewAddressEvent]]:
    """Write uses to the usage log of one plugin, all of them or none.

    Uses of credentials that the site does not know any more are left out.

    :param database: the ZODB.DB of the plugin
    :param oid: its object id
    :returns: the seconds to wait until uses of the same tokens are written again, and
        what owners are to be told of
    :raises Exception: whatever a database raises that cannot be written to
    """
    with _connection(database) as connection:
        for attempt in connection.transaction_manager.attempts(TRIES):
            with attempt as current:
                plugin = _plugin(connection, oid)
                if plugin is None:
                    return 0, []
                interval: float = plugin.usage_recording_interval * 60
                news = _add(plugin, uses)
                current.note(f"tokenauth: uses of {_tokens(uses)} tokens")
    return interval, news


def tell(database: Any, path: Sequence[str], news: Sequence[NewAddressEvent]) -> None:
    """Tell the subscribers of a site what no request has told them.

    :param path: of the site
    """
    before = getSite()
    connection = database.open()
    try:
        with transaction.manager:
            app = makerequest(connection.root()["Application"])
            setSite(app.unrestrictedTraverse(path))
            for event in news:
                notify(event)
    finally:
        setSite(before)
        connection.close()


def log_use(
    settings: Any,
    storage: TokenAuthStorage,
    credential: ICredential,
    entry: UsageEntry,
    unique: bytes,
) -> None:
    """Add an entry to the usage log of a credential, and trim that now and then.

    So the log keeps to its retention without a scheduled job. Chance decides
    who trims, so that two clients hardly ever do at once; each removes more
    entries than were added since the last time.

    :param unique: random bytes, of which the first is a lane of the log
    """
    storage["usage_log"].add(entry, unique)
    if int.from_bytes(unique[1:3], "big") % _TIDY_EVERY == 0:
        trim_log(settings, storage, credential, entry.time)


def trim_log(
    settings: Any, storage: TokenAuthStorage, credential: ICredential, now: float
) -> None:
    """Remove some of the old entries from the usage log of a credential in force."""
    if not credential.has_ended:
        before = now - settings.usage_log_retention * DAY
        storage["usage_log"].remove_older(credential.credential_id, before, _TIDY_LIMIT)


def note_last_use(
    settings: Any, credential: ICredential, entry: UsageEntry
) -> NewAddressEvent | None:
    """Note in a credential when it, and its key pair, was used, and from where.

    Never in a request of its client: those who use it at once would conflict.

    :returns: what the owner is to be told of, once it is stored
    """
    due = entry.time - USED_GRAIN
    if credential.used_at <= due:
        credential.used_at = entry.time
    if entry.kid and credential.kids_used_at.get(entry.kid, 0) <= due:
        credential.kids_used_at = {**credential.kids_used_at, entry.kid: entry.time}
    return new_address(settings, credential, entry)


@contextmanager
def _connection(database: Any) -> Iterator[Any]:
    """A connection that takes no part in the transaction of any request."""
    manager = TransactionManager()
    connection = database.open(transaction_manager=manager)
    try:
        yield connection
    finally:
        # The last attempt leaves a failed transaction behind.
        manager.abort()
        connection.close()


def _plugin(connection: Any, oid: bytes) -> Any:
    """The plugin, or None when it was removed and the database packed since."""
    try:
        plugin = connection.get(oid)
        # It may still be known to the connection, but without its state.
        plugin._p_activate()
    except POSKeyError:
        return None
    return plugin


def _add(plugin: Any, uses: Sequence[PendingUse]) -> list[NewAddressEvent]:
    news = []
    storage = plugin._storage
    lane = storage["usage_log"].lane()
    for use in uses:
        credential = storage.credential(use.key.credential_id)
        if credential is None:
            continue
        entry, unique = _entry(credential, use), lane + secrets.token_bytes(7)
        if use.key.reason:
            storage["refusal_log"].add(entry, unique)
            storage["refusal_log"].keep_newest(entry.credential_id, MAX_REFUSALS)
            continue
        if use.uses:
            log_use(plugin, storage, credential, entry, unique)
        news.append(note_last_use(plugin, credential, entry))
    return [event for event in news if event is not None]


def _entry(credential: ICredential, use: PendingUse) -> UsageEntry:
    return UsageEntry(
        credential_id=credential.credential_id,
        time=use.time,
        subject=use.subject,
        address=cleaned(use.address, ADDRESS_LENGTH),
        user_agent=cleaned(use.user_agent, USER_AGENT_LENGTH),
        uses=use.uses,
        reason=use.key.reason,
        only_named=use.key.only_named,
        kid=use.key.kid,
    )


def _tokens(uses: Sequence[PendingUse]) -> int:
    return len({use.key for use in uses})
