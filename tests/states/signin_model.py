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
NOTES, TASKS = "notes.read", "tasks.read"
#: Resources beside the site, with the scope of each.
RESOURCES = {
    "https://notes.example.org/mcp": NOTES,
    "https://tasks.example.org/mcp": TASKS,
}
OF_SITE = frozenset({READ, WRITE})
SCOPES = OF_SITE | {OPENID, OFFLINE, NOTES, TASKS}

CODE_LIFETIME = 60
DEVICE_LIFETIME = 10 * MINUTE
#: Between two polls of a device, and how much longer for each that was too early.
INTERVAL = 5
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
    """An application; also a resource beside the site is one."""

    id: str = ""
    secret: str = ""
    redirect_uri: str = ""
    scopes: set[str] = field(default_factory=set)
    authentication: str = "client_secret"
    is_first_party: bool = False
    stays_signed_in: bool = False
    is_for_group: bool = False
    #: As a resource: its URL, and whether it exchanges tokens.
    resource: str = ""
    may_exchange: bool = False
    is_disabled: bool = False
    ended_at: float | None = None

    @property
    def is_live(self) -> bool:
        return not self.is_disabled and self.ended_at is None

    @property
    def exchanges(self) -> set[str]:
        """What it can get at the site for the tokens that it is sent."""
        return granted(self.scopes) if self.may_exchange else set()


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
    #: For which the tokens are; empty for the site.
    resource: str = ""
    #: Whether the person has read where the browser goes to with a code.
    knows_target: bool = False
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
    #: The resource that has exchanged another token for it, and which one.
    actor: Application | None = None
    origin: "Token | None" = None
    is_revoked: bool = False
    had_expired: bool = False

    @property
    def audience(self) -> str:
        return "" if self.actor else self.authorization.resource


@dataclass(frozen=True)
class Sent:
    """A request for authorization."""

    application: Application
    wanted: frozenset[str]
    resource: str = ""
    prompt: str = ""
    max_age: int | None = None
    verifier: str = ""
    nonce: str = ""


@dataclass(eq=False)
class Code:
    """An authorization code, or that of a device, which somebody has to allow first."""

    value: str
    sent: Sent
    scopes: set[str]
    expires_at: float
    authorization: Authorization | None = None
    session: Session | None = None
    auth_time: float | None = None
    #: What a person types for a device; empty for an authorization code.
    user_code: str = ""
    is_answered: bool = False
    polled_at: float | None = None
    interval: int = INTERVAL
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


@dataclass(frozen=True)
class Waiting:
    """A request for authorization that waits for a log-in; see Model.must_log_in."""

    sent: Sent
    query: str
    key: str
    made_at: float
    since: float | None


@dataclass(frozen=True)
class Question:
    """What a person is asked, for a code or for a device."""

    sent: Sent
    browser: int
    user_id: str
    kept: str
    device: Code | None = None


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

    def may_use(self, user_id: str, application: Application) -> bool:
        user = self.users[user_id]
        is_for = not application.is_for_group or user.in_group
        return user.exists and application.is_live and is_for

    def resource(self, url: str) -> Application | None:
        """The resource of this URL that has not ended."""
        found = (it for it in self.applications if it.resource == url)
        return next((it for it in found if it.ended_at is None), None)

    def is_served(self, url: str) -> bool:
        """Whether tokens can be for the site or for the resource of this URL."""
        found = self.resource(url) if url else None
        return not url or (found is not None and found.is_live)

    def holds(self, authorization: Authorization) -> bool:
        """Whether what somebody has authorized lets a token work."""
        application = authorization.application
        return (
            self.may_use(authorization.owner, application)
            and authorization.is_live(self.now)
            and authorization.scopes <= granted(application.scopes)
            and self.is_served(authorization.resource)
        )

    def may_issue(self, authorization: Authorization) -> bool:
        is_member = self.users[authorization.owner].is_member
        return (
            self.holds(authorization) and is_member and not authorization.is_elsewhere
        )

    def newest(
        self, user_id: str, application: Application, resource: str
    ) -> Authorization | None:
        for each in reversed(self.authorizations):
            is_it = (each.owner, each.application) == (user_id, application)
            if is_it and each.resource == resource and not each.is_forgotten:
                return each
        return None

    # -- what is asked for -------------------------------------------------------------

    def left(self, sent: Sent) -> set[str]:
        """What of a request the application can be granted."""
        scopes = set(sent.wanted) & granted(sent.application.scopes)
        if not sent.resource:
            return scopes - set(RESOURCES.values())
        resource = self.resource(sent.resource)
        offered = resource.exchanges if resource else set()
        return scopes & (offered | {RESOURCES[sent.resource], OFFLINE})

    def problem(self, sent: Sent) -> str:
        """The error for which a request comes to nothing, whoever asks; or empty."""
        can_be_granted = set(sent.wanted) & granted(sent.application.scopes)
        if can_be_granted and not self.is_served(sent.resource):
            return "invalid_target"
        return "invalid_scope" if self.left(sent) <= {OFFLINE} else ""

    def must_log_in(
        self, sent: Sent, auth_time: float | None, since: float | None
    ) -> bool:
        """Whether somebody who is logged in has to log in again.

        :param auth_time: when they last did, None if nobody knows
        :param since: when they were sent to do it for this request, if they were
        """
        if since is not None and auth_time is not None and auth_time >= since:
            return False
        if sent.prompt == "login" or sent.max_age is None:
            return sent.prompt == "login"
        return auth_time is None or self.now > auth_time + sent.max_age

    def may_authorize(self, user_id: str, sent: Sent) -> bool:
        if not self.may_use(user_id, sent.application):
            return False
        found = self.newest(user_id, sent.application, sent.resource)
        is_off = found is not None and found.is_disabled and found.is_current(self.now)
        return self.users[user_id].is_member and not is_off

    def must_ask(self, user_id: str, sent: Sent) -> bool:
        application, scopes = sent.application, self.left(sent)
        if sent.prompt == "consent":
            return True
        if application.is_first_party and OFFLINE not in scopes:
            return False
        found = self.newest(user_id, application, sent.resource)
        if found is None or not found.is_live(self.now) or not found.knows_target:
            return True
        has_lost = not found.scopes <= granted(application.scopes)
        return has_lost or not scopes <= granted(found.scopes)

    def answer_to(
        self, sent: Sent, user_id: str, auth_time: float | None, since: float | None
    ) -> str:
        """What a browser gets for a request that can be read.

        :param user_id: who is logged in there
        :param auth_time: see must_log_in
        :param since: the same
        :returns: page, log_in, question or code, else the error for the application
        """
        is_silent = sent.prompt == "none"
        if not sent.application.is_live:
            return "page"
        if problem := self.problem(sent):
            return problem
        if user_id and not self.users[user_id].exists:
            return "login_required" if is_silent else "page"
        if not user_id or self.must_log_in(sent, auth_time, since):
            # Nobody is sent there twice.
            is_back = bool(user_id) and since is not None
            return "login_required" if is_silent else "page" if is_back else "log_in"
        if not self.may_authorize(user_id, sent):
            return "access_denied"
        if self.must_ask(user_id, sent):
            return "consent_required" if is_silent else "question"
        return "code"

    # -- codes and tokens --------------------------------------------------------------

    def scopes_of(self, code: Code) -> set[str]:
        if code.authorization is None:
            return set()
        return granted(code.authorization.scopes) & granted(code.scopes)

    def may_redeem(self, code: Code) -> bool | None:
        if code.is_used or code.authorization is None or self.now >= code.expires_at:
            return False
        if code.session is not None and code.session.has_ended:
            return False
        if not self.may_issue(code.authorization) or not self.scopes_of(code):
            return False
        return None if code.had_expired else True

    def is_forgotten(self, code: Code) -> bool:
        return code.was_forgotten or self.now >= code.expires_at + CODE_REMEMBERED

    def is_waiting(self, code: Code) -> bool:
        """Whether a device waits for somebody to answer."""
        return not code.is_answered and self.now < code.expires_at

    def poll(self, code: Code) -> str:
        """What a device is told to which nothing can be granted."""
        if code.is_used or self.is_forgotten(code):
            return "invalid_grant"
        if self.now >= code.expires_at:
            return "expired_token"
        if code.is_answered:
            return "invalid_grant" if code.authorization else "access_denied"
        before, code.polled_at = code.polled_at, self.now
        if before is None or self.now >= before + code.interval:
            return "authorization_pending"
        code.interval += INTERVAL
        return "slow_down"

    def is_good(self, family: Family, token: str) -> bool:
        """Whether there is a successor for a refresh token."""
        window = family.rotated_at + REPEAT_WINDOW
        is_repeated = token == family.previous and self.now <= window
        return token == family.current or is_repeated

    def may_refresh(self, family: Family, token: str) -> bool | None:
        if not family.is_live(self.now) or not self.is_good(family, token):
            return False
        authorization = family.authorization
        left = granted(authorization.scopes) & granted(family.scopes)
        is_staying = authorization.application.stays_signed_in or OFFLINE in left
        if not self.may_issue(authorization) or not is_staying or not left:
            return False
        return None if family.had_expired else True

    def exchanged(self, token: Token, resource: Application) -> set[str]:
        """What a resource gets at the site for a token; nothing if it is refused."""
        is_for_it = token.audience and self.resource(token.audience) is resource
        if not is_for_it or not resource.is_live:
            return set()
        found = self.gives(token) - {None}
        return {name for scopes in found for name in scopes or ()} & resource.exchanges

    def gives(self, token: Token) -> set[frozenset[str] | None]:
        """The scopes that a token may give; None among them for a refusal."""
        authorization = token.authorization
        scopes = frozenset(granted(authorization.scopes) & granted(token.scopes))
        is_over = (
            token.is_revoked
            or self.now >= token.expires_at
            or (token.family is not None and token.family.has_ended)
            or (token.session is not None and token.session.has_ended)
            or not self.holds(authorization)
        )
        if token.origin is not None and token.actor is not None:
            is_over |= (
                self.gives(token.origin) == {None}
                or self.resource(authorization.resource) is not token.actor
                or not scopes <= token.actor.exchanges
            )
        if is_over:
            return {None}
        return {scopes} | ({None} if token.had_expired else set())

    def access(self, token: Token) -> set[frozenset[str] | None]:
        """The same at the site, from the address of the programs."""
        is_here = not token.audience and not token.authorization.is_elsewhere
        return self.gives(token) if is_here else {None}

    def is_told(self, asks: Application, token: Token) -> bool:
        """Whether a client learns about a token: of its own, or one that is for it."""
        is_own = asks in (token.authorization.application, token.actor)
        is_for_it = token.audience and self.resource(token.audience) is asks
        return is_own or bool(is_for_it)

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
