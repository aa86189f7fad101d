"""What the OAuth endpoints have in common: JSON in the answer, never in a cache."""

from ...core.errors import AccessRefused
from ...core.errors import InvalidClient
from ...core.errors import InvalidRequest
from ...core.errors import OAuthError
from ...resource_server.errors import RETRY_AFTER
from ...sealing.configuration import SealingOff
from ...sealing.keyring import CannotOpen
from ...site.issuer import is_token_endpoint
from ...site.view import SiteView
from ...tokens.refusals import report_refusal
from ...web.address import client_address
from ...web.cors import allow_every_origin
from ...web.cors import answer_preflight
from ...web.cors import is_preflight
from ...web.isolation import oauth2_request
from ...web.isolation import OAuth2Request
from ...web.response import body_of
from ...web.response import never_store
from ..clients import BASIC_CHALLENGE
from ..clients import is_basic
from .parameters import check_uri
from .parameters import form_parameters
from collections.abc import Mapping
from Products.Five.browser import BrowserView
from typing import Any
from zExceptions import NotFound

import logging
import re
import transaction


logger = logging.getLogger("pas.plugins.tokenauth")

#: What an error_description must not hold (RFC 6749 section 5.2).
_NOT_ALLOWED = re.compile(r"[^\x20-\x21\x23-\x5b\x5d-\x7e]")
CANNOT_SEAL = (
    "The server cannot sign or seal now. Its sealing key is not the right one."
)
_KEPT_CHANGES = "pas.plugins.tokenauth.kept_changes"


class MethodNotAllowed(InvalidRequest):
    """The endpoint does not take this method."""

    status = 405


class OAuth2Endpoint(SiteView, BrowserView):
    """Base of the endpoints. A subclass answers in :meth:`answer`."""

    methods: tuple[str, ...] = ("POST",)
    success_status = 200
    #: What the log calls the parameter that the endpoint takes.
    takes: str
    #: How a client may authenticate itself here, other than by its parameters.
    client_challenge = ""
    #: As what error a client learns of a token or a credential that is refused.
    access_refused: type[OAuthError] = AccessRefused

    def __call__(self) -> str:
        prepared = oauth2_request(self.request)
        if prepared is None:
            # Reached on a path on which Zope has already read the request.
            raise NotFound()
        response = self.request.response
        allow_every_origin(response)
        if is_preflight(self.request, prepared.method):
            return answer_preflight(response, ", ".join(self.methods))
        try:
            if prepared.method not in self.methods:
                methods = " or ".join(self.methods)
                raise MethodNotAllowed(f"Send a {methods} request.")
            return self._json(self.success_status, self.answer(prepared))
        except OAuthError as error:
            if error.keeps_changes:
                # This environ is what Zope makes the next attempt of, after a conflict.
                self.request._orig_env[_KEPT_CHANGES] = True
            else:
                # An answer like any other is committed, and this one changes nothing.
                transaction.abort()
            if error.is_news:
                self.refused(error)
            return self._error(error, prepared)
        except (SealingOff, CannotOpen) as problem:
            # What it was to be given for is as good as before.
            transaction.abort()
            logger.error("Nothing can be signed or sealed: %s", problem)
            response.setHeader("Retry-After", RETRY_AFTER)
            return self._json(503, {"message": CANNOT_SEAL})

    def answer(self, prepared: OAuth2Request) -> Mapping[str, Any]:
        """The members of the answer.

        :raises OAuthError: when the request is refused; nothing is written then
        :raises SealingOff: when there is no usable sealing key; nothing is written then
        :raises CannotOpen: when the sealing key is another one; nothing is written then
        """
        raise NotImplementedError

    def refused(self, error: OAuthError) -> None:
        """Tell the log and the subscribers that a request is refused."""
        address = client_address(self.request)
        report_refusal(
            self.takes, error.reason, error.credential_id, address, error.only_named
        )

    @property
    def is_repeated(self) -> bool:
        """Whether an attempt before this one granted something, and conflicted.

        One whose refusal was to be written does not count: what it found is no work of
        its own.
        """
        request = self.request
        return request.retry_count > 0 and _KEPT_CHANGES not in request.environ

    def parameters(self, prepared: OAuth2Request) -> Mapping[str, str]:
        """The parameters of the request.

        :raises InvalidRequest: when they are not sent as they should be
        """
        check_transport(self.site.issuer, self.request["SERVER_URL"])
        body = self.request["BODYFILE"]
        parameters = form_parameters(body, prepared.content_type)
        check_uri(prepared.query_string, parameters)
        return parameters

    def _error(self, error: OAuthError, prepared: OAuth2Request) -> str:
        response = self.request.response
        if isinstance(error, MethodNotAllowed):
            response.setHeader("Allow", ", ".join(self.methods))
        code = self.access_refused if isinstance(error, AccessRefused) else error
        status, challenge = code.status, code.challenge
        # A class may have one for all reasons.
        description = getattr(code, "description", error.description)
        if isinstance(error, InvalidClient):
            basic = is_basic(prepared.authorization)
            challenge = BASIC_CHALLENGE if basic else self.client_challenge
            status = 401 if challenge else error.status
        if challenge:
            response.setHeader("WWW-Authenticate", challenge)
        return self._json(
            status,
            {
                "error": code.error,
                "error_description": _NOT_ALLOWED.sub("?", description),
            },
        )

    def _json(self, status: int, members: Mapping[str, Any]) -> str:
        response = self.request.response
        never_store(self.request)
        response.setHeader("Content-Type", "application/json")
        response.setStatus(status)
        return body_of(self.request, members)


def check_transport(issuer: str, server_url: str) -> None:
    """Refuse plain http where the issuer says https, except on this computer."""
    if issuer.lower().startswith("https:") and not is_token_endpoint(server_url):
        raise InvalidRequest("Use https: others can read what is sent by http.")
