"""``@@oauth2-authorize``: from the application's request to a code, or the question.

(RFC 6749 section 4.1.1)
"""

from ..core.errors import AccessDenied
from ..core.errors import OAuthError
from ..core.forms import read_form
from ..core.forms import UnreadableForm
from ..core.secret import Secret
from ..i18n import _
from ..sealing.configuration import key_ring
from ..signin.page import Denied
from ..signin.page import NoAnswer
from ..signin.pending import open_pending
from ..signin.pending import seal_pending
from ..signin.pending import TooLarge
from ..signin.roundtrip import log_in_url
from ..signin.roundtrip import PENDING
from ..signin.roundtrip import resume_url
from ..site.urls import is_below_pages_url
from ..site.users import SiteUser
from ..web.address import client_address
from ..web.csrf import written_safely
from ..web.isolation import OAuth2Request
from .authorizing import consent_items
from .authorizing import must_ask
from .authorizing import recorded_authorization
from .consent import ConsentView
from .interfaces import AuthorizationError
from .interfaces import AuthorizationRequest
from .interfaces import IDelegation
from .protocol import MAX_REQUEST
from .view import AuthorizationView
from dataclasses import astuple
from dataclasses import dataclass
from dataclasses import replace
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile

import json


_VIEW = "oauth2-authorize"
#: For what a request that waits for a log-in is sealed.
_PURPOSE = "authorization request"
#: What makes a log-in count that happens after the request alone.
_FRESH = frozenset({"login", "select_account"})


class AuthorizationRefused(OAuthError):
    """What a silent request cannot do (OpenID Connect Core section 3.1.2.6)."""

    def __init__(self, error: str) -> None:
        super().__init__("The request needs the person, but must not show a page.")
        self.error = error


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A request on its way to the log-in and back.

    :param raw: its parameters, as a query spells them
    :param since: the person was sent to log in then, and only a log-in after that
        counts; None if any counts
    :param chosen: user id of whom the person has chosen to be
    :param chooses_another: whether they want to log in as somebody else
    """

    raw: str
    since: float | None = None
    chosen: str = ""
    chooses_another: bool = False


class AuthorizationEndpoint(AuthorizationView):
    """The endpoint of OAuth 2 that people see.

    Whoever has to log in comes back to it, with the request sealed in the URL.
    """

    account_template = ViewPageTemplateFile("templates/account.pt")

    methods = ("GET", "POST")

    def answer(self, prepared: OAuth2Request) -> str:
        raw = self._parameters(prepared)
        self.check_address(self.site.issuer)
        # Nothing comes of a request without one, whatever the application is.
        key_ring()
        pending = _pending(raw)
        waiting = Waiting(raw=raw) if pending is None else self._opened(pending)
        is_elsewhere = not is_below_pages_url(self.site, self.request)
        if pending is None and (prepared.method == "POST" or is_elsewhere):
            # The cookie of the session is not sent with a POST from another site, nor
            # to another host than that of the pages.
            return self.redirect(self._resume_url(waiting))
        return self._authorize(self.identified(waiting.raw), waiting, prepared)

    def _authorize(
        self, request: AuthorizationRequest, waiting: Waiting, prepared: OAuth2Request
    ) -> str:
        is_silent = "none" in request.prompts
        try:
            asks = self.check(request)
            subject = self.subject
            self.check_session(prepared, subject)
            if subject is None:
                return self._log_in(request, waiting)
            auth_time = self._auth_time(subject)
            is_back = _is_after(auth_time, waiting.since)
            if self._is_other(request, waiting, subject, auth_time, is_back):
                return self._log_in_again(request, waiting, subject)
            if _must_choose(request, waiting, subject) and not is_back:
                return self._choose(waiting, subject)
            self.check_person(request, subject)
            return self._decide(request, waiting.raw, subject, asks)
        except Denied:
            if is_silent:
                return self._refuse(request, AuthorizationRefused("login_required"))
            return self.deny(
                request,
                _(
                    "Your account does not belong to this site, so no application can"
                    " act for it. Log in with an account of the site, and begin again."
                ),
                AccessDenied("The account is none of this site."),
            )
        except OAuthError as error:
            return self._refuse(request, error)

    def _refuse(self, request: AuthorizationRequest, error: OAuthError) -> str:
        """Send the browser to the client with an error, where that can be trusted.

        Anybody can register an application. People who have not allowed it anything
        decide themselves whether they go there; else a URL of this site would lead to
        any other (RFC 9700 section 4.11.2).
        """
        if not request.client.is_self_registered or self._has_allowed(request):
            return self.fail(request, error)
        sentence = _(
            "The application registered itself, and nobody has checked it. Go back to"
            " it only if you trust the address."
        )
        return self.deny(request, sentence, error)

    def _has_allowed(self, request: AuthorizationRequest) -> bool:
        """Whether the client may do anything for the person who is logged in."""
        try:
            subject = self.subject
        except Denied:
            return False
        return subject is not None and (
            recorded_authorization(request, subject) is not None
        )

    # -- logging in ----------------------------------------------------------------

    def _log_in(self, request: AuthorizationRequest, waiting: Waiting) -> str:
        """Send a person to the log-in, from where they come back.

        :raises AuthorizationRefused: where no page may be shown
        """
        if "none" in request.prompts:
            raise AuthorizationRefused("login_required")
        if request.prompts & _FRESH or "max_age" in request.parameters:
            waiting = replace(waiting, since=waiting.since or self.now)
        return self.redirect(log_in_url(self.site, self._resume_url(waiting)))

    def _log_in_again(
        self, request: AuthorizationRequest, waiting: Waiting, subject: SiteUser
    ) -> str:
        """Have a person log in who is logged in, once.

        Whoever comes back without has logged in in a way of which nobody can tell when
        it was, or as the same wrong person.

        :raises AuthorizationRefused: where no page may be shown
        """
        if waiting.since is not None and not waiting.chooses_another:
            error = AuthorizationError(
                "login_required", "The person has not logged in."
            )
            sentence = (
                _(
                    "The application needs to know that it is really you, but this site"
                    " cannot tell when you have logged in."
                )
                if request.is_about(subject)
                else _("The application asks for another account than yours.")
            )
            return self.deny(request, sentence, error)
        if "none" not in request.prompts:
            self.sessions.log_in_again(self.request)
        return self._log_in(request, Waiting(raw=waiting.raw, since=self.now))

    def _auth_time(self, subject: SiteUser) -> float | None:
        """When the person has logged in in this browser; None if nobody knows."""
        session = self.sessions.current(self.request, subject.user_id, self.now)
        return session.auth_time if session else None

    def _is_other(
        self,
        request: AuthorizationRequest,
        waiting: Waiting,
        subject: SiteUser,
        auth_time: float | None,
        is_back: bool,
    ) -> bool:
        """Whether the person must log in: as somebody else, or once more."""
        if not request.is_about(subject):
            return True
        if is_back:
            return False
        if waiting.chooses_another or "login" in request.prompts:
            return True
        max_age = request.parameters.get("max_age")
        if auth_time is None:
            return request.needs_auth_time or max_age is not None
        return max_age is not None and self.now > auth_time + int(max_age)

    def _choose(self, waiting: Waiting, subject: SiteUser) -> str:
        """Ask a person who they want to be (OpenID Connect Core section 3.1.2.1)."""
        this = replace(waiting, chosen=subject.user_id)
        another = replace(waiting, chooses_another=True)
        return self.page(
            self.account_template,
            login=subject.login,
            action=self.site.page_url(_VIEW),
            # A template that fails reports the values it works with.
            this=Secret(self._sealed(this)),
            another=Secret(self._sealed(another)),
        )

    # -- deciding ------------------------------------------------------------------

    def _decide(
        self, request: AuthorizationRequest, raw: str, subject: SiteUser, asks: bool
    ) -> str:
        authorization = recorded_authorization(request, subject)
        items = consent_items(request, subject)
        if asks or must_ask(request, authorization, items):
            if "none" in request.prompts:
                raise AuthorizationRefused("consent_required")
            return ConsentView(self.context, self.request).ask(request, raw, subject)
        with written_safely(self.request, self.site.storage):
            if authorization is None or request.client.is_first_party:
                authorization = IDelegation(self.site).record(
                    request,
                    subject,
                    request.scopes,
                    self.requester,
                    client_address(self.request),
                )
            return self.succeed(request, subject, authorization, request.scopes)

    def _parameters(self, prepared: OAuth2Request) -> str:
        """The parameters, as a query spells them.

        :raises NoAnswer: when a form is none, or too large
        """
        if prepared.method == "GET":
            return str(prepared.query_string)
        return self.body(prepared, MAX_REQUEST)

    def _resume_url(self, waiting: Waiting) -> str:
        return resume_url(self.site, _VIEW, self._sealed(waiting))

    def _sealed(self, waiting: Waiting) -> str:
        packed = json.dumps(astuple(waiting))
        try:
            return seal_pending(self.site, _PURPOSE, packed, self.now)
        except TooLarge:
            raise NoAnswer(
                _("The application has sent a request that is too large."),
                "request is too large",
            ) from None

    def _opened(self, pending: str) -> Waiting:
        packed = open_pending(self.site, _PURPOSE, pending, self.now)
        raw, since, chosen, chooses_another = json.loads(packed)
        return Waiting(
            raw=raw, since=since, chosen=chosen, chooses_another=chooses_another
        )


def _is_after(auth_time: float | None, since: float | None) -> bool:
    """Whether a person has logged in after they were sent to do so."""
    return since is not None and auth_time is not None and auth_time >= since


def _must_choose(
    request: AuthorizationRequest, waiting: Waiting, subject: SiteUser
) -> bool:
    return "select_account" in request.prompts and waiting.chosen != subject.user_id


def _pending(raw: str) -> str | None:
    """The sealed request, if that is all there is."""
    try:
        pairs = read_form(raw, 2 * MAX_REQUEST)
    except UnreadableForm:
        return None
    if len(pairs) == 1 and pairs[0][0] == PENDING:
        return pairs[0][1]
    return None
