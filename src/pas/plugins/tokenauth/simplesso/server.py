"""``@@simple-sso/``: below it is everything that clients know by its name."""

from ..authorization_server.endpoints.base import check_transport
from ..core.errors import AccessRefused
from ..core.errors import InvalidRequest
from ..core.forms import read_form
from ..core.forms import UnreadableForm
from ..i18n import _
from ..sealing.configuration import SealingOff
from ..sealing.keyring import CannotOpen
from ..sealing.sharedsecrets import opened_secrets
from ..signin.browser import is_browser
from ..signin.browser import remember_browser
from ..signin.page import Denied
from ..signin.page import FrontChannelView
from ..signin.page import NoAnswer
from ..signin.pending import open_pending
from ..signin.pending import seal_pending
from ..signin.roundtrip import log_in_url
from ..signin.roundtrip import PENDING
from ..signin.roundtrip import resume_url
from ..signin.server import ProtocolServer
from ..site.users import SourceFailed
from ..site.view import SiteView
from ..storage.simplesso import SimpleSSOConsumer
from ..tokens.refusals import report_refusal
from ..usage.client import client_of_request
from ..web.address import client_address
from ..web.csrf import written_safely
from ..web.frontchannel import prepare as prepare_for_people
from ..web.interfaces import IRequestPreparation
from ..web.isolation import isolate
from ..web.isolation import oauth2_request
from ..web.isolation import OAuth2Request
from ..web.response import never_store
from .protocol import BadSignature
from .protocol import sign
from .protocol import signed_value
from .service import check_address
from .service import find_consumer
from .service import grant
from .service import is_for
from .service import issue_request_token
from .service import requested
from .service import use_access_token
from .settings import is_enabled
from Products.Five.browser import BrowserView
from typing import Any
from zExceptions import NotFound
from zope.interface import provider

import json
import transaction


_AUTHORIZE = "authorize"
#: Plone sends nobody back to what it cannot traverse to.
_RESUME_VIEW = "simple-sso-resume"
#: For what a request that waits for a log-in is sealed.
_PURPOSE = "django-simple-sso"
_MAX_BODY = 16 * 1024
_MAX_QUERY = 8 * 1024
_PUBLIC_KEY = "x-services-public-key"


class ConsumerEndpoint(SiteView, BrowserView):
    """Base of what consumers ask. A subclass answers in :meth:`answer`.

    Clients know what is wrong by the texts of the protocol, not by a document.
    """

    def __call__(self) -> str:
        prepared = oauth2_request(self.request)
        if prepared is None or not is_enabled(self.site):
            raise NotFound()
        never_store(self.request)
        response = self.request.response
        response.setHeader("X-Content-Type-Options", "nosniff")
        response.setHeader("Content-Type", "text/plain; charset=utf-8")
        if prepared.method != "POST":
            response.setHeader("Allow", "POST")
            return self._refused(405, "POST")
        consumer = None
        try:
            check_transport(self.site.issuer, self.request["SERVER_URL"])
            consumer, secret, value = self._opened()
            check_address(consumer, client_address(self.request))
            return sign(self.answer(consumer, value), secret, self.now)
        except (BadSignature, InvalidRequest) as refused:
            return self._refused(400, str(refused), consumer)
        except AccessRefused as refused:
            return self._refused(403, refused.reason, consumer)
        except (SealingOff, CannotOpen, SourceFailed):
            response.setHeader("Retry-After", "10")
            return self._refused(503, "Try again later", consumer)

    def answer(self, consumer: SimpleSSOConsumer, value: dict[str, Any]) -> Any:
        """What the consumer gets, not signed yet.

        :raises AccessRefused: when it gets nothing
        """
        raise NotImplementedError

    def _opened(self) -> tuple[SimpleSSOConsumer, bytes, dict[str, Any]]:
        """Who asks, with which secret, and what.

        :raises BadSignature: when that is not signed
        """
        public_key = self.request.getHeader(_PUBLIC_KEY, "")
        if not public_key:
            raise BadSignature("No public key")
        consumer = find_consumer(self.site, public_key, self.now)
        if consumer is None:
            raise BadSignature("Invalid public key")
        body = self.request["BODYFILE"].read(_MAX_BODY + 1)
        if len(body) > _MAX_BODY:
            raise BadSignature("Bad Signature")
        text = body.decode("utf-8", "replace")
        refused = BadSignature("Bad Signature")
        for secret in opened_secrets(self.site, consumer, self.now):
            try:
                value = signed_value(text, secret, self.now)
            except BadSignature as problem:
                refused = problem
                continue
            if not isinstance(value, dict):
                raise BadSignature("Failed to process the request")
            return consumer, secret, value
        raise refused

    def _refused(
        self, status: int, text: str, consumer: SimpleSSOConsumer | None = None
    ) -> str:
        transaction.abort()
        report_refusal(
            "request of django-simple-sso",
            text,
            consumer.credential_id if consumer else "",
            client_address(self.request),
        )
        self.request.response.setStatus(status)
        return text


class RequestToken(ConsumerEndpoint):
    """``request-token/``: the consumer is about to send somebody here."""

    def answer(self, consumer: SimpleSSOConsumer, value: dict[str, Any]) -> Any:
        url = value.get("redirect_to")
        if not isinstance(url, str):
            raise BadSignature("Failed to process the request")
        token = issue_request_token(self.site, consumer, url, self.now)
        return {"request_token": str(token)}


class Verify(ConsumerEndpoint):
    """``verify/``: who is it that came back with an access token."""

    def answer(self, consumer: SimpleSSOConsumer, value: dict[str, Any]) -> Any:
        token = value.get("access_token")
        if not isinstance(token, str):
            raise BadSignature("Failed to process the request")
        client = client_of_request(self.request)
        user = use_access_token(self.site, consumer, token, client, self.now)
        # There is no more to tell; clients that ask for it want to have it.
        return {**user, "extra_data": {}} if value.get("extra_data") else user


class Authorize(FrontChannelView):
    """``authorize/``: a person logs in, and goes back where they came from.

    Who has to log in comes back to ``@@simple-sso-resume``.

    What waits for the log-in goes on in the same browser only.
    """

    takes = "log-in for django-simple-sso"

    def answer(self, prepared: OAuth2Request) -> str:
        if not is_enabled(self.site):
            raise NotFound()
        try:
            return self._authorized(dict(self._parameters(prepared)))
        except AccessRefused as refused:
            raise NoAnswer(
                _(
                    "The request of the web site that you come from is not known, or"
                    " was used before. Begin again there."
                ),
                refused.reason,
                403,
            ) from None

    def _authorized(self, parameters: dict[str, str]) -> str:
        token = parameters.get("token", "")
        is_back = PENDING in parameters
        if is_back:
            token = self._waiting(parameters[PENDING])
        consumer, url = requested(self.site, token, self.now)
        try:
            subject = self.subject
        except Denied as denied:
            return self.not_for_you(consumer, str(denied))
        if subject is None:
            return self._log_in(token)
        if not is_for(self.site, consumer, subject):
            return self.not_for_you(consumer, "the site is not for this user")
        with written_safely(self.request, self.site.storage):
            back = grant(self.site, consumer, token, url, subject, self.now)
        return self.redirect(back)

    def _parameters(self, prepared: OAuth2Request) -> list[tuple[str, str]]:
        try:
            return read_form(str(prepared.query_string), _MAX_QUERY)
        except UnreadableForm as unreadable:
            raise NoAnswer(
                _("The web site that you come from has sent what cannot be read."),
                f"unreadable request: {unreadable}",
            ) from None

    def _log_in(self, token: str) -> str:
        browser = remember_browser(self.request)
        waiting = json.dumps([token, browser])
        sealed = seal_pending(self.site, _PURPOSE, waiting, self.now)
        resume = resume_url(self.site, _RESUME_VIEW, sealed)
        return self.redirect(log_in_url(self.site, resume))

    def _waiting(self, pending: str) -> str:
        """The request token of somebody who is back from the log-in.

        :raises AccessRefused: when they have begun in another browser
        """
        opened = open_pending(self.site, _PURPOSE, pending, self.now)
        token, browser = json.loads(opened)
        if not is_browser(self.request, browser):
            raise AccessRefused("begun in another browser")
        return str(token)


@provider(IRequestPreparation)
def prepare(request: Any) -> None:
    """Prepare a request as it needs: only for people does their session count."""
    path = request.environ.get("PATH_INFO", "").rstrip("/")
    is_for_people = path.rpartition("/")[2] == _AUTHORIZE
    (prepare_for_people if is_for_people else isolate)(request)


class SimpleSSOServer(ProtocolServer):
    """See above."""

    views = {
        ("request-token",): RequestToken,
        (_AUTHORIZE,): Authorize,
        ("verify",): Verify,
    }
