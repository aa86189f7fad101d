"""Uses of tokens that are not in the usage log yet, in the memory of one process.

A token that authenticates every request must not write with every request. What
is collected here is written at most once per token and interval.
"""

from dataclasses import dataclass
from dataclasses import field
from threading import Lock
from typing import NamedTuple


#: Addresses of one token that are told apart; others share one entry without any.
MAX_ADDRESSES = 16
#: A client decides how long its strings are, this is what is kept of them in memory.
MAX_TEXT_LENGTH = 800

_NEVER = float("-inf")


class Used(NamedTuple):
    """What was used.

    :param credential_id: of the credential
    :param reason: why its uses were refused, empty if they were not
    :param kid: of the key pair that signed, empty if none did
    :param only_named: whether who was refused has only named the credential
    """

    credential_id: str
    reason: str = ""
    kid: str = ""
    only_named: bool = False


@dataclass(kw_only=True, slots=True)
class PendingUse:
    """Uses of one credential from one address, or tries that were refused.

    :param key: what was used
    :param subject: id of the user it acts as
    :param address: address of the client, empty if it is one of too many
    :param user_agent: how the client of the newest use calls itself
    :param time: when the newest use was, seconds since the epoch
    :param uses: how many are to be logged; none if the log has them already
    """

    key: Used
    subject: str
    address: str
    user_agent: str
    time: float
    uses: int = 1

    def merge(self, other: "PendingUse") -> None:
        """Count the uses of another one, too."""
        self.uses += other.uses
        if other.time >= self.time:
            self.time = other.time
            self.user_agent = other.user_agent
            self.subject = other.subject


@dataclass(slots=True)
class _Token:
    """What is known of one token: its uses by address, and the last write."""

    uses: dict[str, PendingUse] = field(default_factory=dict)
    written_at: float = _NEVER

    def is_due(self, interval: float, now: float) -> bool:
        # A clock that was set back must not keep anybody waiting.
        return not self.written_at <= now < self.written_at + interval

    def add(self, use: PendingUse) -> None:
        if use.address not in self.uses and len(self.uses) >= MAX_ADDRESSES:
            use.address = ""
        known = self.uses.get(use.address)
        if known is None:
            self.uses[use.address] = use
        else:
            known.merge(use)


class PendingUses:
    """The uses of the tokens of one site. Any number of threads may use it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._tokens: dict[Used, _Token] = {}

    def note(
        self,
        key: Used,
        address: str,
        user_agent: str,
        subject: str,
        now: float,
        uses: int = 1,
    ) -> bool:
        """Count a use.

        :param uses: 0 if the log has it already
        :returns: whether it is the first that waits, so that `next_due` may change
        """
        use = PendingUse(
            key=key,
            subject=subject,
            address=address[:MAX_TEXT_LENGTH],
            user_agent=user_agent[:MAX_TEXT_LENGTH],
            time=now,
            uses=uses,
        )
        with self._lock:
            token = self._token(key)
            is_first = not token.uses
            token.add(use)
        return is_first

    def due(self, interval: float, now: float) -> list[PendingUse]:
        """Take out what is to be written now.

        The first use of a token is due at once, later ones when its last write
        was `interval` seconds ago. Tokens that rest for so long are forgotten.
        """
        found: list[PendingUse] = []
        with self._lock:
            for key, token in list(self._tokens.items()):
                if not token.is_due(interval, now):
                    continue
                if token.uses:
                    found += token.uses.values()
                    self._tokens[key] = _Token(written_at=now)
                else:
                    del self._tokens[key]
        return found

    def next_due(self, interval: float) -> float | None:
        """When something is due, in the past if it is by now; None if nothing waits."""
        with self._lock:
            waiting = [
                token.written_at + interval
                for token in self._tokens.values()
                if token.uses
            ]
        return min(waiting, default=None)

    def put_back(self, uses: list[PendingUse]) -> None:
        """Take what could not be written; it is due at once."""
        with self._lock:
            for use in uses:
                token = self._token(use.key)
                token.written_at = _NEVER
                token.add(use)

    def _token(self, key: Used) -> _Token:
        token = self._tokens.get(key)
        if token is None:
            token = self._tokens[key] = _Token()
        return token
