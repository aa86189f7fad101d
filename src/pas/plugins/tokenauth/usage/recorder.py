"""Recording uses of tokens without a write in the request.

A request only counts its use in memory. A thread, started by the first use,
writes what has come together: at once for a token that rested, and at most once
per interval for one that is busy. A crash loses the uses of one interval.
"""

from ..core.background import BackgroundWork
from ..core.clock import now as system_clock
from ..core.text import cleaned
from ..events import NewAddressEvent
from ..site.context import SiteContext
from ..storage.interfaces import ICredential
from ..storage.usagelog import UsageEntry
from .client import ADDRESS_LENGTH
from .client import client_of_request
from .client import ClientInfo
from .client import USER_AGENT_LENGTH
from .pending import PendingUses
from .pending import Used
from .writer import log_use
from .writer import tell
from .writer import write_uses
from Acquisition import aq_base
from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field
from functools import partial
from threading import Lock
from typing import Any
from typing import NamedTuple
from weakref import ref
from ZODB.POSException import POSError

import logging
import transaction


logger = logging.getLogger("pas.plugins.tokenauth")

#: Seconds until writing is tried again when it failed.
RETRY_AFTER = 60.0


class _Place(NamedTuple):
    """Where a plugin is kept. It does not keep the database alive."""

    database: ref[Any]
    oid: bytes


@dataclass
class _Site:
    """What waits for one plugin.

    :param path: of the site of the plugin
    :param interval: seconds between writes for one token; the first write tells
    :param not_before: when the next write may be tried
    :param failure: why the last write failed, empty if it did not
    """

    path: tuple[str, ...]
    pending: PendingUses = field(default_factory=PendingUses)
    interval: float = 0
    not_before: float = 0
    failure: str = ""

    def rests(self, now: float) -> bool:
        # A clock that was set back must not make it longer.
        return now < self.not_before <= now + RETRY_AFTER

    def next_due(self) -> float | None:
        due = self.pending.next_due(self.interval)
        return None if due is None else max(due, self.not_before)


class UseRecorder:
    """Collects the uses of tokens and writes them to the usage logs of their sites.

    :param clock: tells the seconds since the epoch
    :param in_background: whether a thread calls `flush`; without it somebody else must
    """

    def __init__(
        self, clock: Callable[[], float] = system_clock, in_background: bool = True
    ) -> None:
        self.in_background = in_background
        self._clock = clock
        self._sites: dict[_Place, _Site] = {}
        self._flushing = Lock()
        self._background = BackgroundWork(
            "tokenauth-uses",
            self.flush,
            partial(self.flush, everything=True),
            self._seconds_to_wait,
        )

    def note_use(
        self,
        plugin: Any,
        credential_id: str,
        subject: str,
        client: ClientInfo,
        now: float,
        reason: str = "",
        uses: int = 1,
        only_named: bool = False,
    ) -> None:
        """Count a use of a token, or one that was refused.

        Loads nothing, writes nothing, and takes no part in the transaction.

        :param plugin: the PAS plugin of the site
        :param subject: id of the user it acts as
        :param reason: why it was refused; an empty string if it was not
        :param uses: 0 for one that the log has already: only the last use is noted
        :param only_named: whether who was refused has only named the credential
        """
        connection = plugin._p_jar
        if connection is None:
            return  # Not stored yet, so no other connection could find it.
        place = _Place(ref(connection.db()), plugin._p_oid)
        site = self._sites.get(place) or self._sites.setdefault(
            place, _Site(path=_path_of_site(plugin))
        )
        is_first = site.pending.note(
            Used(credential_id, reason, client.kid, only_named),
            client.address,
            client.user_agent,
            subject,
            now,
            uses,
        )
        if is_first and self.in_background:
            self._background.wake_up()

    def flush(self, everything: bool = False) -> None:
        """Write what is due. When it returns, it is written or has to wait.

        :param everything: whether also what is not due yet
        """
        with self._flushing:
            for place, site in list(self._sites.items()):
                database = place.database()
                if database is None or not _is_open(database):
                    del self._sites[place]
                else:
                    self._flush(database, place.oid, site, everything)

    def stop(self) -> None:
        """Write everything and end the thread; the next use starts another."""
        self._background.stop()

    def _flush(self, database: Any, oid: bytes, site: _Site, everything: bool) -> None:
        now = self._clock()
        if site.rests(now) and not everything:
            return
        uses = site.pending.due(0 if everything else site.interval, now)
        if not uses:
            return
        try:
            site.interval, news = write_uses(database, oid, uses)
        except Exception as error:
            # Whatever a database raises, the uses stay and the thread goes on.
            site.pending.put_back(uses)
            site.not_before = now + RETRY_AFTER
            _complain(site, error)
        else:
            site.not_before = 0
            site.failure = ""
            if news and site.path:
                _tell(database, site.path, news)

    def _seconds_to_wait(self) -> float | None:
        """0 if something is due, None if nothing is pending."""
        waiting = [site.next_due() for site in list(self._sites.values())]
        first = min((due for due in waiting if due is not None), default=None)
        if first is None:
            return None
        # Not for long: a clock may have been set back.
        return min(max(first - self._clock(), 0), RETRY_AFTER)


#: The one of this process.
recorder = UseRecorder()


def note_request(
    plugin: Any, request: Any, credential_id: str, subject: str, now: float
) -> None:
    """Note that a request has used a credential, in no transaction of its own.

    One that is repeated because it conflicted was noted before.

    :param plugin: the PAS plugin of the site
    :param subject: id of the user that it is about, or empty
    """
    if not request.retry_count:
        client = client_of_request(request)
        recorder.note_use(plugin, credential_id, subject, client, now)


def record_use(
    site: SiteContext,
    credential: ICredential,
    subject: str,
    client: ClientInfo,
    unique: bytes,
    now: float,
    is_on_record: bool = False,
) -> UsageEntry:
    """Log a use in this very transaction; what else is noted comes behind it.

    :param subject: id of the user that it is about
    :param unique: seven random bytes
    :param is_on_record: whether the transaction keeps when and from where it was
        elsewhere; then the log comes behind it, too
    :returns: the entry of the usage log
    """
    entry = UsageEntry(
        credential_id=credential.credential_id,
        time=now,
        subject=subject,
        address=cleaned(client.address, ADDRESS_LENGTH),
        user_agent=cleaned(client.user_agent, USER_AGENT_LENGTH),
        kid=client.kid,
    )
    if not is_on_record:
        in_lane = site.storage["usage_log"].lane() + unique
        log_use(site.settings, site.storage, credential, entry, in_lane)
    plugin, credential_id = site.settings, credential.credential_id

    def note(committed: bool) -> None:
        if committed:
            recorder.note_use(
                plugin, credential_id, subject, client, now, uses=int(is_on_record)
            )

    transaction.get().addAfterCommitHook(note)
    return entry


def _path_of_site(plugin: Any) -> tuple[str, ...]:
    """The path of the site of a plugin; empty where it was not found through one."""
    path = () if aq_base(plugin) is plugin else plugin.getPhysicalPath()
    return tuple(path[:-2])


def _is_open(database: Any) -> bool:
    # ZODB.DB.close() deletes its storage and tells in no other way; the class has
    # an attribute of that name, too.
    return "storage" in vars(database)


def _tell(database: Any, path: tuple[str, ...], news: list[NewAddressEvent]) -> None:
    try:
        tell(database, path, news)
    except Exception:
        # What is written stays so, and the thread goes on.
        logger.exception("Nobody is told of new addresses.")


def _complain(site: _Site, error: Exception) -> None:
    """Log why uses wait, but not the same reason again and again."""
    failure = type(error).__name__
    if failure == site.failure:
        return
    site.failure = failure
    logger.warning(
        "Uses of tokens wait in memory, the usage log cannot be written. %s: %s",
        failure,
        error,
        # What databases and disks complain about needs no explanation.
        exc_info=None if isinstance(error, (POSError, OSError)) else error,
    )
