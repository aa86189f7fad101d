"""``@@oauth2-end-session``: an application sends people here who log out.

(OpenID Connect RP-Initiated Logout, Front-Channel Logout)
"""

from ..authorization_server.clients import find_client
from ..authorization_server.interfaces import IApplication
from ..core.forms import read_form
from ..core.forms import UnreadableForm
from ..core.redirects import is_registered
from ..core.redirects import origin_of
from ..core.redirects import shown_target
from ..core.redirects import with_parameters
from ..core.secret import Secret
from ..i18n import _
from ..signin.interfaces import ISignInSessions
from ..signin.logout import log_out_of_plone
from ..signin.page import Denied
from ..signin.page import FrontChannelView
from ..signin.page import NoAnswer
from ..signin.pending import open_pending
from ..signin.pending import seal_pending
from ..signin.pending import TooLarge
from ..signin.roundtrip import PENDING
from ..signin.roundtrip import resume_url
from ..site.urls import is_below_pages_url
from ..storage.interfaces import ISession
from ..web.csrf import is_own_form
from ..web.isolation import OAuth2Request
from .authorize import PROTOCOL
from .hints import hinted_claims
from .hints import InvalidHint
from .logouttokens import members_of
from .settings import is_enabled
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from plone import api
from plone.protect import createToken
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any
from zExceptions import NotFound


VIEW = "oauth2-end-session"
#: For what a request is sealed.
_PURPOSE = "log-out"
#: Bytes of a request: an ID token can be large.
MAX_REQUEST = 10 * 1024


@dataclass(frozen=True, kw_only=True)
class LogOut:
    """What an application asks for.

    :param client: who asks, as far as that is known
    :param hint: claims of the ID token that came along; empty for none
    :param target: where the person goes afterwards, empty for nowhere
    """

    client: IApplication | None
    hint: Mapping[str, Any]
    target: str


class EndSessionEndpoint(FrontChannelView):
    """The endpoint, and the answer to the question that it asks.

    Without a proof that the application means this very session, the person is asked:
    any page could send them here.
    """

    methods = ("GET", "POST")
    takes = "request to log out"
    question_template = ViewPageTemplateFile("templates/logout.pt")
    frames_template = ViewPageTemplateFile("templates/loggedout.pt")

    def answer(self, prepared: OAuth2Request) -> str:
        if not is_enabled(self.site):
            raise NotFound()
        raw = str(prepared.query_string)
        if prepared.method == "POST":
            raw = self.body(prepared, MAX_REQUEST)
        parameters = self._read(raw)
        if PENDING in parameters:
            raw = open_pending(self.site, _PURPOSE, parameters[PENDING], self.now)
            log_out = self._requested(self._read(raw))
            if prepared.method == "POST":
                self._check_own_form(parameters)
                return self._log_out(log_out)
        elif prepared.method == "POST" or not is_below_pages_url(
            self.site, self.request
        ):
            # The cookie of the session is not sent with a POST from another site, nor
            # to another host than that of the pages.
            return self.redirect(resume_url(self.site, VIEW, self._sealed(raw)))
        else:
            log_out = self._requested(parameters)
        if self._is_meant(log_out):
            return self._log_out(log_out)
        if self._user_id or self.session is not None:
            return self._ask(log_out, raw)
        return self._greet(log_out)

    # -- the request ---------------------------------------------------------------

    def _read(self, raw: str) -> dict[str, str]:
        """The parameters; those without a value are not there.

        :raises NoAnswer: for what is no form, too large, or names one twice
        """
        try:
            pairs = read_form(raw, MAX_REQUEST)
        except UnreadableForm as unreadable:
            raise _unreadable(str(unreadable)) from None
        if len(pairs) != len(dict(pairs)):
            raise _unreadable("a parameter is repeated")
        return {name: value for name, value in pairs if value}

    def _requested(self, parameters: Mapping[str, str]) -> LogOut:
        """Who asks, and where the person goes.

        A hint that is none, or a URI that is not registered, is as good as nothing: the
        person can log out all the same.

        :raises NoAnswer: when the hint is for another client
        """
        self.prefer_languages(parameters.get("ui_locales", ""))
        hint: Mapping[str, Any] = {}
        problem = ""
        if "id_token_hint" in parameters:
            try:
                hint = hinted_claims(self.site, parameters["id_token_hint"], None)
            except InvalidHint as invalid:
                problem = f"id_token_hint: {invalid}"
        client_id = parameters.get("client_id") or str(hint.get("aud", ""))
        if hint and hint["aud"] != client_id:
            raise NoAnswer(
                _("The application has sent the id_token_hint of another one."),
                "client_id is not that of the id_token_hint",
            )
        client = find_client(self.site, client_id) if client_id else None
        if problem:
            self.log(problem, client.client_id if client else "")
        if not IApplication.providedBy(client):
            return LogOut(client=None, hint=hint, target="")
        return LogOut(client=client, hint=hint, target=_target(client, parameters))

    @cached_property
    def session(self) -> ISession | None:
        """The session of this browser, None where there is none.

        Where nobody is logged in any more, it may be that of who was.
        """
        return ISignInSessions(self.site).current(
            self.request, self._user_id or None, self.now
        )

    @cached_property
    def _user_id(self) -> str:
        """Who is logged in; empty for nobody."""
        try:
            subject = self.subject
        except Denied:
            return self.requester.user_id
        return subject.user_id if subject else ""

    @property
    def _login(self) -> str:
        """The login name of who is logged in, or was."""
        if self._user_id or self.session is None:
            return str(api.user.get_current().getUserName())
        user = self.site.users.get(self.session.user_id)
        return user.login if user else self.session.user_id

    def _is_meant(self, log_out: LogOut) -> bool:
        """Whether the application has proved that it means this session."""
        if self.session is None or log_out.client is None:
            return False
        member = self.session.members(PROTOCOL).get(log_out.client.client_id)
        return member is not None and member["sid"] == log_out.hint.get("sid")

    # -- the question --------------------------------------------------------------

    def _ask(self, log_out: LogOut, raw: str) -> str:
        return self.page(
            self.question_template,
            application=_shown(log_out.client) if log_out.client else "",
            login=self._login,
            target=shown_target(log_out.target) if log_out.target else "",
            # A template that fails reports the values it works with.
            pending=Secret(self._sealed(raw)),
            authenticator=Secret(createToken()),
            action=self.site.page_url(VIEW),
            stay=self.site.pages_url,
        )

    def _greet(self, log_out: LogOut) -> str:
        """Answer a person who is not logged in, and whose browser has no session."""
        if log_out.target and log_out.hint:
            return self.redirect(log_out.target)
        return self.message(
            200,
            _("You are logged out"),
            _("Nobody is logged in to this site in this browser."),
            log_out.target,
            _("Back to the application"),
        )

    def _check_own_form(self, parameters: Mapping[str, str]) -> None:
        """Refuse an answer that somebody else's page has sent.

        :raises NoAnswer: for such a one
        """
        if not is_own_form(self.request, parameters):
            raise NoAnswer(
                _("Your answer does not belong to the question. Log out once more."),
                "answer without an authenticator",
                403,
            )

    def _sealed(self, raw: str) -> str:
        try:
            return seal_pending(self.site, _PURPOSE, raw, self.now, MAX_REQUEST)
        except TooLarge:
            raise _unreadable("request is too large") from None

    # -- logging out ---------------------------------------------------------------

    def _log_out(self, log_out: LogOut) -> str:
        """Log the person out as Plone does, and tell the applications by the browser.

        Those that hear of it from server to server do so because the session ends.
        """
        had_session = self.session is not None
        frames = self._frames()
        log_out_of_plone(self.site, self.request)
        # PAS goes back to where the browser comes from.
        self.request.response.headers.pop("location", None)
        if frames:
            return self.page(
                self.frames_template,
                frames=map(origin_of, frames),
                urls=frames,
                target=log_out.target,
            )
        if log_out.target:
            return self.redirect(log_out.target)
        return self.message(
            200,
            _("You are logged out"),
            _("You are logged out of this site.")
            if had_session
            else _(
                "You are logged out of this site. It does not know at which"
                " applications you are logged in, so log out there too."
            ),
        )

    def _frames(self) -> list[str]:
        """The URLs by which a browser tells the applications of the session."""
        if self.session is None:
            return []
        return [
            with_parameters(uri, [("iss", self.site.issuer), ("sid", sid)])
            for client, sid in members_of(self.site, self.session)
            if (uri := client.openid.frontchannel_logout_uri)
        ]


def _shown(client: IApplication) -> str:
    """What the person reads about who asks.

    Any page can lead here, so that nothing is fetched for a client that says elsewhere
    what it is called; and nobody has checked that.
    """
    return ", ".join(client.hosts) or client.title


def _target(client: IApplication, parameters: Mapping[str, str]) -> str:
    """Where a person goes afterwards, empty for nowhere."""
    sent = parameters.get("post_logout_redirect_uri", "")
    registered = client.openid.post_logout_redirect_uris
    if not is_registered(registered, sent, client.is_public):
        return ""
    state = parameters.get("state")
    return with_parameters(sent, [("state", state)]) if state else sent


def _unreadable(reason: str) -> NoAnswer:
    return NoAnswer(
        _("The application has sent a request that cannot be read."), reason
    )
