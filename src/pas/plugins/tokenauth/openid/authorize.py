"""What OpenID Connect adds to a request for authorization, up to the code."""

from ..authorization_server.interfaces import IApplication
from ..authorization_server.interfaces import ISubjects
from ..delegation.interfaces import AuthorizationError
from ..delegation.interfaces import AuthorizationRequest
from ..delegation.interfaces import authorize_check
from ..delegation.interfaces import ConsentItem
from ..delegation.interfaces import IAuthorizationData
from ..delegation.interfaces import IConsentItems
from ..i18n import _
from ..site.context import SiteAdapter
from ..site.context import SiteContext
from ..site.users import SiteUser
from ..storage.interfaces import ISession
from .claims import claims_of
from .hints import hinted_claims
from .hints import InvalidHint
from .interfaces import IClaims
from .protocol import MAX_NONCE
from .protocol import parse_claims
from .protocol import RequestedClaims
from .protocol import UnreadableClaims
from .scopes import OPENID
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from zope.component import getAdapters
from zope.interface import implementer

import secrets


#: By what the record of consent tells claims that were asked for one by one.
USERINFO = "userinfo:"
ID_TOKEN = "id_token:"
#: Under which sessions know the applications that take part in them.
PROTOCOL = "openid"
_SID_BYTES = 18


@authorize_check(120)
def check_openid_parameters(request: AuthorizationRequest) -> None:
    """What is sent for the ID token can be used (OpenID Connect Core 3.1.2.1)."""
    if OPENID not in request.scopes:
        return
    if "redirect_uri" not in request.parameters:
        raise AuthorizationError("invalid_request", "OpenID needs the redirect_uri.")
    if len(request.parameters.get("nonce", "")) > MAX_NONCE:
        raise AuthorizationError("invalid_request", "The nonce is too long.")
    try:
        requested = requested_claims(request)
    except UnreadableClaims as problem:
        raise AuthorizationError("invalid_request", str(problem)) from None
    if "acr" in requested.essential:
        raise AuthorizationError(
            "unmet_authentication_requirements",
            "This site knows no classes of authentication (acr).",
        )
    request.needs_auth_time = "auth_time" in requested.essential
    subjects = _hinted(request) | {requested.subject} - {None}
    if subjects:
        known = ISubjects(request.site).known
        request.is_about = lambda user: (
            subjects == {known(user.user_id, request.client)}
        )


def _hinted(request: AuthorizationRequest) -> set[str | None]:
    """The subject that a hint names, none where there is no hint.

    :raises AuthorizationError: for a hint that is none
    """
    hint = request.parameters.get("id_token_hint")
    if hint is None:
        return set()
    try:
        return {hinted_claims(request.site, hint, request.client.client_id)["sub"]}
    except InvalidHint:
        raise AuthorizationError(
            "invalid_request", "The id_token_hint is no ID token for this client."
        ) from None


@implementer(IConsentItems)
class ClaimItems(SiteAdapter):
    """See IConsentItems: the claims that an application gets, with their values."""

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
class OpenIDData(SiteAdapter):
    """See IAuthorizationData: what the ID token is about."""

    # A later ID token has no nonce (OpenID Connect Core section 12.2), which is of any
    # length.
    for_refreshes = frozenset({"amr", "auth_time", "claims", "sid"})

    def __call__(
        self, request: AuthorizationRequest, subject: SiteUser
    ) -> dict[str, Any]:
        if OPENID not in request.scopes:
            return {}
        data: dict[str, Any] = {}
        if "nonce" in request.parameters:
            data["nonce"] = request.parameters["nonce"]
        if claims := requested_claims(request).id_token:
            data["claims"] = " ".join(sorted(claims))
        if request.session is not None:
            data |= _about_session(request.session, request.client.client_id)
        return data


def _about_session(session: ISession, client_id: str) -> dict[str, Any]:
    """What an application learns about a session, which it is part of from now on.

    Each knows it by a name of its own, which tells nothing about the cookie.
    """
    member = session.members(PROTOCOL).get(client_id)
    if member is None:
        member = {"sid": secrets.token_urlsafe(_SID_BYTES)}
        session.join(PROTOCOL, client_id, member)
    about = {"sid": member["sid"]}
    if session.auth_time is not None:
        about["auth_time"] = session.auth_time
    if session.methods:
        about["amr"] = " ".join(session.methods)
    return about


def requested_claims(request: AuthorizationRequest) -> RequestedClaims:
    """What a request asks for one by one, as far as the scopes of the client go.

    :raises UnreadableClaims: when it has not passed the checks
    """
    asked = parse_claims(request.parameters.get("claims", ""))
    may = claims_of(request.site, request.client.scopes)
    return replace(asked, id_token=asked.id_token & may, userinfo=asked.userinfo & may)


def allowed_claims(
    site: SiteContext, credential: Any, client: IApplication, *places: str
) -> frozenset[str]:
    """The claims that the person let the client know one by one.

    :param credential: on which the tokens hang
    :param places: USERINFO, ID_TOKEN or both
    """
    allowed = {
        name.removeprefix(place)
        for name in getattr(credential, "claims", ())
        for place in places
        if name.startswith(place)
    }
    return claims_of(site, client.scopes) & allowed


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
