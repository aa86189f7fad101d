"""``@@device``: a person enters the code that a device shows (RFC 8628 section 3.3).

What waits for them may be an attacker's, who has sent them the code. So they always see
who asks, from where and since when, and say yes to that, whatever they have allowed the
application before.
"""

from ..authorization_server.clients import find_client
from ..authorization_server.interfaces import IApplication
from ..core.errors import AccessRefused
from ..core.errors import OAuthError
from ..core.scopes import format_scope
from ..core.secret import Secret
from ..core.tokens import digest
from ..core.tokens import TokenDigest
from ..delegation.interfaces import Answer
from ..delegation.interfaces import AuthorizationRequest
from ..delegation.interfaces import ConsentItem
from ..delegation.interfaces import IConsent
from ..delegation.interfaces import IDelegation
from ..delegation.interfaces import Question
from ..i18n import _
from ..signin.page import Denied
from ..signin.page import FrontChannelView
from ..signin.page import NoAnswer
from ..signin.pending import open_pending
from ..signin.pending import seal_pending
from ..signin.roundtrip import log_in_url
from ..signin.roundtrip import PENDING
from ..signin.roundtrip import resume_url
from ..site.times import exact
from ..site.timezone import site_timezone
from ..site.urls import is_below_pages_url
from ..site.users import SiteUser
from ..storage.devicerequests import DeviceAnswer
from ..storage.devicerequests import DeviceRequest
from ..storage.devicerequests import DeviceRequests
from ..web.address import client_address
from ..web.csrf import is_own_form
from ..web.isolation import OAuth2Request
from .limits import guesses
from .protocol import parse_user_code
from .protocol import shown_user_code
from .requesting import checked_request
from .requesting import STORE
from .settings import is_offered
from plone.protect import createToken
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from urllib.parse import parse_qsl
from zExceptions import NotFound

import json


VIEW = "device"
#: For what a code that waits for a log-in is sealed.
_PURPOSE = "device code"
#: Bytes of a form.
_MAX_FORM = 20 * 1024


class DevicePage(FrontChannelView):
    """A person enters a code, sees who asks, and answers."""

    methods = ("GET", "POST")
    takes = "code of a device"
    template = ViewPageTemplateFile("templates/device.pt")

    def answer(self, prepared: OAuth2Request) -> str:
        if not is_offered(self.site):
            raise NotFound()
        self.check_address(self.site.issuer)
        subject = self._subject(prepared)
        if prepared.method == "POST" and subject is not None:
            return self._sent(self.form(prepared, _MAX_FORM), subject)
        typed = self._typed(prepared)
        if subject is None or not is_below_pages_url(self.site, self.request):
            return self._elsewhere(typed, subject)
        return self._ask_for_code(typed)

    def _subject(self, prepared: OAuth2Request) -> SiteUser | None:
        try:
            subject = self.subject
        except Denied as denied:
            raise NoAnswer(
                _(
                    "Your account does not belong to this site, so no application can"
                    " act for it. Log in with an account of the site, and begin again."
                ),
                str(denied),
                403,
            ) from None
        self.check_session(prepared, subject)
        return subject

    # -- the code ------------------------------------------------------------------

    def _typed(self, prepared: OAuth2Request) -> str:
        """The code that a link brings along; it is proposed, and nothing more."""
        query = dict(parse_qsl(prepared.query_string, errors="replace"))
        if PENDING in query:
            return open_pending(self.site, _PURPOSE, query[PENDING], self.now)
        return parse_user_code(query.get("user_code", ""))

    def _elsewhere(self, typed: str, subject: SiteUser | None) -> str:
        """To the log-in and back, or to where the cookies of the session are."""
        url = resume_url(
            self.site, VIEW, seal_pending(self.site, _PURPOSE, typed, self.now)
        )
        return self.redirect(log_in_url(self.site, url) if subject is None else url)

    def _ask_for_code(self, typed: str, problem: str = "", status: int = 200) -> str:
        return self.page(
            self.template,
            status,
            user_code=shown_user_code(typed) if typed else "",
            problem=problem,
            authenticator=Secret(createToken()),
            action=self.site.page_url(VIEW),
        )

    def _sent(self, form: list[tuple[str, str]], subject: SiteUser) -> str:
        fields = dict(form)
        if PENDING in fields:
            return self._answered(IConsent(self).answer(form, VIEW))
        if not is_own_form(self.request, fields):
            # Whoever sends people here from another page gets them no further.
            return self._ask_for_code("")
        return self._entered(fields.get("user_code", ""), subject)

    def _entered(self, typed: str, subject: SiteUser) -> str:
        address = client_address(self.request)
        of_site = guesses(self.site)
        if not of_site.may_guess(subject.user_id, address, self.now):
            self.log("too many wrong codes")
            return self._ask_for_code(
                "", _("There were too many wrong codes. Wait for ten minutes."), 429
            )
        user_code = parse_user_code(typed)
        name = user_code and self._requests.waiting(digest(user_code), self.now)
        if not name:
            of_site.note_wrong(subject.user_id, address, self.now)
            return self._ask_for_code(
                "",
                _(
                    "No device waits with this code. Check it, or let the device show a"
                    " new one."
                ),
            )
        waiting = self._waiting(name)
        kept = json.dumps([name.hex(), user_code])
        return self._ask(self._checked(waiting, subject), waiting, kept, subject)

    # -- the question --------------------------------------------------------------

    @property
    def _requests(self) -> DeviceRequests:
        return self.site.storage[STORE]

    def _waiting(self, name: TokenDigest) -> DeviceRequest:
        """The request of a device that nobody has answered yet.

        :raises NoAnswer: when it is none any more
        """
        found: DeviceRequest | None = self._requests.get(name, self.now)
        if (
            found is None
            or self.now >= found.expires_at
            or self._requests.answer_of(name, self.now) is not None
        ):
            raise NoAnswer(
                _("The device does not wait any more. Let it show a new code."),
                "request of a device has expired or was answered",
            )
        return found

    def _checked(
        self, waiting: DeviceRequest, subject: SiteUser
    ) -> AuthorizationRequest:
        """What the device asks this person for, as far as it can be granted now.

        :raises NoAnswer: when that is nothing
        """
        client = find_client(self.site, waiting.client_id)
        if not IApplication.providedBy(client) or not client.is_live(self.now):
            raise NoAnswer(
                _("This site does not let the application sign people in any more."),
                "unknown or disabled client",
            )
        try:
            request = checked_request(
                self.site, client, waiting.scope, waiting.resource, self.now
            )
            IDelegation(self.site).may_authorize(request, subject, None)
        except AccessRefused as refused:
            raise NoAnswer(
                _("The application is not for your account."), refused.reason, 403
            ) from None
        except OAuthError as error:
            raise NoAnswer(
                _("The application may not do any more what it asks for."), error.reason
            ) from None
        return request

    def _ask(
        self,
        request: AuthorizationRequest,
        waiting: DeviceRequest,
        kept: str,
        subject: SiteUser,
        problem: str = "",
    ) -> str:
        time = exact(waiting.requested_at, site_timezone())
        facts = {
            "address": (_("Asked for from the address"), waiting.address),
            "time": (_("Asked for at"), time),
            "program": (_("By a program that calls itself"), waiting.user_agent),
        }
        _name, user_code = json.loads(kept)
        question = Question(
            request=request,
            view=VIEW,
            kept=kept,
            origin=tuple(
                ConsentItem(name=name, sentence=sentence, value=value)
                for name, (sentence, value) in facts.items()
                if value
            ),
            caution=_(
                "Did you start this yourself, on a device in front of you that shows"
                " the code ${code}? If somebody has sent you the code, deny it: they"
                " would get in as you.",
                mapping={"code": shown_user_code(user_code)},
            ),
        )
        return IConsent(self).ask(question, subject, problem)

    def _answered(self, answer: Answer) -> str:
        name = TokenDigest(bytes.fromhex(json.loads(answer.kept)[0]))
        waiting = self._waiting(name)
        if not answer.is_yes:
            self.log("the user has refused", waiting.client_id)
            self._keep(name, waiting, DeviceAnswer(authorization=None, data={}))
            return self.message(
                200,
                _("The device gets no access"),
                _("You can close this page. The device will say so in a moment."),
            )
        request = self._checked(waiting, answer.subject)
        scopes = request.scopes & answer.scopes
        if not scopes:
            problem = _("Choose something that the application may do, or deny it.")
            return self._ask(request, waiting, answer.kept, answer.subject, problem)
        delegation = IDelegation(self.site)
        authorization = delegation.record(
            request,
            answer.subject,
            scopes,
            self.requester,
            client_address(self.request),
        )
        self._keep(
            name,
            waiting,
            DeviceAnswer(
                authorization=authorization,
                scope=format_scope(scopes),
                data=delegation.data(request, answer.subject),
            ),
        )
        return self.message(
            200,
            _("The device can go on"),
            _("You can close this page. The device will go on in a moment."),
        )

    def _keep(
        self, name: TokenDigest, waiting: DeviceRequest, answer: DeviceAnswer
    ) -> None:
        self._requests.answer(name, waiting, answer, self.now)
