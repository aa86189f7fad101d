"""What services ask: what a ticket is worth (CAS protocol sections 2.4 to 2.8).

The status is always 200, as clients expect.
"""

from ..authorization_server.endpoints.base import check_transport
from ..core.errors import InvalidRequest
from ..core.forms import UnreadableForm
from ..site.users import SourceFailed
from ..site.view import SiteView
from ..tokens.refusals import report_refusal
from ..usage.client import client_of_request
from ..web.address import client_address
from ..web.isolation import oauth2_request
from ..web.isolation import OAuth2Request
from ..web.response import never_store
from .protocol import format_json
from .protocol import format_plain
from .protocol import format_proxy_failure
from .protocol import format_xml
from .protocol import INTERNAL_ERROR
from .protocol import INVALID_REQUEST
from .protocol import INVALID_TICKET_SPEC
from .protocol import is_set
from .protocol import normalized_service
from .protocol import read_parameters
from .protocol import Refused
from .protocol import Success
from .protocol import UNAUTHORIZED_SERVICE_PROXY
from .service import success
from .service import use_ticket
from .settings import is_enabled
from collections.abc import Callable
from collections.abc import Mapping
from Products.Five.browser import BrowserView
from zExceptions import NotFound

import transaction


_PLAIN = "text/plain; charset=utf-8"
_XML = "application/xml; charset=utf-8"
_JSON = "application/json; charset=utf-8"

Format = Callable[[Success | Refused], str]


class CASEndpoint(SiteView, BrowserView):
    """Base of what services ask. A subclass answers in :meth:`answer`."""

    def __call__(self) -> str:
        prepared = oauth2_request(self.request)
        if prepared is None or not is_enabled(self.site):
            raise NotFound()
        never_store(self.request)
        response = self.request.response
        response.setHeader("X-Content-Type-Options", "nosniff")
        if prepared.method != "GET":
            response.setStatus(405)
            response.setHeader("Allow", "GET")
            return ""
        return self.answer(prepared)

    def answer(self, prepared: OAuth2Request) -> str:
        """The body of the answer."""
        raise NotImplementedError

    def body(self, content_type: str, text: str) -> str:
        """The text as the body of the answer."""
        self.request.response.setHeader("Content-Type", content_type)
        return text

    def report(self, refused: Refused) -> None:
        """One line about a refusal, and the event for the audit log."""
        report_refusal(
            "CAS ticket",
            refused.description,
            refused.service_id,
            client_address(self.request),
        )


class Validation(CASEndpoint):
    """``@@cas/validate``: CAS 1 (section 2.4)."""

    formats: Mapping[str, tuple[str, Format]] = {"": (_PLAIN, format_plain)}
    with_attributes = False

    def answer(self, prepared: OAuth2Request) -> str:
        parameters: Mapping[str, str] = {}
        answer: Success | Refused
        try:
            check_transport(self.site.issuer, self.request["SERVER_URL"])
            parameters = read_parameters(str(prepared.query_string))
            answer = self._validated(parameters)
        except InvalidRequest as refused:
            answer = Refused(INVALID_REQUEST, refused.description)
        except UnreadableForm:
            answer = Refused(INVALID_REQUEST, "The parameters cannot be read.")
        except SourceFailed:
            # The ticket is as good as before.
            transaction.abort()
            answer = Refused(INTERNAL_ERROR, "The user cannot be looked up now.")
        except Refused as refused:
            answer = refused
        if isinstance(answer, Refused):
            self.report(answer)
        wanted = parameters.get("format", "").lower()
        content_type, spell = self.formats.get(wanted, self.formats[""])
        return self.body(content_type, spell(answer))

    def _validated(self, parameters: Mapping[str, str]) -> Success:
        for name in ("service", "ticket"):
            if name not in parameters:
                raise Refused(INVALID_REQUEST, f"The parameter {name} is missing.")
        ticket = parameters["ticket"]
        if ticket.startswith("PT-"):
            raise Refused(INVALID_TICKET_SPEC, "There are no proxy tickets here.")
        found = use_ticket(
            self.site,
            ticket,
            normalized_service(parameters["service"]),
            is_set(parameters, "renew"),
            client_of_request(self.request),
            self.now,
        )
        return success(self.site, *found, self.with_attributes)


class ServiceValidation(Validation):
    """``@@cas/serviceValidate``, ``@@cas/proxyValidate``: CAS 2 (sections 2.5, 2.6)."""

    formats = {"": (_XML, format_xml), "json": (_JSON, format_json)}


class ServiceValidation3(ServiceValidation):
    """The same below ``p3``: CAS 3, with attributes (section 2.8)."""

    with_attributes = True


class ProxyRefused(CASEndpoint):
    """``@@cas/proxy``: nobody gets proxy tickets (section 2.7)."""

    def answer(self, prepared: OAuth2Request) -> str:
        code, description = UNAUTHORIZED_SERVICE_PROXY, "There are no proxy tickets."
        return self.body(_XML, format_proxy_failure(code, description))
