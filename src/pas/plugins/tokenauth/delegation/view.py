"""What the views of the authorization endpoint have in common (RFC 6749 section 3.1).

Everything that a request says is checked again at each step, whatever travels sealed.
"""

from ..authorization_server.clients import ClientUnavailable
from ..authorization_server.clients import find_client
from ..authorization_server.interfaces import IApplication
from ..core.errors import AccessDenied
from ..core.errors import AccessRefused
from ..core.errors import OAuthError
from ..core.forms import UnreadableForm
from ..core.redirects import is_registered
from ..core.redirects import shown_target
from ..core.redirects import with_fragment
from ..core.redirects import with_parameters
from ..i18n import _
from ..signin.interfaces import ISignInSessions
from ..signin.page import CANNOT
from ..signin.page import FrontChannelView
from ..signin.page import NoAnswer
from ..site.users import SiteUser
from ..storage.authorizations import Authorization
from ..usage.client import client_of_request
from .interfaces import AuthorizationRequest
from .interfaces import ConsentRequired
from .interfaces import IAuthorizeCheck
from .interfaces import IDelegation
from .protocol import MAX_STATE
from .protocol import read_parameters
from .responsetypes import response_mode
from .responsetypes import response_type_of
from functools import cached_property
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from zope.component import getUtilitiesFor


class AuthorizationView(FrontChannelView):
    """What both views have in common."""

    form_post = ViewPageTemplateFile("templates/formpost.pt")
    denied_template = ViewPageTemplateFile("templates/denied.pt")

    # -- the request of the client ---------------------------------------------

    def identified(self, raw: str) -> AuthorizationRequest:
        """A request whose client and redirect URI are right: errors can go there.

        :param raw: its parameters, as a query spells them
        :raises NoAnswer: for any other
        """
        try:
            sent = read_parameters(raw)
        except UnreadableForm as unreadable:
            raise NoAnswer(
                _("The application has sent a request that cannot be read."),
                f"unreadable request: {unreadable}",
            ) from None
        for name in ("client_id", "redirect_uri"):
            if name in sent.repeated:
                raise NoAnswer(
                    _(
                        "The application has sent the parameter ${name} twice.",
                        mapping={"name": name},
                    ),
                    f"{name} is repeated",
                )
        client = self._client(sent.once.get("client_id", ""))
        redirect_uri = sent.once.get("redirect_uri", "")
        try:
            redirect_uris = client.redirect_uris
        except ClientUnavailable as unavailable:
            raise NoAnswer(
                _(
                    "The application cannot be verified now. Try again in a moment; if"
                    " this goes on, tell whoever makes it."
                ),
                unavailable.reason,
                503,
            ) from None
        if not redirect_uri and len(redirect_uris) == 1:
            # RFC 6749 section 3.1.2.3: there is only one that can be meant.
            (redirect_uri,) = redirect_uris
        if not is_registered(redirect_uris, redirect_uri, client.is_public):
            raise NoAnswer(
                _(
                    "The application asks to send you to a place that is not registered"
                    " for it (redirect_uri)."
                ),
                f"redirect_uri of {client.client_id} is not registered",
            )
        if len(sent.once.get("state", "").encode()) > MAX_STATE:
            raise NoAnswer(
                _("The application has sent a request that is too large."),
                f"state of {client.client_id} is too large",
            )
        self.prefer_languages(sent.once.get("ui_locales", ""))
        return AuthorizationRequest(
            site=self.site,
            client=client,
            redirect_uri=redirect_uri,
            parameters=sent.once,
            repeated=sent.repeated,
            resources=sent.resources,
            now=self.now,
        )

    def _client(self, client_id: str) -> IApplication:
        client = find_client(self.site, client_id) if client_id else None
        if not IApplication.providedBy(client) or not client.is_live(self.now):
            raise NoAnswer(
                _(
                    "This site does not know the application, or does not let it sign"
                    " people in any more (client_id)."
                ),
                "unknown or disabled client",
            )
        return client

    def check(self, request: AuthorizationRequest) -> bool:
        """Make every check that says nothing about a person.

        :returns: whether the person has to be asked, whatever is recorded
        :raises OAuthError: for the client, by redirect
        """
        asks = False
        checks = (check for _, check in getUtilitiesFor(IAuthorizeCheck))
        for check in sorted(checks, key=lambda each: each.order):
            try:
                check(request)
            except ConsentRequired:
                asks = True
        return asks

    # -- the person --------------------------------------------------------------

    @cached_property
    def sessions(self) -> ISignInSessions:
        """The sessions of people at this site."""
        return ISignInSessions(self.site)

    def check_person(self, request: AuthorizationRequest, subject: SiteUser) -> None:
        """Refuse what this person cannot authorize.

        :raises OAuthError: for the client, by redirect
        """
        try:
            IDelegation(self.site).may_authorize(request, subject, None)
        except AccessRefused as refused:
            raise AccessDenied(refused.description) from None

    # -- the answer to the client --------------------------------------------------

    def succeed(
        self,
        request: AuthorizationRequest,
        subject: SiteUser,
        authorization: Authorization,
        scopes: frozenset[str],
    ) -> str:
        """Send the browser to the client, with what it asks for.

        :raises OAuthError: when the client may not go on
        """
        if self.sessions.is_needed:
            request.session = self.sessions.ensure(
                self.request, subject.user_id, self.now
            )
        client = client_of_request(self.request, client=request.client)
        answer = response_type_of(request)
        try:
            members = answer(request, subject, authorization, scopes, client)
        except AccessRefused as refused:
            raise AccessDenied(refused.description) from None
        return self.respond(request, members)

    def fail(self, request: AuthorizationRequest, error: OAuthError) -> str:
        """Send the browser to the client, with an error (RFC 6749 section 4.1.2.1)."""
        self.log(error.reason, request.client.client_id)
        return self.respond(request, failure(error))

    def respond(
        self, request: AuthorizationRequest, members: list[tuple[str, str]]
    ) -> str:
        """Send the browser to the client, with `state` and `iss` (RFC 9207)."""
        members = self._members(request, members)
        if response_mode(request) == "form_post":
            return self.page(
                self.form_post, redirect_uri=request.redirect_uri, members=members
            )
        return self.redirect(_with_members(request, members))

    def deny(
        self, request: AuthorizationRequest, sentence: str, error: OAuthError
    ) -> str:
        """Tell the person why it cannot be, and let them go on to the client.

        :param sentence: translatable, for the person
        :param error: for the client
        """
        self.log(error.reason, request.client.client_id)
        members = self._members(request, failure(error))
        is_form = response_mode(request) == "form_post"
        return self.page(
            self.denied_template,
            403,
            heading=CANNOT,
            sentence=sentence,
            url=request.redirect_uri if is_form else _with_members(request, members),
            members=members if is_form else (),
            target=shown_target(request.redirect_uri),
        )

    def _members(
        self, request: AuthorizationRequest, members: list[tuple[str, str]]
    ) -> list[tuple[str, str]]:
        state = request.parameters.get("state")
        more = [("state", state)] if state else []
        return [*members, *more, ("iss", self.site.issuer)]


def failure(error: OAuthError) -> list[tuple[str, str]]:
    """The members of an error response."""
    return [("error", error.error), ("error_description", error.description)]


def _with_members(request: AuthorizationRequest, members: list[tuple[str, str]]) -> str:
    """The redirect URI with the members of the answer."""
    is_fragment = response_mode(request) == "fragment"
    return (with_fragment if is_fragment else with_parameters)(
        request.redirect_uri, members
    )
