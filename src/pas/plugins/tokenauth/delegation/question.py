"""The question whether an application may act for a person, and the answer.

See IConsent.
"""

from ..authorization_server.resources import find_resource
from ..core.scopes import WRITE
from ..core.secret import Secret
from ..credentials.scopes import granted_scopes
from ..credentials.scopes import is_administrative
from ..credentials.scopes import known_scopes
from ..i18n import _
from ..signin.browser import is_browser
from ..signin.browser import remember_browser
from ..signin.page import Denied
from ..signin.page import FrontChannelView
from ..signin.page import NoAnswer
from ..signin.pending import open_pending
from ..signin.pending import seal_pending
from ..site.memberdata import member_property
from ..site.times import localized_day
from ..site.timezone import site_timezone
from ..site.users import SiteUser
from ..storage.authorizations import Authorization
from ..web.csrf import is_own_form
from .authorizing import consent_items
from .authorizing import ends_at
from .authorizing import recorded_authorization
from .interfaces import Answer
from .interfaces import AuthorizationRequest
from .interfaces import IConsent
from .interfaces import Question
from .protocol import MAX_REQUEST
from collections.abc import Iterable
from dataclasses import dataclass
from plone import api
from plone.protect import createToken
from Products.Five.browser.pagetemplatefile import BoundPageTemplate
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from zope.component import adapter
from zope.interface import implementer

import json


#: Bytes of an answer: the request, sealed, and what was ticked.
MAX_ANSWER = 4 * MAX_REQUEST
ALLOW = "allow"


@dataclass(frozen=True, kw_only=True)
class ShownScope:
    """A scope, as people read it.

    :param is_new: whether it comes on top of what the person has allowed before
    :param is_optional: whether the person can leave it out
    """

    name: str
    title: str
    description: str
    is_new: bool
    is_optional: bool


@implementer(IConsent)
@adapter(FrontChannelView)
class Consent:
    """See IConsent."""

    def __init__(self, view: FrontChannelView) -> None:
        self._view = view
        self._site = view.site
        self._request = view.request
        self._now = view.now

    def ask(self, question: Question, subject: SiteUser, problem: str = "") -> str:
        request = question.request
        recorded = recorded_authorization(request, subject)
        browser = remember_browser(self._request)
        asked = json.dumps([question.kept, subject.user_id, browser])
        sealed = seal_pending(
            self._site, _purpose(question.view), asked, self._now, MAX_ANSWER
        )
        return self._view.page(
            BoundPageTemplate(_TEMPLATE, self._view),
            application=request.client,
            origin=question.origin,
            resource=find_resource(self._site, request.resource),
            caution=question.caution,
            person=self._person(subject),
            scopes=self._scopes(request, recorded),
            facts=consent_items(request, subject),
            until=self._until(request, recorded),
            warning=self._warning(request, subject),
            problem=problem,
            # A template that fails reports the values it works with.
            pending=Secret(sealed),
            authenticator=Secret(createToken()),
            action=self._site.page_url(question.view),
            log_out=f"{self._site.pages_url}/logout",
        )

    def answer(self, form: Iterable[tuple[str, str]], view: str) -> Answer:
        pairs = list(form)
        fields = dict(pairs)
        if not is_own_form(self._request, fields):
            raise _not_ours("answer without an authenticator")
        kept, subject = self._asked(fields.get("pending", ""), view)
        return Answer(
            kept=kept,
            subject=subject,
            is_yes=fields.get("answer") == ALLOW,
            scopes=_required_scopes().union(
                value for name, value in pairs if name == "scope"
            ),
        )

    def _asked(self, pending: str, view: str) -> tuple[str, SiteUser]:
        """What was kept with the question, and the person who was asked.

        :raises NoAnswer: when somebody else answers, or too late
        """
        asked = open_pending(self._site, _purpose(view), pending, self._now)
        kept, user_id, browser = json.loads(asked)
        try:
            subject = self._view.subject
        except Denied:
            subject = None
        if subject is None or subject.user_id != user_id:
            raise _not_ours("answer of another user than was asked")
        if not is_browser(self._request, browser):
            raise _not_ours("answer of another browser than was asked")
        return kept, subject

    def _person(self, subject: SiteUser) -> dict[str, str]:
        """Name, log-in name and portrait of the person."""
        tool = api.portal.get_tool("portal_membership")
        portrait = tool.getPersonalPortrait(subject.user_id)
        is_own = portrait is not None and portrait.getId() == subject.user_id
        return {
            "name": member_property(subject, "fullname") or subject.login,
            "login": subject.login,
            "portrait": portrait.absolute_url() if is_own else "",
        }

    def _scopes(
        self, request: AuthorizationRequest, recorded: Authorization | None
    ) -> list[ShownScope]:
        before = recorded and granted_scopes(recorded.scopes)
        known = known_scopes()
        asked = request.scopes & known.keys()
        return [
            ShownScope(
                name=name,
                title=known[name].title,
                description=known[name].description,
                is_new=before is not None and name not in before,
                is_optional=known[name].is_optional and len(asked) > 1,
            )
            for name in sorted(asked)
        ]

    def _until(
        self, request: AuthorizationRequest, recorded: Authorization | None
    ) -> str:
        """The last day of what is allowed; empty if the person decides that later."""
        end = ends_at(recorded, request.scopes, request.now)
        return "" if end is None else localized_day(end, site_timezone())

    def _warning(self, request: AuthorizationRequest, subject: SiteUser) -> str:
        """What somebody with power over the site should think of first."""
        if is_administrative(request.scopes):
            return _(
                "The application could then administer this site as you can: settings,"
                " users and their rights included."
            )
        users = self._site.users
        has_power = users.administrative_permissions(users.principal(subject))
        if has_power and WRITE in granted_scopes(request.scopes):
            return _(
                "You are an administrator of this site. The application could not"
                " change settings or users, but it could change and delete all content"
                " that you can. An account with fewer rights would be safer."
            )
        return ""


_TEMPLATE = ViewPageTemplateFile("templates/consent.pt")


def _required_scopes() -> frozenset[str]:
    """Those that a person allows with any other, whatever a browser sends."""
    return frozenset(
        name for name, scope in known_scopes().items() if not scope.is_optional
    )


def _purpose(view: str) -> str:
    """For what the question that waits for an answer is sealed."""
    return f"consent at {view}"


def _not_ours(reason: str) -> NoAnswer:
    return NoAnswer(
        _(
            "Your answer does not belong to the question. Begin again at the"
            " application."
        ),
        reason,
        403,
    )
