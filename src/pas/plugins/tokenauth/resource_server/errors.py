"""Answers to requests with a token of ours that are refused.

The exceptions are raised deep inside PAS or the publisher, their views answer.
"""

from ..core.scopes import format_scope
from ..credentials.kinds import kind_of
from ..site.lookup import current_site
from ..tokens.refusals import report_refusal
from ..web.access import access_of
from ..web.address import client_address
from ..web.errorview import JSONErrorView
from ..web.errorview import Refusal
from .challenge import challenge
from .challenge import DESCRIPTION
from .challenge import metadata_url
from .challenge import needed_scope
from functools import cached_property
from zExceptions import BadRequest
from zExceptions import Forbidden
from zExceptions import Unauthorized as ZopeUnauthorized


ONE_TOKEN = "Send one access token, in the Authorization header"
UNAVAILABLE = "Users cannot be looked up now. Repeat the request later."
#: Seconds.
RETRY_AFTER = "10"
NO_ACCOUNTS = "This access token may not change user accounts or tools."


class Unauthorized(Refusal, ZopeUnauthorized):
    """The token is not valid (RFC 6750 section 3.1).

    The reason is logged where it is known.

    :param description: what the client learns; empty for nothing but "expired"
    """

    def __init__(self, description: str = "") -> None:
        super().__init__()
        self.description = description or DESCRIPTION


class TwoTokens(Refusal, BadRequest):
    """The request has a token in the header and one in the body (RFC 6750, 2)."""


class OtherIdentity(Refusal, Forbidden):
    """The token's user may not do this, but another identity of the request may."""


class ClosedToTokens(Refusal, Forbidden):
    """The route is closed to requests with a token."""


class InsufficientScope(Refusal, Forbidden):
    """The token was not granted a scope (RFC 6750 section 3.1).

    :param scope: name of the scope that is missing
    """

    def __init__(self, scope: str) -> None:
        super().__init__(f"This access token was not granted the scope {scope}.")
        self.scope = scope


class Unavailable(Refusal):
    """Nobody can say now whether the access token is valid."""


class _Refusal(JSONErrorView):
    """Base of the views of these exceptions."""

    status = 403
    #: Whether it stands in the log already, or is nothing for it.
    is_reported = False

    def __call__(self) -> str:
        if not self.is_reported:
            access = access_of(self.request)
            credential_id = "" if access is None else access.credential_id
            address = client_address(self.request)
            report_refusal("request", self.reason(), credential_id, address)
        for name, value in self.headers().items():
            self.request.response.setHeader(name, value)
        return self.answer(self.status, self.body())

    def reason(self) -> str:
        """What the log says."""
        return str(self.context)

    def body(self) -> dict[str, str]:
        raise NotImplementedError

    def headers(self) -> dict[str, str]:
        return {}


class UnauthorizedView(_Refusal):
    """401 with the one text that clients renew on."""

    context: Unauthorized
    status = 401
    is_reported = True

    def body(self) -> dict[str, str]:
        description = self.context.description
        return {"error": "invalid_token", "error_description": description}

    def headers(self) -> dict[str, str]:
        value = challenge(
            "invalid_token",
            self.context.description,
            scope=needed_scope(self.request),
            resource_metadata=metadata_url(self.request),
        )
        return {"WWW-Authenticate": value}


class TwoTokensView(_Refusal):
    """400: a request has one token."""

    status = 400

    def reason(self) -> str:
        return "two access tokens in one request"

    def body(self) -> dict[str, str]:
        return {"error": "invalid_request", "error_description": ONE_TOKEN}

    def headers(self) -> dict[str, str]:
        return {
            "WWW-Authenticate": challenge("invalid_request", ONE_TOKEN),
        }


class UnavailableView(_Refusal):
    """503: a source of users does not answer, so the request may be repeated."""

    status = 503
    is_reported = True

    def body(self) -> dict[str, str]:
        return {"type": "ServiceUnavailable", "message": UNAVAILABLE}

    def headers(self) -> dict[str, str]:
        return {"Retry-After": RETRY_AFTER}


class ForbiddenView(_Refusal):
    """403 with the reason: the token is fine, the request is not."""

    def body(self) -> dict[str, str]:
        return {"type": "Forbidden", "message": str(self.context)}


class InsufficientScopeView(_Refusal):
    """403 that names the scopes to ask for, if asking again can help.

    A client asks for what it is told to. Where it cannot be granted that, it would ask
    the person again and again, so that it is not told.
    """

    context: InsufficientScope

    def body(self) -> dict[str, str]:
        if not self._scope:
            return {"type": "Forbidden", "message": str(self.context)}
        return {
            "error": "insufficient_scope",
            "error_description": str(self.context),
            "scope": self._scope,
        }

    def headers(self) -> dict[str, str]:
        if not self._scope:
            return {}
        value = challenge(
            "insufficient_scope",
            str(self.context),
            scope=self._scope,
            resource_metadata=metadata_url(self.request),
        )
        return {"WWW-Authenticate": value}

    @cached_property
    def _scope(self) -> str:
        """What the request needs, and what the token has; empty if that is in vain."""
        needed = frozenset({self.context.scope})
        access, site = access_of(self.request), current_site()
        if access is None or site is None:
            return format_scope(needed)
        credential = site.storage.credential(access.credential_id)
        if credential is None or kind_of(credential).may_obtain(
            site, credential, needed
        ):
            return format_scope(access.scopes | needed)
        return ""


class InsufficientPermissionView(_Refusal):
    """403 for a valid token whose user lacks a permission: a new one does not help."""

    is_reported = True

    def body(self) -> dict[str, str]:
        return {
            "type": "Unauthorized",
            "message": "The user of this access token is not allowed to do this.",
        }
