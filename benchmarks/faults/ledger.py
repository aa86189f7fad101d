"""What a server has acknowledged, as its clients remember it.

If no answer comes, nobody knows whether the thing was done. An answer that does
come is a promise.
"""

from collections import Counter
from dataclasses import dataclass
from dataclasses import field
from threading import RLock

import random
import time


@dataclass(eq=False)
class Credential:
    """A service key with its keyfile, or a personal access token."""

    id: str
    keyfile: dict[str, str] = field(default_factory=dict)
    token: str = ""
    acknowledged_at: float = field(default_factory=time.monotonic)
    revocation_asked_at: float | None = None
    revoked_at: float | None = None
    #: Tokens obtained, and how often no answer came; of a personal token its uses.
    uses: int = 0
    unknown_uses: int = 0

    @property
    def must_live(self) -> bool:
        return self.revocation_asked_at is None

    def end(self) -> None:
        """Note that it is revoked, unless it was before."""
        now = time.monotonic()
        self.revocation_asked_at = self.revocation_asked_at or now
        self.revoked_at = self.revoked_at or now


@dataclass(eq=False)
class Token:
    value: str
    credential: Credential
    #: By the clock of the server.
    expires_at: float
    acknowledged_at: float = field(default_factory=time.monotonic)


class Ledger:
    """Any number of clients write into it."""

    def __init__(self, grace: float = 0) -> None:
        #: Seconds until what one Zope has done is known to another for certain.
        self.grace = grace
        self.lock = RLock()
        self.keys: list[Credential] = []
        self.personal: list[Credential] = []
        self.tokens: list[Token] = []
        #: Grants with an identifier that was used, and until when they are valid.
        self.used_grants: list[tuple[str, float]] = []
        self.counts: Counter[str] = Counter()
        self.violations: list[str] = []

    @property
    def credentials(self) -> list[Credential]:
        return [*self.keys, *self.personal]

    def count(self, what: str) -> None:
        with self.lock:
            self.counts[what] += 1

    def complain(self, what: str) -> None:
        with self.lock:
            self.violations.append(what)

    def some_key(self) -> Credential | None:
        with self.lock:
            return random.choice(self.keys) if self.keys else None

    def some_token(self) -> Token | None:
        with self.lock:
            # Mostly young ones: of the old ones many are revoked.
            return random.choice(self.tokens[-200:]) if self.tokens else None

    def some_personal(self) -> Credential | None:
        with self.lock:
            return random.choice(self.personal) if self.personal else None

    def judge(
        self, what: str, credential: Credential, since: float, asked_at: float, ok: bool
    ) -> None:
        """Judge whether something of a credential may have been accepted or refused.

        :param since: when what was tried had been acknowledged
        :param asked_at: when it was asked for
        """
        revoked_at = credential.revoked_at
        if ok and revoked_at is not None and revoked_at + self.grace < asked_at:
            self.complain(f"{what} of {credential.id} works, but was revoked")
        if not ok and credential.must_live:
            if since + self.grace < asked_at:
                self.complain(f"{what} of {credential.id} is refused, but was promised")
            else:
                self.count("refused for a moment")
