"""Errors inside our endpoints: always JSON, never a page, a traceback or a secret."""

from ...resource_server.errors import RETRY_AFTER as UNAVAILABLE_RETRY_AFTER
from ...resource_server.errors import UNAVAILABLE
from ...web.errorview import JSONErrorView
from zExceptions import Forbidden
from zExceptions import HTTPRedirection
from zExceptions import Unauthorized


RETRY_AFTER = "1"
WRONG_METHOD = "The endpoint does not support this method."


class EndpointFailureView(JSONErrorView):
    """What a client sees when something went wrong on our side, or is not there.

    The body holds no OAuth code: RFC 6749 has none for this.
    """

    def __call__(self) -> str:
        status = 404 if self._leads_nowhere() else _status(self.context)
        return self.answer(status, {"message": _MESSAGES[status]})

    def _leads_nowhere(self) -> bool:
        """Whether Zope cannot read the path, so that no endpoint was reached."""
        return isinstance(self.context, ValueError) and "PUBLISHED" not in self.request


class EndpointBusyView(JSONErrorView):
    """503: the request conflicted with others again and again; the client may retry."""

    def __call__(self) -> str:
        self.request.response.setHeader("Retry-After", RETRY_AFTER)
        return self.answer(503, {"message": "The server is busy. Repeat the request."})


class EndpointUnavailableView(JSONErrorView):
    """503: a source of users does not answer, and nobody else knows the user."""

    def __call__(self) -> str:
        self.request.response.setHeader("Retry-After", UNAVAILABLE_RETRY_AFTER)
        return self.answer(503, {"message": UNAVAILABLE})


def _status(error: Exception) -> int:
    if isinstance(error, (Forbidden, HTTPRedirection, Unauthorized)):
        # Not ours: the path leads through an endpoint to something else.
        return 404
    status = getattr(error, "status", None) or 500
    if status in _MESSAGES:
        return int(status)
    return 404 if 400 <= status < 500 else 500


_MESSAGES = {
    400: "The request cannot be read.",
    404: "There is no such endpoint.",
    405: WRONG_METHOD,
    500: "The server has failed. The request may be repeated later.",
}
