"""What the OAuth endpoints have in common: JSON in the answer, never in a cache."""

from ..core.errors import InvalidRequest
from ..core.errors import OAuthError
from ..publisher.prepare import oauth2_request
from ..publisher.prepare import OAuth2Request
from ..publisher.response import body_of
from ..publisher.response import never_store
from .clientauth import InvalidBasicClient
from .parameters import check_uri
from .parameters import form_parameters
from collections.abc import Mapping
from Products.Five.browser import BrowserView
from typing import Any
from zExceptions import NotFound

import re


#: What an error_description must not hold (RFC 6749 section 5.2).
_NOT_ALLOWED = re.compile(r"[^\x20-\x21\x23-\x5b\x5d-\x7e]")


class MethodNotAllowed(InvalidRequest):
    """The endpoint takes POST only."""

    status = 405


class OAuth2Endpoint(BrowserView):
    """Base of the endpoints. A subclass answers in :meth:`answer`."""

    def __call__(self) -> str:
        prepared = oauth2_request(self.request)
        if prepared is None:
            # Reached in a way that Zope has already read the request in.
            raise NotFound()
        try:
            if prepared.method != "POST":
                raise MethodNotAllowed("Send a POST request.")
            return self._json(200, self.answer(prepared))
        except OAuthError as error:
            return self._error(error)

    def answer(self, prepared: OAuth2Request) -> Mapping[str, Any]:
        """The members of the answer.

        :raises OAuthError: when the request is refused; nothing has been written then
        """
        raise NotImplementedError

    def _parameters(self, prepared: OAuth2Request) -> dict[str, str]:
        """The parameters of the request.

        :raises InvalidRequest: when they are not sent as they should be
        """
        body = self.request["BODYFILE"]
        parameters = form_parameters(body, prepared.content_type)
        check_uri(prepared.query_string, parameters)
        return dict(parameters)

    def _error(self, error: OAuthError) -> str:
        response = self.request.response
        if isinstance(error, MethodNotAllowed):
            response.setHeader("Allow", "POST")
        if isinstance(error, InvalidBasicClient):
            response.setHeader("WWW-Authenticate", 'Basic realm="Plone"')
        return self._json(
            error.status,
            {
                "error": error.error,
                "error_description": _NOT_ALLOWED.sub("?", error.description),
            },
        )

    def _json(self, status: int, members: Mapping[str, Any]) -> str:
        response = self.request.response
        never_store(self.request)
        response.setHeader("Content-Type", "application/json")
        response.setStatus(status)
        return body_of(self.request, members)
