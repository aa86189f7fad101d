"""What OpenID Connect adds to a request for authorization, up to the code."""

from ..delegation.interfaces import AuthorizationError
from ..delegation.interfaces import AuthorizationRequest
from ..delegation.interfaces import authorize_check
from ..delegation.interfaces import ConsentItem
from ..delegation.interfaces import IAuthorizationData
from ..delegation.interfaces import IConsentItems
from ..i18n import _
from ..site.context import SiteContext
from ..site.interfaces import ISiteContext
from ..site.users import SiteUser
from .interfaces import IClaims
from .interfaces import ISubjects
from .protocol import MAX_NONCE
from .protocol import parse_claims
from .protocol import RequestedClaims
from .protocol import UnreadableClaims
from .scopes import OPENID
from collections.abc import Iterator
from typing import Any
from zope.component import adapter
from zope.component import getAdapters
from zope.interface import implementer


#: By what the record of consent tells claims that were asked for one by one.
USERINFO = "userinfo:"
ID_TOKEN = "id_token:"


@authorize_check(120)
def check_openid_parameters(request: AuthorizationRequest) -> None:
    """What is sent for the ID token can be used (OpenID Connect Core 3.1.2.1)."""
    if OPENID not in request.scopes:
        return
    if len(request.parameters.get("nonce", "")) > MAX_NONCE:
        raise AuthorizationError("invalid_request", "The nonce is too long.")
    try:
        parse_claims(request.parameters.get("claims", ""))
    except UnreadableClaims as problem:
        raise AuthorizationError("invalid_request", str(problem)) from None


@implementer(IConsentItems)
@adapter(ISiteContext)
class ClaimItems:
    """See IConsentItems: the claims that an application gets, with their values."""

    def __init__(self, site: SiteContext) -> None:
        self._site = site

    def __call__(
        self, request: AuthorizationRequest, subject: SiteUser
    ) -> list[ConsentItem]:
        if OPENID not in request.scopes:
            return []
        requested = requested_claims(request)
        return [
            ConsentItem(name=name, sentence=title, value=_shown(value))
            for scope, claims in sorted(getAdapters((self._site,), IClaims))
            for claim, value in claims(subject).items()
            for title in [claims.claims[claim]]
            for name in _reasons(scope, claim, request, requested)
        ]


@implementer(IAuthorizationData)
@adapter(ISiteContext)
class OpenIDData:
    """See IAuthorizationData: what the ID token is about."""

    def __init__(self, site: SiteContext) -> None:
        self._site = site

    def __call__(
        self, request: AuthorizationRequest, subject: SiteUser
    ) -> dict[str, Any]:
        if OPENID not in request.scopes:
            return {}
        requested = requested_claims(request)
        if requested.subject is not None:
            known = ISubjects(self._site).known(subject.user_id)
            if requested.subject != known:
                raise AuthorizationError(
                    "login_required", "Another user is logged in than was asked for."
                )
        data: dict[str, Any] = {}
        if "nonce" in request.parameters:
            data["nonce"] = request.parameters["nonce"]
        if requested.id_token:
            data["claims"] = " ".join(sorted(requested.id_token))
        return data


def requested_claims(request: AuthorizationRequest) -> RequestedClaims:
    """What a request that has passed the checks asks for one by one."""
    return parse_claims(request.parameters.get("claims", ""))


def _reasons(
    scope: str, claim: str, request: AuthorizationRequest, requested: RequestedClaims
) -> Iterator[str]:
    """Why the application gets a claim, as the record of consent says it; once."""
    if scope in request.scopes:
        yield scope
    elif claim in requested.userinfo:
        yield f"{USERINFO}{claim}"
    elif claim in requested.id_token:
        yield f"{ID_TOKEN}{claim}"


def _shown(value: Any) -> str:
    """A claim for people."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return ", ".join(value) if isinstance(value, list) else str(value)
