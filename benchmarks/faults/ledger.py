"""What a server has acknowledged, as its clients remember it.

If no answer comes, nobody knows whether the thing was done. An answer that does
come is a promise.
"""

from collections import Counter
from dataclasses import dataclass
from dataclasses import field
from threading import Lock
from threading import RLock
from typing import Any
from typing import TypeVar

import random
import time


#: As many devices as an application has for one person without ending any.
MAX_FAMILIES = 20
#: Seconds until a client gives up.
TIMEOUT = 30
Found = TypeVar("Found")


class NoAnswer(Exception):
    """The server is away, or has failed: nobody knows what was done."""


@dataclass(eq=False)
class Credential:
    """A service key with its keyfile, a personal access token, or a link."""

    id: str
    keyfile: dict[str, str] = field(default_factory=dict)
    token: str = ""
    #: Of a link, and what a visitor has in their browser.
    url: str = ""
    visit: dict[str, str] = field(default_factory=dict)
    acknowledged_at: float = field(default_factory=time.monotonic)
    revocation_asked_at: float | None = None
    revoked_at: float | None = None
    #: Tokens obtained, and how often no answer came; of a personal token its uses.
    uses: int = 0
    unknown_uses: int = 0

    @property
    def must_live(self) -> bool:
        return self.revocation_asked_at is None

    @property
    def endpoint(self) -> str:
        """Where it is managed."""
        if self.url:
            return "/@signed-links"
        return "/@personal-access-tokens" if self.token else "/@service-keys"

    def ask_to_end(self) -> None:
        """Note that it may be over from now on."""
        self.revocation_asked_at = self.revocation_asked_at or time.monotonic()

    def end(self) -> None:
        """Note that it is revoked, unless it was before."""
        self.ask_to_end()
        self.revoked_at = self.revoked_at or time.monotonic()


@dataclass(eq=False)
class Token:
    value: str
    credential: Credential
    #: By the clock of the server.
    expires_at: float
    acknowledged_at: float = field(default_factory=time.monotonic)


@dataclass(eq=False)
class Application:
    """An application of the site's own, in which people sign in.

    Whoever signs in or ends all of its families has the lock.
    """

    client: tuple[str, str]
    lock: Any = field(default_factory=Lock)
    sign_ins: int = 0

    @property
    def has_room(self) -> bool:
        return self.sign_ins < MAX_FAMILIES


@dataclass(eq=False)
class Family(Credential):
    """Where somebody is signed in; `token` is the refresh token to use next.

    An honest device sends one at a time: whoever works with it has the lock.
    """

    application: Application | None = None
    replaced: list[str] = field(default_factory=list)
    #: When the token was sent for the first time, if no answer has come.
    sent_at: float | None = None
    lock: Any = field(default_factory=Lock)


@dataclass(eq=False)
class Person:
    """A browser in which somebody is logged in, and the session that it is in.

    Nobody can say whether that has ended once `log_out_asked` is true, until
    `logged_out_at` says when it was promised.
    """

    cookies: dict[str, str]
    #: As what each application knows the session.
    sids: dict[str, str] = field(default_factory=dict)
    id_token: str = ""
    log_out_asked: bool = False
    logged_out_at: float | None = None
    lock: Any = field(default_factory=Lock)


class Ledger:
    """Any number of clients write into it."""

    def __init__(self, grace: float = 0) -> None:
        #: Seconds until what one Zope has done is known to another for certain.
        self.grace = grace
        self.lock = RLock()
        self.keys: list[Credential] = []
        self.personal: list[Credential] = []
        self.tokens: list[Token] = []
        #: The page that links lead to, and where the site thinks it is.
        self.page = ""
        self.host = ""
        self.links: list[Credential] = []
        self.applications: list[Application] = []
        self.families: list[Family] = []
        self.persons: list[Person] = []
        #: Grants with an identifier that was used, and until when they are valid.
        self.used_grants: list[tuple[str, float]] = []
        self.counts: Counter[str] = Counter()
        self.violations: list[str] = []

    @property
    def credentials(self) -> list[Credential]:
        return [*self.keys, *self.personal, *self.links, *self.families]

    def count(self, what: str) -> None:
        with self.lock:
            self.counts[what] += 1

    def complain(self, what: str) -> None:
        with self.lock:
            self.violations.append(what)

    def some(self, found: list[Found], recent: int = 0) -> Found | None:
        """Any of these, or of the last ones."""
        with self.lock:
            return random.choice(found[-recent:]) if found else None

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
