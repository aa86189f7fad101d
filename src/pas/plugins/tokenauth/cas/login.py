"""``@@cas/login``, ``@@cas/logout``: what a browser asks (sections 2.1 and 2.3).

Log-in is that of the site; whoever has to log in comes back to ``@@cas-resume``.
"""

from ..core.forms import UnreadableForm
from ..core.redirects import with_parameters
from ..i18n import _
from ..signin.interfaces import ISignInSessions
from ..signin.logout import log_out_of_plone
from ..signin.page import Denied
from ..signin.page import FrontChannelView
from ..signin.page import NoAnswer
from ..signin.pending import open_pending
from ..signin.pending import PendingRefused
from ..signin.pending import seal_pending
from ..signin.roundtrip import log_in_url
from ..signin.roundtrip import PENDING
from ..site.urls import is_below_pages_url
from ..storage.cas import CASService
from ..storage.interfaces import ISession
from ..web.address import client_address
from ..web.csrf import written_safely
from ..web.isolation import OAuth2Request
from .protocol import is_set
from .protocol import normalized_service
from .protocol import read_parameters
from .service import find_service
from .service import is_for
from .service import issue_ticket
from .settings import is_enabled
from .urls import RESUME_VIEW
from .urls import server_url
from collections.abc import Mapping
from zExceptions import NotFound

import json


#: For what a request that waits for another log-in is sealed.
_PURPOSE = "CAS renew"
#: Seconds for which a log-in is a fresh one.
_FRESH = 5 * 60


class CASView(FrontChannelView):
    """What both have in common. A subclass answers in :meth:`proceed`."""

    takes = "CAS request"
    #: The URL below that of the server.
    path: str

    def answer(self, prepared: OAuth2Request) -> str:
        if not is_enabled(self.site):
            raise NotFound()
        raw = str(prepared.query_string)
        try:
            parameters = read_parameters(raw)
        except UnreadableForm as unreadable:
            raise NoAnswer(
                _("The web site that you come from has sent what cannot be read."),
                f"unreadable request: {unreadable}",
            ) from None
        server = server_url(self.site)
        self.check_address(server)
        if not is_below_pages_url(self.site, self.request):
            # The cookie of the session is not sent to another host than theirs.
            return self.redirect(
                with_parameters(f"{server}/{self.path}", parameters.items())
            )
        return self.proceed(parameters)

    def proceed(self, parameters: Mapping[str, str]) -> str:
        """The body of the answer.

        :raises NoAnswer: when only the person can be told
        """
        raise NotImplementedError

    def found(
        self, parameters: Mapping[str, str], *names: str
    ) -> tuple[str, CASService]:
        """The URL that the request names, and the service that is registered for it.

        :param names: of the parameters it may stand in
        :raises NoAnswer: when there is none
        """
        sent = next((parameters[name] for name in names if name in parameters), "")
        url = normalized_service(sent)
        service = find_service(self.site, url, self.now) if url else None
        if service is None:
            raise NoAnswer(
                _(
                    "This site does not know the web site that you come from, or does"
                    " not let people log in there any more (service)."
                ),
                "unknown service",
                403,
            )
        return url, service


class LoginView(CASView):
    """``@@cas/login`` and ``@@cas-resume``: the way to a service, with a ticket."""

    path = "login"

    def proceed(self, parameters: Mapping[str, str]) -> str:
        pending, asked_at = parameters.get(PENDING), None
        if pending is not None:
            service_url, asked_at = self._opened(pending)
            parameters = {"service": service_url}
        if "service" not in parameters:
            return self._without_service()
        url, service = self.found(parameters, "service")
        if is_set(parameters, "renew"):
            return self._log_in_again(url)
        try:
            subject = self.subject
        except Denied as denied:
            return self.not_for_you(service, str(denied))
        if subject is None:
            if is_set(parameters, "gateway"):
                return self.redirect(url)
            return self._log_in([(PENDING, pending)] if pending else [("service", url)])
        if not is_for(self.site, service, subject):
            return self.not_for_you(service, "the service is not for this user")
        session = None
        if (sessions := ISignInSessions(self.site, None)) is not None:
            session = sessions.ensure(self.request, subject.user_id, self.now)
        if asked_at is not None:
            self._check_fresh(session, asked_at)
        with written_safely(self.request, self.site.storage):
            ticket = issue_ticket(
                self.site,
                service,
                url,
                subject,
                client_address(self.request),
                self.now,
                session=session,
                is_fresh=asked_at is not None,
            )
        return self.redirect(with_parameters(url, [("ticket", ticket)]))

    def _log_in_again(self, url: str) -> str:
        """Let somebody log in for a ticket, whether they are logged in or not.

        :raises SealingOff: when there is no usable sealing key
        """
        sealed = seal_pending(
            self.site, _PURPOSE, json.dumps([url, self.now]), self.now
        )
        if (sessions := ISignInSessions(self.site, None)) is not None:
            sessions.log_in_again(self.request)
        return self._log_in([(PENDING, sealed)])

    def _opened(self, pending: str) -> tuple[str, float]:
        """The service for which somebody had to log in again, and since when."""
        try:
            opened = open_pending(self.site, _PURPOSE, pending, self.now)
        except PendingRefused as refused:
            raise NoAnswer(
                _("You took more than half an hour. Begin again at the web site."),
                refused.reason,
            ) from None
        service_url, asked_at = json.loads(opened)
        return service_url, asked_at

    def _check_fresh(self, session: ISession | None, asked_at: float) -> None:
        """Refuse who has not logged in since, as far as the site can tell.

        :raises NoAnswer: for them
        """
        auth_time = session.auth_time if session is not None else None
        if auth_time is None or auth_time < max(asked_at, self.now - _FRESH):
            raise NoAnswer(
                _(
                    "The web site that you come from wants you to log in anew, and this"
                    " site cannot tell that you did. Begin again there."
                ),
                "no log-in for renew",
                403,
            )

    def _without_service(self) -> str:
        """Somebody who only logs in (section 2.1.1)."""
        try:
            subject = self.subject
        except Denied:
            subject = None
        if subject is None:
            return self._log_in([])
        return self.message(
            200, _("You are logged in"), _("Go on at the web site that you come from.")
        )

    def _log_in(self, parameters: list[tuple[str, str]]) -> str:
        resume = with_parameters(self.site.page_url(RESUME_VIEW), parameters)
        return self.redirect(log_in_url(self.site, resume))


class LogoutView(CASView):
    """``@@cas/logout``: the end of the session, and the way back to a service."""

    path = "logout"

    def proceed(self, parameters: Mapping[str, str]) -> str:
        # Where Plone has forgotten the person, the session of the browser goes on.
        log_out_of_plone(self.site, self.request)
        try:
            url, _service = self.found(parameters, "service", "url")
        except NoAnswer:
            # Whoever has sent them here, they are logged out.
            return self.message(
                200, _("You are logged out"), _("You can close this page.")
            )
        return self.redirect(url)
