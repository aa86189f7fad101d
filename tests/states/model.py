"""What must hold, in plain Python: it imports nothing of the package.

It keeps a book of what people did, and tells from that alone which tokens live. Where
the documentation leaves something undecided, the verdict is a set of more than one.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import field


DAY = 24 * 60 * 60
USERS = ("ann", "bob", "cay", "dan")
ROLES = ("Manager", "Site Administrator", "Editor", "Deputy", "Member")
#: Members of the group have its role, too.
GROUP, GROUP_ROLE = "staff", "Deputy"
POWERFUL = {"Manager", "Site Administrator"}
ADMINISTRATORS = {"Manager", "Site Administrator"}

V4, OTHER_V4, V6, MAPPED, AWAY, NO_ADDRESS = ADDRESSES = (
    "192.0.2.7",
    "198.51.100.9",
    "2001:db8::5",
    "::ffff:192.0.2.7",
    "203.0.113.1",
    "",
)
#: IP ranges, and who is inside.
RANGES: dict[str, set[str]] = {
    "": set(ADDRESSES),
    "192.0.2.0/24": {V4, MAPPED},
    "198.51.100.9, 2001:db8::/32": {OTHER_V4, V6},
    AWAY: {AWAY},
}
READ, WRITE = "plone.read", "plone.write"
#: Scopes, and what they grant.
SCOPES: dict[tuple[str, ...], set[str]] = {
    (READ,): {READ},
    (WRITE,): {READ, WRITE},
    (READ, WRITE): {READ, WRITE},
}

LEEWAY = 60
GRANT_LIFETIME = 300
LOG_RETENTION = 7 * DAY
KEY_RETENTION = 90 * DAY
ORPHAN_AFTER = DAY

UNKNOWN = "unknown or expired token"
ENDED = "credential has ended"
OUTSIDE = "client address is outside the IP ranges"
NO_OWNER = "owner is gone or locked out"
NO_SUBJECT = "subject is gone or locked out"
MAY_NOT_ACT = "impersonation is not allowed"

#: What `authenticate` may say: a reason, or subject and scopes.
Verdict = str | tuple[str, frozenset[str]]
#: Time, subject and address.
LogEntry = tuple[float, str, str]


@dataclass
class User:
    roles: set[str]
    in_group: bool = False
    exists: bool = True


@dataclass
class KeyPair:
    private_key: str
    kid: str
    ends_at: float | None = None

    def verifies(self, now: float) -> bool:
        return self.ends_at is None or now < self.ends_at


@dataclass(eq=False)
class Credential:
    """A service key, or a personal token."""

    id: str
    owner: str
    expires_at: float | None
    ip_ranges: str
    scopes: tuple[str, ...]
    may_impersonate: bool = False
    require_jti: bool = False
    key_pairs: list[KeyPair] = field(default_factory=list)
    is_personal: bool = False
    issued_at: float = 0
    revoked_at: float | None = None
    orphaned_at: float | None = None
    missing_since: float | None = None
    is_forgotten: bool = False
    entries: list[LogEntry] = field(default_factory=list)
    #: Entries older than this may have been trimmed.
    kept_since: float = 0
    uses: int = 0
    uses_waiting: int = 0
    uses_may_be_lost: bool = False

    @property
    def has_ended(self) -> bool:
        return self.revoked_at is not None or self.orphaned_at is not None

    def is_live(self, now: float) -> bool:
        not_yet = self.expires_at is None or now < self.expires_at
        return not self.has_ended and not_yet

    @property
    def first_end(self) -> float | None:
        ends = [at for at in (self.revoked_at, self.orphaned_at) if at is not None]
        return min(ends, default=None)


@dataclass(eq=False)
class Token:
    value: str
    credential: Credential
    subject: str
    expires_at: float | None
    scopes: set[str] | None = None
    is_revoked: bool = False
    #: The clock was set back from a time at which it was expired.
    had_expired: bool = False
    #: It was seen to be forgotten after that.
    is_dropped: bool = False


@dataclass
class UsedIdentifier:
    """A `jti` that was used, and until when that is remembered for certain."""

    credential: Credential
    jti: str
    until: float
    had_expired: bool = False


@dataclass
class Model:
    now: float
    users: dict[str, User] = field(default_factory=dict)
    have_keys: set[str] = field(default_factory=set)
    impersonate: set[str] = field(default_factory=set)
    token_lifetime: int = 3600
    credentials: list[Credential] = field(default_factory=list)
    tokens: list[Token] = field(default_factory=list)
    identifiers: list[UsedIdentifier] = field(default_factory=list)

    # -- people ---------------------------------------------------------------

    def roles(self, user_id: str) -> set[str]:
        user = self.users[user_id]
        return user.roles | ({GROUP_ROLE} if user.in_group else set())

    def exists(self, user_id: str) -> bool:
        return self.users[user_id].exists

    def may_have_keys(self, user_id: str) -> bool:
        return bool(self.exists(user_id) and self.roles(user_id) & self.have_keys)

    def may_impersonate(self, user_id: str) -> bool:
        return bool(self.exists(user_id) and self.roles(user_id) & self.impersonate)

    def administers(self, user_id: str) -> bool:
        return bool(self.exists(user_id) and self.roles(user_id) & ADMINISTRATORS)

    def may_see(self, requester: str | None, credential: Credential) -> bool:
        """Whether a requester may see and revoke; None is the server's operator."""
        if credential.is_forgotten:
            return False
        if requester is None or self.administers(requester):
            return True
        is_own = requester == credential.owner and credential.orphaned_at is None
        return is_own and self.may_have_keys(requester)

    def may_widen(self, requester: str | None, credential: Credential) -> bool:
        if not self.may_see(requester, credential):
            return False
        if requester is None or "Manager" in self.roles(requester):
            return True
        return requester == credential.owner and self.may_have_keys(requester)

    def may_let_impersonate(self, requester: str | None, owner: str) -> bool:
        return self.may_impersonate(owner) and (
            requester is None or self.may_impersonate(requester)
        )

    def delete(self, user_id: str, is_announced: bool) -> None:
        self.users[user_id].exists = False
        if is_announced:
            self.orphan(user_id)

    def create(self, user_id: str, roles: set[str], is_announced: bool) -> None:
        self.users[user_id] = User(roles)
        if is_announced:
            self.orphan(user_id)

    def orphan(self, user_id: str) -> None:
        for credential in self.owned_by(user_id):
            if credential.orphaned_at is None:
                credential.orphaned_at = self.now

    def owned_by(self, user_id: str) -> list[Credential]:
        return [
            each
            for each in self.credentials
            if each.owner == user_id and not each.is_forgotten
        ]

    # -- time -----------------------------------------------------------------

    def advance(self, seconds: float) -> None:
        self.now += seconds
        for token in self.tokens:
            if token.expires_at is not None and token.expires_at <= self.now:
                token.had_expired = True
        for identifier in self.identifiers:
            if identifier.until <= self.now:
                identifier.had_expired = True

    def set_back(self, seconds: float) -> None:
        self.now -= seconds

    # -- what happens to credentials --------------------------------------------

    def forget_ended(self) -> None:
        for credential in self.credentials:
            end = credential.first_end
            if end is not None and end < self.now - KEY_RETENTION:
                credential.is_forgotten = True
                credential.entries = []

    def purge(self) -> None:
        self.forget_ended()
        for user_id in USERS:
            self._note_whether_missing(user_id)
        for credential in self.credentials:
            if not credential.has_ended:
                self.tidy(credential)

    def tidy(self, credential: Credential) -> None:
        """Old entries go, but never the newest."""
        before = self.now - LOG_RETENTION
        credential.kept_since = max(credential.kept_since, before)
        newest = max((time for time, _, _ in credential.entries), default=0)
        credential.entries = [
            each for each in credential.entries if each[0] >= min(before, newest)
        ]

    def _note_whether_missing(self, user_id: str) -> None:
        owned = self.owned_by(user_id)
        if self.exists(user_id):
            since = None
        else:
            noted = [each.missing_since for each in owned if each.missing_since]
            since = min(noted, default=self.now)
        for credential in owned:
            credential.missing_since = since
        if since is not None and since <= self.now - ORPHAN_AFTER:
            self.orphan(user_id)

    # -- what is asked ----------------------------------------------------------

    def verdicts(self, token: Token, address: str) -> set[Verdict]:
        """What may be answered to a token from an address."""
        expires_at = None if token.credential.is_personal else token.expires_at
        if token.is_revoked or token.is_dropped:
            return {UNKNOWN}
        if expires_at is not None and expires_at <= self.now:
            return {UNKNOWN}
        verdict = self._verdict(token, address)
        if token.had_expired and not token.credential.is_personal:
            return {verdict, UNKNOWN}
        return {verdict}

    def _verdict(self, token: Token, address: str) -> Verdict:
        credential = token.credential
        if credential.is_forgotten:
            # An access token still tells which it was.
            return UNKNOWN if credential.is_personal else ENDED
        refusal = self.refusal_of(credential, address)
        if refusal is None:
            refusal = self.refusal_to_act(credential, token.subject)
        if refusal is not None:
            return refusal
        scopes = SCOPES[credential.scopes]
        if token.scopes is not None:
            scopes = scopes & token.scopes
        return token.subject, frozenset(scopes)

    def refusal_of(self, credential: Credential, address: str) -> str | None:
        if not credential.is_live(self.now):
            return ENDED
        if address not in RANGES[credential.ip_ranges]:
            return OUTSIDE
        return None if self.exists(credential.owner) else NO_OWNER

    def refusal_to_act(self, credential: Credential, subject: str) -> str | None:
        """Why a live credential of an owner who is there may not act as somebody."""
        owner = credential.owner
        if subject not in self.users or not self.exists(subject):
            return NO_SUBJECT
        if subject == owner:
            return None
        gained = self.roles(subject) - self.roles(owner)
        if not credential.may_impersonate or not self.may_impersonate(owner):
            return MAY_NOT_ACT
        return MAY_NOT_ACT if gained & (POWERFUL | self.impersonate) else None

    def jti_answers(self, credential: Credential, jti: str) -> set[bool]:
        """Whether an identifier may be accepted now."""
        same = [
            each
            for each in self.identifiers
            if each.credential is credential and each.jti == jti
        ]
        if any(not each.had_expired and self.now < each.until for each in same):
            return {False}
        return {True, False} if same else {True}

    # -- the usage log ------------------------------------------------------------

    def log_problem(self, credential: Credential, found: Iterable[LogEntry]) -> str:
        """What is wrong with the log of a service key; an empty string for nothing."""
        known, there = Counter(credential.entries), Counter(found)
        if there - known:
            return f"nobody did {there - known}"
        newest = max(known, default=(0.0, "", ""))[0]
        must = Counter(
            {
                entry: count
                for entry, count in known.items()
                if entry[0] >= min(credential.kept_since, newest)
            }
        )
        return f"lost {must - there}" if must - there else ""

    def uses_problem(self, credential: Credential, found: int) -> str:
        """The same for the number of uses of a personal token."""
        written = 0 if credential.is_forgotten else credential.uses
        written -= 0 if credential.is_forgotten else credential.uses_waiting
        if found > written:
            return f"{found} uses, there were {written}"
        if found < written and not credential.uses_may_be_lost:
            return f"{found} uses, of {written} that were written"
        return ""
