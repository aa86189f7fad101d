"""``@@oauth2-authorize``: from the application's request to a code, or the question.

(RFC 6749 section 4.1.1)
"""

from ..authorization_server.endpoints.base import check_transport
from ..core.errors import InvalidRequest
from ..core.errors import OAuthError
from ..core.forms import read_form
from ..core.forms import UnreadableForm
from ..i18n import _
from ..signin.page import Denied
from ..signin.page import NoAnswer
from ..signin.pending import expired
from ..signin.pending import open_pending
from ..signin.pending import PendingRefused
from ..signin.pending import seal_pending
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
from .interfaces import AuthorizationRequest
from .interfaces import IDelegation
from .protocol import MAX_REQUEST
from .view import AuthorizationView


_VIEW = "oauth2-authorize"
#: For what a request that waits for a log-in is sealed.
_PURPOSE = "authorization request"


class AuthorizationRefused(OAuthError):
    """What a silent request cannot do (OpenID Connect Core section 3.1.2.6)."""

    def __init__(self, error: str) -> None:
        super().__init__("The request needs the person, but must not show a page.")
        self.error = error


class AuthorizationEndpoint(AuthorizationView):
    """``@@oauth2-authorize``: the application's request becomes a code, or a question.

    Whoever has to log in comes back to it, with the request sealed in the URL.
    """

    methods = ("GET", "POST")

    def answer(self, prepared: OAuth2Request) -> str:
        raw = self._parameters(prepared)
        try:
            check_transport(self.site.issuer, self.request["SERVER_URL"])
        except InvalidRequest as refused:
            raise NoAnswer(
                _("This site can only be asked over https."), refused.reason
            ) from None
        if not self.site.issuer:
            raise NoAnswer(_("The site has no address yet (issuer)."), "no issuer", 503)
        pending = _pending(raw)
        if pending is not None:
            raw = self._opened(pending)
        elif prepared.method == "POST" or not is_below_pages_url(
            self.site, self.request
        ):
            # The cookie of the session is not sent with a POST from another site, nor
            # to another host than that of the pages.
            return self.redirect(self._resume_url(raw))
        return self._authorize(self.identified(raw), raw, prepared)

    def _authorize(
        self, request: AuthorizationRequest, raw: str, prepared: OAuth2Request
    ) -> str:
        is_silent = "none" in request.prompts
        try:
            asks = self.check(request)
            subject = self.subject
            if prepared.authorization and (subject is None or _is_ours(prepared)):
                raise NoAnswer(
                    _("Log in to this site with your browser, then begin again."),
                    "request with an Authorization header",
                    403,
                )
            if subject is None:
                if is_silent:
                    raise AuthorizationRefused("login_required")
                return self.redirect(log_in_url(self.site, self._resume_url(raw)))
            self.check_person(request, subject)
            return self._decide(request, raw, subject, asks)
        except Denied:
            if is_silent:
                return self.fail(request, AuthorizationRefused("login_required"))
            return self.deny(
                request,
                _(
                    "Your account does not belong to this site, so no application can"
                    " act for it. Log in with an account of the site, and begin again."
                ),
            )
        except OAuthError as error:
            return self.fail(request, error)

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

    def _resume_url(self, raw: str) -> str:
        try:
            sealed = seal_pending(self.site, _PURPOSE, raw, self.now)
        except PendingRefused:
            raise NoAnswer(
                _("The application has sent a request that is too large."),
                "request is too large",
            ) from None
        return resume_url(self.site, _VIEW, sealed)

    def _opened(self, pending: str) -> str:
        try:
            return open_pending(self.site, _PURPOSE, pending, self.now)
        except PendingRefused as refused:
            raise expired(refused) from None


def _pending(raw: str) -> str | None:
    """The sealed request, if that is all there is."""
    try:
        pairs = read_form(raw, 2 * MAX_REQUEST)
    except UnreadableForm:
        return None
    if len(pairs) == 1 and pairs[0][0] == PENDING:
        return pairs[0][1]
    return None


def _is_ours(prepared: OAuth2Request) -> bool:
    """Whether the Authorization header carries a token of ours."""
    return prepared.authorization.lower().startswith(("bearer ", "dpop "))
