"""Documents that anybody may read, and keep for a while."""

from ...web.cors import allow_every_origin
from ...web.cors import answer_preflight
from ...web.cors import is_preflight
from ...web.isolation import oauth2_request
from ...web.response import body_of
from ...web.response import never_store
from .errors import WRONG_METHOD
from Products.Five.browser import BrowserView
from typing import Any
from zExceptions import NotFound


METHODS = "GET, HEAD"


class PublicDocument(BrowserView):
    """Base of such a document; a subclass says what is in it."""

    #: Seconds for which others may keep it.
    max_age: int

    def __call__(self) -> str:
        prepared = oauth2_request(self.request)
        if prepared is None:
            raise NotFound()
        response = self.request.response
        # Anybody may know, also a page of another site in a browser.
        allow_every_origin(response)
        if is_preflight(self.request, prepared.method):
            return answer_preflight(response, METHODS)
        response.setHeader("Content-Type", "application/json")
        if prepared.method not in ("GET", "HEAD"):
            # Returned, not raised: a wrong method is nothing for the error log.
            never_store(self.request)
            response.setHeader("Allow", METHODS)
            response.setStatus(405)
            return body_of(self.request, {"message": WRONG_METHOD})
        members = self.members()
        response.setHeader("Cache-Control", f"public, max-age={self.max_age}")
        return body_of(self.request, members)

    def members(self) -> dict[str, Any]:
        """What is in it.

        :raises NotFound: when there is no such document
        """
        raise NotImplementedError
