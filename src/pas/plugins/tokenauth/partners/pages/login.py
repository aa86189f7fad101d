"""``@@partner-login/ID``: where a partner sends people with a signature.

Whoever only looks, a scanner of mails for instance, uses nothing up and logs nobody in.
The person reads as whom they will be logged in, and says yes in the browser in which
they were asked: so nobody logs somebody else in by sending them a link.
"""

from ...core.errors import AccessRefused
from ...core.forms import read_form
from ...core.forms import UnreadableForm
from ...core.redirects import is_within_registered
from ...core.secret import Secret
from ...i18n import _
from ...signin.browser import is_browser
from ...signin.browser import remember_browser
from ...signin.page import Denied
from ...signin.page import FrontChannelView
from ...signin.page import NoAnswer
from ...signin.pending import open_pending
from ...signin.pending import PendingRefused
from ...signin.pending import seal_pending
from ...site.memberdata import member_of
from ...site.memberdata import member_property
from ...site.users import SiteUser
from ...storage.partners import Partner
from ...web.address import client_address
from ...web.isolation import OAuth2Request
from ..api import MAX_QUERY
from ..api import note_use
from ..events import BeforePartnerLogInEvent
from ..events import LogInVetoed
from ..events import PartnerLogInEvent
from ..fields import LOGIN
from ..kind import LOGIN_VIEW
from ..proof import prove_log_in
from ..protocol import SignedData
from ..service import checked_data
from ..service import find_partner
from ..service import properties_of
from ..service import use_up
from ..service import user_of
from AccessControl.SecurityManagement import newSecurityManager
from plone import api
from plone.protect.interfaces import IDisableCSRFProtection
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any
from zExceptions import NotFound
from zope.event import notify
from zope.interface import alsoProvides
from zope.interface import implementer
from zope.publisher.interfaces import IPublishTraverse

import json
import secrets
import transaction


#: For what a signature that waits for a yes is sealed.
_PURPOSE = "partner log-in"
#: Characters of an answer; what is sealed grows by a third.
_MAX_ANSWER = 2 * MAX_QUERY
_HEADING = _("You cannot be logged in")
_BEGIN_AGAIN = _(
    "The link was used before, has expired, or is not for you. Begin again at the site"
    " that you come from."
)


@implementer(IPublishTraverse)
class PartnerLogin(FrontChannelView):
    """See above."""

    methods = ("GET", "POST")
    takes = "log-in by a partner"
    template = ViewPageTemplateFile("templates/login.pt")
    partner_id = ""

    def publishTraverse(self, request: Any, name: str) -> "PartnerLogin":
        """Take the id of the partner from the path."""
        if self.partner_id:
            raise NotFound()
        self.partner_id = name
        return self

    def answer(self, prepared: OAuth2Request) -> str:
        try:
            if prepared.method == "GET":
                return self._ask(str(prepared.query_string))
            return self._log_in(dict(self.form(prepared, _MAX_ANSWER)))
        except AccessRefused as refused:
            self.log(refused.reason, refused.credential_id, refused.only_named)
            transaction.abort()
            return self.message(403, _HEADING, _BEGIN_AGAIN)
        except LogInVetoed as veto:
            self.log("vetoed", self.partner_id)
            transaction.abort()
            return self.message(403, _HEADING, veto.args[0])

    def _ask(self, query: str) -> str:
        partner, data, user = self._checked(query)
        present = self._present
        if user is not None and user == present:
            # Nothing would change.
            return self.redirect(self._landing(partner, data))
        browser = remember_browser(self.request)
        asked = json.dumps([self.partner_id, query, browser])
        pending = seal_pending(self.site, _PURPOSE, asked, self.now, _MAX_ANSWER)
        return self.page(
            self.template,
            question=_("Log in as ${name}?", mapping={"name": self._name(user, data)}),
            leaving=present
            and _(
                "You are logged in as ${login}. Continuing logs you out first.",
                mapping={"login": present.login},
            ),
            partner=partner.title,
            login=data.user,
            is_new=user is None,
            # A template that fails reports the values it works with.
            pending=Secret(pending),
            action=f"{self.site.page_url(LOGIN_VIEW)}/{self.partner_id}",
        )

    def _log_in(self, answer: dict[str, str]) -> str:
        try:
            asked = open_pending(
                self.site, _PURPOSE, answer.get("pending", ""), self.now
            )
        except PendingRefused as refused:
            raise AccessRefused(refused.reason) from None
        partner_id, query, browser = json.loads(asked)
        if partner_id != self.partner_id or not is_browser(self.request, browser):
            raise AccessRefused("the answer is of another browser", partner_id)
        # Only our own page has this, and shows it in this browser.
        alsoProvides(self.request, IDisableCSRFProtection)
        partner, data, user = self._checked(query)
        use_up(self.site, partner, data, self.now)
        before = BeforePartnerLogInEvent(
            site=self.site,
            partner=partner,
            login=data.user,
            user_id=user.user_id if user else "",
            extras=data.extras,
            properties={} if user else properties_of(data),
        )
        notify(before)
        is_new = user is None
        if user is None:
            self._create(data.user, before.properties)
            # Plone keeps the roles and groups of who had the name before.
            user = user_of(self.site, partner, data)
            if user is None:
                raise AccessRefused("the user was not created", self.partner_id)
        self._begin_session(user)
        note_use(self.site, self.request, self.partner_id, user.user_id, self.now)
        notify(
            PartnerLogInEvent(
                credential_id=self.partner_id,
                user_id=user.user_id,
                is_new=is_new,
                address=client_address(self.request),
            )
        )
        return self.redirect(self._landing(partner, data))

    def _checked(self, query: str) -> tuple[Partner, SignedData, SiteUser | None]:
        """The partner, what it has signed, and whom that is about.

        :raises AccessRefused: when it is not acceptable
        """
        address = client_address(self.request)
        # Before it is found, the id is what somebody has written into an address.
        partner = find_partner(self.site, self.partner_id, LOGIN, address, self.now)
        try:
            parameters = read_form(query, MAX_QUERY)
        except UnreadableForm:
            raise AccessRefused("the query cannot be read", self.partner_id) from None
        data = checked_data(self.site, partner, parameters, self.now)
        return partner, data, user_of(self.site, partner, data)

    @property
    def _present(self) -> SiteUser | None:
        """Who is logged in now."""
        try:
            return self.subject
        except Denied:
            return None

    def _name(self, user: SiteUser | None, data: SignedData) -> str:
        """How the person is called."""
        if user is None:
            return properties_of(data)["fullname"] or data.user
        return member_property(user, "fullname") or user.login

    def _create(self, login: str, properties: dict[str, str]) -> None:
        """Create a user, a Member and nothing else.

        :raises NoAnswer: when there cannot be one
        """
        login = self.site.users.login_of(login)
        registration = api.portal.get_tool("portal_registration")
        try:
            registration.addMember(
                login,
                secrets.token_urlsafe(32),
                ("Member",),
                properties={"username": login, **properties},
            )
        except ValueError:
            transaction.abort()
            raise NoAnswer(
                _(
                    "No account can be created for you: your user name or e-mail"
                    " address cannot be used."
                ),
                "the user cannot be created",
                403,
                _HEADING,
            ) from None

    def _begin_session(self, user: SiteUser) -> None:
        """Log the person in as Plone itself does, with its events.

        :raises AccessRefused: when Plone would log somebody else in
        """
        member = member_of(user)
        if member is None:
            raise AccessRefused("Plone finds another user", self.partner_id)
        prove_log_in(self.request, user.user_id)
        newSecurityManager(self.request, member.getUser())
        api.portal.get_tool("portal_membership").loginUser(self.request)

    def _landing(self, partner: Partner, data: SignedData) -> str:
        """Where the person gets to: a place of this site, whatever is signed."""
        base = self.site.pages_url
        for path in (data.extras.get("next", ""), partner.landing):
            if path.startswith("/") and is_within_registered(
                [f"{base}/"], f"{base}{path}"
            ):
                return f"{base}{path}"
        return base
