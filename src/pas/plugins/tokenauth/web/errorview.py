"""What our exception views have in common: JSON that nobody replaces."""

from .response import body_of
from .response import never_store
from collections.abc import Mapping
from typing import Any


class Refusal(Exception):
    """Base of exceptions that refuse a request, with an exception view of their own.

    Each is one line in the server's log, and nothing for the site's error log.
    """


class JSONErrorView:
    """Base of the exception views. A subclass calls :meth:`answer`."""

    def __init__(self, context: Exception, request: Any) -> None:
        self.context = context
        self.request = request

    def answer(self, status: int, members: Mapping[str, str]) -> str:
        """Lock status and body, so that neither PAS nor plone.rest replaces them."""
        response = self.request.response
        body = body_of(self.request, members)
        # It leads to what does not exist then, or takes what was sent along.
        response.headers.pop("location", None)
        never_store(self.request)
        response.setHeader("Content-Type", "application/json")
        response.setStatus(status, lock=1)
        # The response to an XML-RPC call is a wrapper that cannot be locked.
        getattr(response, "_real", response).setBody(body, lock=1)
        # Tells PAS that the challenge is done.
        response._has_challenged = True
        return body
