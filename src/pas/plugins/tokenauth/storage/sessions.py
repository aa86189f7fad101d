"""The sessions of people in their browsers, and which other sites take part in them."""

from ..core.clock import DAY
from ..core.tokens import TokenDigest
from .expiring import ExpiringMap
from .interfaces import IExpiringStore
from .interfaces import ISession
from collections import defaultdict
from collections.abc import Mapping
from operator import itemgetter
from persistent import Persistent
from typing import Any
from zope.interface import implementer


#: Seconds for which a session is known after the last log-in.
LIFETIME = 30 * DAY
#: Other sites that take part in a session by one protocol.
MAX_MEMBERS = 100
#: Sessions of one user that are left when old ones are dropped.
MAX_SESSIONS = 100
_PERIOD = 3 * DAY
#: With what a record begins, so that later ones can hold something else.
_VERSION = 1


@implementer(ISession)
class Session(Persistent):
    """See ISession."""

    auth_time: float | None = None
    methods: tuple[str, ...] = ()
    has_ended = False

    def __init__(self, digest: TokenDigest, user_id: str) -> None:
        self.digest = digest
        self.user_id = user_id
        self._members: dict[tuple[str, str], Mapping[str, Any]] = {}

    def join(self, protocol: str, name: str, member: Mapping[str, Any]) -> None:
        members = {**self._members, (protocol, name): dict(member)}
        own = [key for key in members if key[0] == protocol]
        if len(own) > MAX_MEMBERS:
            del members[min(own[:-1], key=lambda key: bool(members[key]))]
        self._members = members

    def members(self, protocol: str) -> dict[str, Mapping[str, Any]]:
        return {
            name: member
            for (each, name), member in self._members.items()
            if each == protocol
        }


@implementer(IExpiringStore)
class Sessions(Persistent):
    """The sessions of a site, by the digest of what the cookie holds."""

    def __init__(self) -> None:
        self._sessions = ExpiringMap(_PERIOD)

    def add(self, session: Session, now: float) -> None:
        """Keep a session, for 30 days."""
        self._sessions.drop_expired_beside(session.digest, now)
        # To find those of a user loads no session.
        record = (_VERSION, session.user_id, session)
        self._sessions.insert(session.digest, record, now + LIFETIME)

    def get(self, digest: TokenDigest, now: float) -> Session | None:
        """A session, or None."""
        found = self._sessions.get(digest, now)
        return found[-1] if found else None

    def remove(self, session: Session) -> None:
        """Forget a session. Harmless when it is forgotten."""
        self._sessions.remove(session.digest)

    def of_user(self, user_id: str, now: float) -> list[Session]:
        """The sessions of a user, as a list; looks at all there are."""
        return [
            session
            for _expires_at, _version, owner, session in self._sessions.values(now)
            if owner == user_id
        ]

    def users(self, now: float) -> set[str]:
        """The ids of all who have a session, as a set."""
        return {user_id for _, _, user_id, _ in self._sessions.values(now)}

    def drop_expired(self, now: float) -> None:
        self._sessions.drop_expired(now)
        self._drop_surplus(now)

    def _drop_surplus(self, now: float) -> None:
        """Forget all but the newest sessions of each user.

        Here and not when one is added: finding those of a user would take an index, and
        so another object that each log-in writes.
        """
        of_users: defaultdict[str, list[tuple[float, Session]]] = defaultdict(list)
        for expires_at, _version, user_id, session in self._sessions.values(now):
            of_users[user_id].append((expires_at, session))
        for found in of_users.values():
            found.sort(key=itemgetter(0))
            for _expires_at, session in found[:-MAX_SESSIONS]:
                self.remove(session)
