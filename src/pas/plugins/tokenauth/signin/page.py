"""The frame of front-channel pages, which look the same on every site.

They are self-contained, because a theme brings scripts and resources of others along,
which have no business where somebody decides about access.
"""

from ..authorization_server.endpoints.base import check_transport
from ..core.errors import InvalidRequest
from ..core.forms import is_form
from ..core.forms import read_form
from ..core.forms import UnreadableForm
from ..i18n import _
from ..sealing.configuration import SealingOff
from ..sealing.keyring import CannotOpen
from ..site.users import SiteUser
from ..site.users import SourceFailed
from ..site.view import SiteView
from ..storage.interfaces import ICredential
from ..tokens.refusals import report_refusal
from ..web.address import client_address
from ..web.frontchannel import front_channel_request
from ..web.frontchannel import UNTRANSFORMED
from ..web.isolation import OAuth2Request
from AccessControl import getSecurityManager
from collections.abc import Iterable
from functools import cached_property
from plone.i18n.negotiate.ptsnegotiator import negotiate
from Products.Five.browser import BrowserView
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any
from zExceptions import NotFound

import logging
import secrets
import transaction


logger = logging.getLogger("pas.plugins.tokenauth")

#: Those that the sentences on the pages are translated to.
LANGUAGES = ("en", "de", "es", "fr", "it", "nl")
#: Seconds.
RETRY_AFTER = "5"
#: In an answer, which has one for each scope that was asked for.
_MAX_FIELDS = 200
_POLICY = (
    "default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}';"
    " img-src 'self'; frame-ancestors 'none'; base-uri 'none'"
)


#: The heading of a page that says why.
CANNOT = _("This request cannot be granted")
_OFF = _("Signing in to applications is switched off")


class NoAnswer(Exception):
    """A request that only the person can be told about, and nobody else.

    :param sentence: translatable, for people
    :param reason: for the log
    """

    def __init__(
        self, sentence: str, reason: str, status: int = 400, heading: str = CANNOT
    ) -> None:
        super().__init__(reason)
        self.sentence = sentence
        self.reason = reason
        self.status = status
        self.heading = heading


class Denied(Exception):
    """The person who is logged in can authorize nothing, and should learn why."""


class FrontChannelView(SiteView, BrowserView):
    """Base of the views. A subclass answers in :meth:`answer`."""

    methods: tuple[str, ...] = ("GET",)
    #: What the log calls what comes here.
    takes = "request for authorization"
    frame = ViewPageTemplateFile("templates/frame.pt")
    message_template = ViewPageTemplateFile("templates/message.pt")

    def __call__(self) -> str:
        prepared = front_channel_request(self.request)
        if prepared is None:
            # Reached on a path on which Zope has already read the request.
            raise NotFound()
        if prepared.method not in self.methods:
            self.request.response.setHeader("Allow", ", ".join(self.methods))
            return self.message(
                405,
                _("This request cannot be answered"),
                _("Begin again at the application."),
            )
        try:
            return self.answer(prepared)
        except NoAnswer as no_answer:
            self.log(no_answer.reason)
            return self.message(no_answer.status, no_answer.heading, no_answer.sentence)
        except (SealingOff, CannotOpen) as off:
            # Whoever comes again when there is a key goes on where they are now.
            transaction.abort()
            logger.error("Nobody can be signed in: %s", off)
            return self.message(503, _OFF, _("An administrator of the site can help."))
        except SourceFailed:
            transaction.abort()
            self.request.response.setHeader("Retry-After", RETRY_AFTER)
            return self.message(
                503,
                _("The site cannot look you up now"),
                _("Go back, and try again in a moment."),
            )

    def answer(self, prepared: OAuth2Request) -> str:
        """The body of the answer.

        :raises NoAnswer: when only the person can be told
        :raises SealingOff: when there is no usable sealing key
        :raises CannotOpen: when the sealing key is another one
        """
        raise NotImplementedError

    @property
    def subject(self) -> SiteUser | None:
        """Who is logged in, as their source knows them now; None for nobody.

        :raises Denied: for somebody who can authorize nothing here
        """
        user_id = getSecurityManager().getUser().getId()
        if user_id is None:
            return None
        found = self.site.users.get(user_id) if self.requester.is_site_user else None
        if found is None:
            self.site.users.check_answered()
            raise Denied("user is not one of this site")
        return found

    def check_address(self, own_url: str) -> None:
        """Refuse a request by plain http, and one to a site that knows no address.

        :param own_url: a URL of the site, empty while it does not know it
        :raises NoAnswer: for such a request
        """
        try:
            check_transport(self.site.issuer, self.request["SERVER_URL"])
        except InvalidRequest as refused:
            raise NoAnswer(
                _("This site can only be asked over https."), refused.reason
            ) from None
        if not own_url:
            raise NoAnswer(_("The site has no address yet (issuer)."), "no issuer", 503)

    def check_session(self, prepared: OAuth2Request, subject: SiteUser | None) -> None:
        """Refuse a request with an Authorization header: only a session may go on.

        :raises NoAnswer: for such a request
        """
        authorization = prepared.authorization
        is_ours = authorization.lower().startswith(("bearer ", "dpop "))
        if authorization and (subject is None or is_ours):
            raise NoAnswer(
                _("Log in to this site with your browser, then begin again."),
                "request with an Authorization header",
                403,
            )

    def body(self, prepared: OAuth2Request, max_length: int) -> str:
        """The body of a form, as a query spells it.

        :param max_length: in bytes
        :raises NoAnswer: when it is no form, or larger
        """
        data = self.request["BODYFILE"].read(max_length + 1)
        if not is_form(prepared.content_type) or len(data) > max_length:
            raise NoAnswer(
                _("The application has sent a request that cannot be read."),
                "body is no form, or too large",
            )
        return str(data.decode("latin-1"))

    def form(self, prepared: OAuth2Request, max_length: int) -> list[tuple[str, str]]:
        """Names and values in a form, as they were sent.

        :param max_length: in bytes
        :raises NoAnswer: when it is no form, or larger
        """
        try:
            body = self.body(prepared, max_length)
            return read_form(body, max_length, _MAX_FIELDS)
        except UnreadableForm as unreadable:
            raise NoAnswer(
                _("Your answer cannot be read. Begin again at the application."),
                f"unreadable answer: {unreadable}",
            ) from None

    def log(self, reason: str, client_id: str = "", only_named: bool = True) -> None:
        """One line about a refusal, and the event for the audit log."""
        address = client_address(self.request)
        report_refusal(self.takes, reason, client_id, address, only_named)

    def not_for_you(self, there: ICredential, reason: str) -> str:
        """A page for who cannot log in at a site that is registered here.

        :param reason: for the log
        """
        self.log(reason, there.credential_id)
        return self.message(
            403,
            _("You cannot log in there"),
            _(
                "“${title}” is not for the account with which you are logged in here."
                " Log in with another one, and begin again.",
                mapping={"title": there.title},
            ),
        )

    def prefer_languages(self, names: str) -> None:
        """Show pages in the first of these that there is, as OpenID's `ui_locales`."""
        wanted = (name[:2].lower() for name in names.split())
        known = next((name for name in wanted if name in LANGUAGES), None)
        binding = self.request.get("LANGUAGE_TOOL")
        if known is not None and binding is not None:
            binding.LANGUAGE = known

    @property
    def language(self) -> str:
        """The language of the page."""
        return negotiate(LANGUAGES, self.request) or LANGUAGES[0]

    @property
    def site_title(self) -> str:
        """What the site is called."""
        return str(self.site.portal.Title())

    @cached_property
    def nonce(self) -> str:
        """What tells our own style and script from any other (CSP)."""
        return secrets.token_urlsafe(16)

    @property
    def frame_macro(self) -> Any:
        """What a template fills in."""
        return self.frame.macros["page"]

    def page(
        self,
        template: Any,
        status: int = 200,
        frames: Iterable[str] = (),
        **values: Any,
    ) -> str:
        """A page, as the body of the answer.

        :param template: a bound page template
        :param frames: origins of what it shows in frames
        :param values: what it finds as ``options``
        """
        response = self.request.response
        response.setStatus(status)
        response.setHeader("Content-Type", UNTRANSFORMED)
        policy = _POLICY.format(nonce=self.nonce)
        if sources := " ".join(sorted(set(frames))):
            policy += f"; frame-src {sources}"
        response.setHeader("Content-Security-Policy", policy)
        # A macro does not bring it along.
        return f"<!DOCTYPE html>\n{template(**values)}"

    def message(
        self,
        status: int,
        heading: str,
        sentence: str,
        url: str = "",
        label: str = "",
    ) -> str:
        """A page that only says something.

        :param url: where a link leads, empty for none
        :param label: its text
        """
        return self.page(
            self.message_template,
            status,
            heading=heading,
            sentence=sentence,
            url=url,
            label=label,
        )

    def redirect(self, url: str) -> str:
        """Send the browser to a URL, byte for byte, by GET."""
        response = self.request.response
        # Zope's own way spells a URL anew.
        response.setStatus(303)
        response.setHeader("Location", url)
        return ""
