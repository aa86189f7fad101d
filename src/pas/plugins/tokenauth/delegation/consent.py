"""``@@oauth2-consent``: the question whether an application may act for a person.

The answer is bound to the very request, to the person who was asked and to their
browser: nobody finishes in one browser what was begun in another.
"""

from ..core.errors import OAuthError
from ..core.redirects import shown_target
from ..core.scopes import WRITE
from ..core.secret import Secret
from ..credentials.scopes import granted_scopes
from ..credentials.scopes import is_administrative
from ..credentials.scopes import known_scopes
from ..i18n import _
from ..signin.pending import open_pending
from ..signin.pending import PendingRefused
from ..signin.pending import seal_pending
from ..site.times import localized_day
from ..site.timezone import site_timezone
from ..site.users import SiteUser
from ..web.address import client_address
from ..web.csrf import check_post
from ..web.isolation import OAuth2Request
from .authorizing import ADMINISTRATION_LIFETIME
from .authorizing import consent_items
from .authorizing import record_authorization
from .authorizing import recorded_authorization
from .interfaces import AuthorizationRequest
from .protocol import MAX_REQUEST
from .protocol import read_form
from .protocol import UnreadableRequest
from .view import AccessDenied
from .view import AuthorizationView
from .view import Denied
from .view import expired
from .view import NoAnswer
from .view import read_body
from dataclasses import dataclass
from plone import api
from plone.protect import createToken
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from zExceptions import Forbidden

import json
import re
import secrets


#: For what the question that waits for an answer is sealed.
_PURPOSE = "consent"
#: Bytes of an answer: the request, sealed, and what was ticked.
_MAX_ANSWER = 4 * MAX_REQUEST
_COOKIE = "tokenauth_browser"
_COOKIE_VALUE = re.compile(r"[A-Za-z0-9_-]{43}")
ALLOW, DENY = "allow", "deny"


@dataclass(frozen=True, kw_only=True)
class ShownScope:
    """A scope, as people read it.

    :param is_new: whether it comes on top of what the person has allowed before
    """

    name: str
    title: str
    description: str
    is_new: bool


class ConsentView(AuthorizationView):
    """The answer to the question; the question itself is shown where it comes up."""

    methods = ("POST",)
    template = ViewPageTemplateFile("templates/consent.pt")

    def ask(
        self,
        request: AuthorizationRequest,
        raw: str,
        subject: SiteUser,
        problem: str = "",
    ) -> str:
        """The page with the question.

        :param raw: the parameters of the request, as a query spells them
        :param problem: what was wrong with an answer
        """
        browser = self._browser() or secrets.token_urlsafe(32)
        asked = json.dumps([raw, subject.user_id, browser])
        sealed = seal_pending(self.site, _PURPOSE, asked, self.now, _MAX_ANSWER)
        self._know_browser(browser)
        return self.page(
            self.template,
            application=request.client,
            target=shown_target(request.redirect_uri),
            person=self._person(subject),
            scopes=self._scopes(request, subject),
            facts=consent_items(request, subject),
            until=self._until(request),
            warning=self._warning(request, subject),
            problem=problem,
            # A template that fails reports the values it works with.
            pending=Secret(sealed),
            authenticator=Secret(createToken()),
            action=self.site.page_url("oauth2-consent"),
            log_out=f"{self.site.pages_url}/logout",
        )

    def proceed(self, prepared: OAuth2Request) -> str:
        answer, ticked = self._answer(prepared)
        raw, subject = self._asked(answer.get("pending", ""))
        request = self.identified(raw)
        try:
            self.check(request)
            self.check_person(request, subject)
            if answer.get("answer") != ALLOW:
                raise AccessDenied("The user has refused.")
            scopes = request.scopes & ticked
            if not scopes:
                problem = _("Choose something that the application may do, or deny it.")
                return self.ask(request, raw, subject, problem)
            authorization = record_authorization(
                request,
                subject,
                scopes,
                consent_items(request, subject),
                self.requester,
                client_address(self.request),
            )
            return self.succeed(request, subject, authorization, scopes)
        except OAuthError as error:
            return self.fail(request, error)

    def _answer(self, prepared: OAuth2Request) -> tuple[dict[str, str], frozenset[str]]:
        """The fields of the form, and the scopes that are ticked in it.

        :raises NoAnswer: when it is not our own form
        """
        body = read_body(self.request, prepared, _MAX_ANSWER)
        try:
            pairs = read_form(body, _MAX_ANSWER)
        except UnreadableRequest:
            raise _not_ours("unreadable answer") from None
        fields = dict(pairs)
        self.request.form["_authenticator"] = fields.get("_authenticator", "")
        try:
            check_post(self.request)
        except Forbidden:
            raise _not_ours("answer without an authenticator") from None
        return fields, frozenset(value for name, value in pairs if name == "scope")

    def _asked(self, pending: str) -> tuple[str, SiteUser]:
        """The request that the question was about, and the person who was asked.

        :raises NoAnswer: when somebody else answers, or too late
        """
        try:
            asked = open_pending(self.site, _PURPOSE, pending, self.now)
        except PendingRefused as refused:
            raise expired(str(refused)) from None
        raw, user_id, browser = json.loads(asked)
        try:
            subject = self.subject
        except Denied:
            subject = None
        if subject is None or subject.user_id != user_id:
            raise _not_ours("answer of another user than was asked")
        if browser != self._browser():
            raise _not_ours("answer of another browser than was asked")
        return raw, subject

    def _browser(self) -> str:
        """What tells this browser from others; empty for one without our cookie."""
        value = str(self.request.cookies.get(_COOKIE, ""))
        return value if _COOKIE_VALUE.fullmatch(value) else ""

    def _know_browser(self, value: str) -> None:
        self.request.response.setCookie(
            _COOKIE,
            value,
            path="/",
            http_only=True,
            same_site="Lax",
            secure=self.request["SERVER_URL"].startswith("https:"),
        )

    def _person(self, subject: SiteUser) -> dict[str, str]:
        """Name, log-in name and portrait of the person."""
        tool = api.portal.get_tool("portal_membership")
        member = tool.getMemberById(subject.user_id)
        portrait = tool.getPersonalPortrait(subject.user_id)
        is_own = portrait is not None and portrait.getId() == subject.user_id
        return {
            "name": str(member.getProperty("fullname", "") or subject.login),
            "login": subject.login,
            "portrait": portrait.absolute_url() if is_own else "",
        }

    def _scopes(
        self, request: AuthorizationRequest, subject: SiteUser
    ) -> list[ShownScope]:
        authorization = recorded_authorization(request, subject)
        before = authorization and granted_scopes(authorization.scopes)
        known = known_scopes()
        return [
            ShownScope(
                name=name,
                title=known[name].title,
                description=known[name].description,
                is_new=before is not None and name not in before,
            )
            for name in sorted(request.scopes & known.keys())
        ]

    def _until(self, request: AuthorizationRequest) -> str:
        """The last day of what is allowed; empty if the person decides that later."""
        if not is_administrative(request.scopes):
            return ""
        return localized_day(request.now + ADMINISTRATION_LIFETIME, site_timezone())

    def _warning(self, request: AuthorizationRequest, subject: SiteUser) -> str:
        """What somebody with power over the site should think of first."""
        if is_administrative(request.scopes):
            return _(
                "The application could then administer this site as you can: settings,"
                " users and their rights included."
            )
        users = self.site.users
        has_power = users.administrative_permissions(users.principal(subject))
        if has_power and WRITE in granted_scopes(request.scopes):
            return _(
                "You are an administrator of this site. The application could not"
                " change settings or users, but it could change and delete all content"
                " that you can. An account with fewer rights would be safer."
            )
        return ""


def _not_ours(reason: str) -> NoAnswer:
    return NoAnswer(
        _(
            "Your answer does not belong to the question. Begin again at the"
            " application."
        ),
        reason,
        403,
    )
