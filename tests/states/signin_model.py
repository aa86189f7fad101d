"""What must hold of sign-in, in plain Python: it imports nothing of the package.

It keeps a book of what people and applications did, and tells from that alone what
still works. Where a clock that was set back leaves something undecided, it says None.
"""

from dataclasses import dataclass
from dataclasses import field


MINUTE, HOUR, DAY = 60, 60 * 60, 24 * 60 * 60
USERS = ("ann", "bob")
BROWSERS = 2
GROUP = "staff"
READ, WRITE, OPENID, OFFLINE = "plone.read", "plone.write", "openid", "offline_access"
SCOPES = frozenset({READ, WRITE, OPENID, OFFLINE})

CODE_LIFETIME = 60
#: A used code is known for so long after it expired.
CODE_REMEMBERED = 15 * MINUTE
TOKEN_LIFETIME = HOUR
REPEAT_WINDOW = 30
IDLE, LONGEST = 30 * DAY, 180 * DAY
SESSION_LIFETIME = 30 * DAY
PENDING_LIFETIME = 30 * MINUTE
#: Fewer than there are, so that it happens here.
MAX_FAMILIES = 3
RETENTION = 90 * DAY
JWKS_MAX_AGE = HOUR


def granted(scopes: set[str]) -> set[str]:
    """With what they include."""
    return scopes | ({READ} if WRITE in scopes else set())


@dataclass
class User:
    exists: bool = True
    is_member: bool = True
    in_group: bool = False
    missing_since: float | None = None
    #: How many there were of this id before.
    number: int = 0


@dataclass(eq=False)
class Application:
    id: str
    secret: str
    redirect_uri: str
    scopes: set[str]
    is_first_party: bool = False
    stays_signed_in: bool = False
    is_for_group: bool = False
    is_disabled: bool = False
    ended_at: float | None = None

    @property
    def is_live(self) -> bool:
        return not self.is_disabled and self.ended_at is None


@dataclass(eq=False)
class Session:
    """Of a person in a browser."""

    user_id: str
    known_until: float
    auth_time: float | None = None
    has_ended: bool = False
    #: The name by which each application knows it.
    sids: dict[str, str] = field(default_factory=dict)


@dataclass(eq=False)
class Authorization:
    id: str
    owner: str
    application: Application
    scopes: set[str]
    expires_at: float | None = None
    ended_at: float | None = None
    is_disabled: bool = False
    #: Whether it is for other addresses than those of all programs here.
    is_elsewhere: bool = False
    is_forgotten: bool = False
    families: list["Family"] = field(default_factory=list)

    def is_current(self, now: float) -> bool:
        is_over = self.expires_at is not None and self.expires_at <= now
        return self.ended_at is None and not is_over

    def is_live(self, now: float) -> bool:
        return self.is_current(now) and not self.is_disabled


@dataclass(eq=False)
class Family:
    authorization: Authorization
    scopes: set[str]
    current: str
    started_at: float
    used_at: float
    previous: str = ""
    rotated_at: float = 0
    older: list[str] = field(default_factory=list)
    has_ended: bool = False
    had_expired: bool = False
    #: What each ID token of it says of the log-in.
    about: dict[str, object] = field(default_factory=dict)

    def ends_at(self) -> float:
        return min(self.started_at + LONGEST, self.used_at + IDLE)

    def is_live(self, now: float) -> bool:
        return not self.has_ended and now < self.ends_at()


@dataclass(eq=False)
class Token:
    value: str
    authorization: Authorization
    scopes: set[str]
    expires_at: float
    family: Family | None = None
    session: Session | None = None
    is_revoked: bool = False
    had_expired: bool = False


@dataclass(eq=False)
class Code:
    value: str
    authorization: Authorization
    scopes: set[str]
    verifier: str
    nonce: str
    expires_at: float
    session: Session
    is_used: bool = False
    made: Family | Token | None = None
    had_expired: bool = False
    was_forgotten: bool = False


@dataclass(eq=False)
class IDToken:
    value: str
    kid: str
    issued_at: float
    expires_at: float
    application: Application
    #: User id and the number of the user.
    person: tuple[str, int]


@dataclass
class Waiting:
    """A request for authorization that waits for a log-in."""

    sent: "Sent"
    query: str
    key: str
    made_at: float


@dataclass(frozen=True)
class Sent:
    """A request for authorization."""

    application: Application
    wanted: frozenset[str]
    verifier: str
    nonce: str


@dataclass(frozen=True)
class Question:
    """What a person is asked."""

    sent: Sent
    browser: int
    user_id: str
    kept: str


@dataclass
class Model:
    now: float
    users: dict[str, User] = field(default_factory=dict)
    applications: list[Application] = field(default_factory=list)
    authorizations: list[Authorization] = field(default_factory=list)
    sessions: list[Session] = field(default_factory=list)
    codes: list[Code] = field(default_factory=list)
    families: list[Family] = field(default_factory=list)
    tokens: list[Token] = field(default_factory=list)
    id_tokens: list[IDToken] = field(default_factory=list)

    # -- time ---------------------------------------------------------------------

    def advance(self, seconds: float) -> None:
        self.now += seconds
        for code in self.codes:
            code.had_expired |= self.now >= code.expires_at
            code.was_forgotten |= self.now >= code.expires_at + CODE_REMEMBERED
        for token in self.tokens:
            token.had_expired |= self.now >= token.expires_at
        for family in self.families:
            family.had_expired |= self.now >= family.started_at + LONGEST

    # -- what holds -----------------------------------------------------------------

    def may_authorize(self, user_id: str, application: Application) -> bool:
        return self.may_use(user_id, application) and self.users[user_id].is_member

    def may_use(self, user_id: str, application: Application) -> bool:
        user = self.users[user_id]
        is_for = not application.is_for_group or user.in_group
        return user.exists and application.is_live and is_for

    def holds(self, authorization: Authorization) -> bool:
        """Whether what somebody has authorized lets a token work."""
        application = authorization.application
        return (
            self.may_use(authorization.owner, application)
            and authorization.is_live(self.now)
            and authorization.scopes <= granted(application.scopes)
        )

    def works(self, authorization: Authorization) -> bool:
        """The same from the address of the programs."""
        return self.holds(authorization) and not authorization.is_elsewhere

    def may_issue(self, authorization: Authorization) -> bool:
        return self.works(authorization) and self.users[authorization.owner].is_member

    def newest(self, user_id: str, application: Application) -> Authorization | None:
        for each in reversed(self.authorizations):
            is_it = each.owner == user_id and each.application is application
            if is_it and not each.is_forgotten:
                return each
        return None

    # -- what is asked -----------------------------------------------------------------

    def access(self, token: Token) -> set[frozenset[str] | None]:
        """The scopes that a token may give; None among them for a refusal."""
        if token.is_revoked or self.now >= token.expires_at:
            return {None}
        if token.family is not None and token.family.has_ended:
            return {None}
        if token.session is not None and token.session.has_ended:
            return {None}
        if not self.works(token.authorization):
            return {None}
        scopes = granted(token.authorization.scopes) & granted(token.scopes)
        found: set[frozenset[str] | None] = {frozenset(scopes)}
        return found | ({None} if token.had_expired else set())

    def is_active(self, family: Family, token: str) -> bool:
        """Whether a refresh token is good for anything."""
        is_current = token == family.current
        is_live = family.is_live(self.now) and self.holds(family.authorization)
        return is_current and is_live

    # -- what happens ------------------------------------------------------------------

    def end(self, authorization: Authorization) -> None:
        if authorization.ended_at is None:
            authorization.ended_at = self.now

    def gone(self, user_id: str) -> None:
        """A user is known to be gone for good."""
        for authorization in self.authorizations:
            if authorization.owner == user_id:
                self.end(authorization)
        for session in self.sessions:
            if session.user_id == user_id and self.now < session.known_until:
                session.has_ended = True

    def purge(self) -> None:
        for user_id, user in self.users.items():
            owned = [
                each
                for each in self.authorizations
                if each.owner == user_id and not each.is_forgotten
            ]
            if user.exists or not owned:
                user.missing_since = None
                continue
            user.missing_since = user.missing_since or self.now
            if user.missing_since <= self.now - DAY:
                self.gone(user_id)

    def forget(self) -> None:
        """What ended long ago is forgotten."""
        for authorization in self.authorizations:
            ended_at = authorization.ended_at
            if ended_at is not None and ended_at < self.now - RETENTION:
                authorization.is_forgotten = True

    def start(self, family: Family) -> None:
        """A family begins; the longest unused end where there are too many."""
        authorization = family.authorization
        others = [it for it in authorization.families if it.is_live(self.now)]
        others.sort(key=lambda it: it.used_at)
        while len(others) >= MAX_FAMILIES:
            others.pop(0).has_ended = True
        authorization.families = [*others, family]
        self.families.append(family)
