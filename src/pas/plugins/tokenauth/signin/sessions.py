"""The sessions of people in their browsers, each known by a cookie."""

from ..core.tokens import digest
from ..core.tokens import is_well_formed
from ..core.tokens import make_token
from ..core.tokens import RANDOM_BYTES
from ..core.tokens import SESSION_PREFIX
from ..core.tokens import TokenDigest
from ..sealing.sealer import STORE as SITE_IDENTITY
from ..site.context import SiteAdapter
from ..site.context import SiteContext
from ..storage.sessions import LIFETIME
from ..storage.sessions import Session
from ..storage.sessions import Sessions
from ..web.csrf import written_safely
from .browser import cookie_name
from .browser import is_secure
from .events import SessionEndedEvent
from .interfaces import INeedsSessions
from .interfaces import ISignInSessions
from .logout import reset_credentials
from typing import Any
from zope.component import getUtilitiesFor
from zope.event import notify
from zope.interface import implementer

import hashlib
import secrets


STORE = "sessions"
_NAME = "tokenauth-session-"


@implementer(ISignInSessions)
class SignInSessions(SiteAdapter):
    """See ISignInSessions."""

    def __init__(self, site: SiteContext) -> None:
        super().__init__(site)
        self._store: Sessions = site.storage[STORE]

    @property
    def is_needed(self) -> bool:
        return any(needs(self._site) for _, needs in getUtilitiesFor(INeedsSessions))

    def current(self, request: Any, user_id: str | None, now: float) -> Session | None:
        session = self._found(request, now)
        if session is None or user_id not in (None, session.user_id):
            return None
        return session

    def ensure(self, request: Any, user_id: str, now: float) -> Session:
        session = self._found(request, now)
        if session is not None and session.user_id == user_id:
            return session
        with written_safely(request, self._site.storage):
            if session is not None:
                self._end(session)
            session = Session(self._give_cookie(request), user_id)
            self._store.add(session, now)
        return session

    def note_log_in(
        self, request: Any, user_id: str, methods: tuple[str, ...], now: float
    ) -> None:
        """Begin a session, or go on with that of the same user, after a log-in.

        The cookie is another one: who knew it before learns nothing.

        :param methods: how the person has proved who they are
        """
        session = self._found(request, now)
        if session is not None and session.user_id == user_id:
            self._store.remove(session)
            session.digest = self._give_cookie(request)
        else:
            if session is not None:
                self._end(session)
            session = Session(self._give_cookie(request), user_id)
        session.auth_time, session.methods = now, methods
        self._store.add(session, now)

    def log_in_again(self, request: Any) -> None:
        reset_credentials(self._site, request)

    def end(self, request: Any, now: float) -> None:
        session = self._found(request, now)
        if session is None:
            return
        with written_safely(request, self._site.storage):
            self._end(session)
        name = self._cookie_name(request)
        request.response.expireCookie(name, path="/")

    def end_all(self, user_id: str, now: float) -> int:
        sessions = self._store.of_user(user_id, now)
        for session in sessions:
            self._end(session)
        return len(sessions)

    def _end(self, session: Session) -> None:
        self._store.remove(session)
        session.has_ended = True
        notify(SessionEndedEvent(site=self._site, session=session))

    def _found(self, request: Any, now: float) -> Session | None:
        """The session of a browser, whosever it is."""
        secret = request.cookies.get(self._cookie_name(request), "")
        if not is_well_formed(secret):
            return None
        return self._store.get(digest(secret), now)

    def _give_cookie(self, request: Any) -> TokenDigest:
        """Give a browser another cookie; the digest of what it holds."""
        secret = make_token(SESSION_PREFIX, secrets.token_bytes(RANDOM_BYTES))
        request.response.setCookie(
            self._cookie_name(request),
            str(secret),
            path="/",
            # Plone's own may outlive the browser; without that this one is for nobody.
            max_age=int(LIFETIME),
            secure=is_secure(request),
            http_only=True,
            same_site="Lax",
        )
        return digest(secret)

    def _cookie_name(self, request: Any) -> str:
        """Another one for each site, since several may share a host."""
        identity = self._site.storage[SITE_IDENTITY].identity
        name = f"{_NAME}{hashlib.sha256(identity).hexdigest()[:8]}"
        return cookie_name(request, name)
