"""Errors inside our endpoints: always JSON, never a page, a traceback or a secret."""

from .response import body_of
from .response import never_store
from typing import Any
from zExceptions import Forbidden
from zExceptions import HTTPRedirection
from zExceptions import Unauthorized


RETRY_AFTER = "1"


class EndpointFailureView:
    """What a client sees when something went wrong on our side, or is not there.

    The body holds no OAuth code: RFC 6749 has none for this.
    """

    def __init__(self, context: Exception, request: Any) -> None:
        self.context = context
        self.request = request

    def __call__(self) -> str:
        response = self.request.response
        status = _status(self.context)
        never_store(self.request)
        # A redirect would send the grant along.
        response.headers.pop("location", None)
        response.setHeader("Content-Type", "application/json")
        response.setStatus(status, lock=1)
        response._has_challenged = True
        return body_of(self.request, {"message": _MESSAGES[status]})


def _status(error: Exception) -> int:
    if isinstance(error, (Forbidden, HTTPRedirection, Unauthorized)):
        # Not ours: the path leads through an endpoint to something else.
        return 404
    status = getattr(error, "status", None)
    return status if status in _MESSAGES else 500


_MESSAGES = {
    400: "The request cannot be read.",
    404: "There is no such endpoint.",
    405: "The endpoint does not support this method.",
    500: "The server has failed. The request may be repeated later.",
}


class EndpointBusyView:
    """503: the request met others again and again, and may simply be repeated."""

    def __init__(self, context: Exception, request: Any) -> None:
        self.context = context
        self.request = request

    def __call__(self) -> str:
        response = self.request.response
        never_store(self.request)
        response.setHeader("Content-Type", "application/json")
        response.setHeader("Retry-After", RETRY_AFTER)
        response.setStatus(503, lock=1)
        return body_of(
            self.request, {"message": "The server is busy. Repeat the request."}
        )
