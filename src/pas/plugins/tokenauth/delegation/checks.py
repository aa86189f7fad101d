"""The checks of a request for authorization, from when errors go to the client.

Each is registered under its name with its place, so that the first that fails decides,
and a feature can replace one.
"""

from ..authorization_server.resources import find_resource
from ..core.errors import InvalidTarget
from ..core.resources import is_below
from ..core.resources import is_same
from ..core.scopes import parse_scope
from ..credentials.scopes import known_scopes
from ..credentials.scopes import scopes_in_force
from ..credentials.scopes import scopes_of_site
from ..signin.interfaces import ISignInSessions
from .interfaces import AuthorizationError
from .interfaces import AuthorizationRequest
from .interfaces import authorize_check
from .interfaces import ConsentRequired
from .protocol import CHALLENGE_METHOD
from .protocol import is_challenge
from .responsetypes import response_type_of
from .scopes import OFFLINE_ACCESS

import re


#: What somebody could take for granted if it were ignored (OpenID Connect Core 6).
_NOT_SUPPORTED = ("request", "request_uri", "registration")
_SECONDS = re.compile(r"[0-9]{1,10}", re.ASCII)


@authorize_check(50)
def check_repeated(request: AuthorizationRequest) -> None:
    """Nothing is sent twice (RFC 6749 section 3.1)."""
    if request.repeated:
        raise AuthorizationError("invalid_request", "A parameter is repeated.")


@authorize_check(60)
def check_request_objects(request: AuthorizationRequest) -> None:
    """No request object is ignored (OpenID Connect Core sections 6 and 7)."""
    for name in _NOT_SUPPORTED:
        if name in request.parameters:
            raise AuthorizationError(
                f"{name}_not_supported", f"The parameter {name} is not supported."
            )


@authorize_check(70)
def check_response_type(request: AuthorizationRequest) -> None:
    """The response is one that there is for the client (RFC 6749 section 3.1.1)."""
    if "response_type" not in request.parameters:
        raise AuthorizationError("invalid_request", "response_type is missing.")
    response_type_of(request)


@authorize_check(80)
def check_response_mode(request: AuthorizationRequest) -> None:
    """The response has a form that there is."""
    modes = response_type_of(request).modes
    if request.parameters.get("response_mode", modes[0]) not in modes:
        raise AuthorizationError(
            "invalid_request", f"The response_mode must be {' or '.join(modes)}."
        )


@authorize_check(90)
def check_pkce(request: AuthorizationRequest) -> None:
    """The challenge is one, and there where it must be (RFC 7636 section 4.4.1)."""
    challenge = request.parameters.get("code_challenge")
    method = request.parameters.get("code_challenge_method")
    if challenge is None and method is None:
        must = request.client.is_public or request.client.requires_pkce
        if must and response_type_of(request).is_exchanged:
            raise AuthorizationError(
                "invalid_request", "This client must send a code_challenge."
            )
    elif method != CHALLENGE_METHOD:
        raise AuthorizationError(
            "invalid_request", f"The code_challenge_method must be {CHALLENGE_METHOD}."
        )
    elif challenge is None or not is_challenge(challenge):
        raise AuthorizationError(
            "invalid_request", "The code_challenge must be 43 characters of base64url."
        )


@authorize_check(100)
def check_scope(request: AuthorizationRequest) -> None:
    """Something of the scope can be granted (RFC 6749 section 3.3).

    What is unknown or not allowed is left out; the token endpoint says what is left.
    """
    wanted = parse_scope(request.parameters.get("scope", ""))
    # What an add-on brought that is gone, or a feature that is off, grants nothing.
    known = frozenset(request.client.scopes) & known_scopes().keys()
    allowed = scopes_in_force(request.site.settings, known)
    request.scopes = (wanted or frozenset(request.client.default_scopes)) & allowed
    if not request.scopes:
        raise AuthorizationError(
            "invalid_scope",
            "This client can be granted none of the scopes that it asks for.",
        )


@authorize_check(110)
def check_resource(request: AuthorizationRequest) -> None:
    """The token is for this site, or for one resource beside it (RFC 8707 section 2).

    What the scope has for others is left out.
    """
    site = request.site
    if all(is_below(site.issuer, named) for named in request.resources):
        request.scopes = scopes_of_site(request.scopes)
    else:
        resource = find_resource(site, request.resources[0])
        if (
            resource is None
            or not resource.is_live(request.now)
            or not all(is_same(resource.url, named) for named in request.resources)
        ):
            raise InvalidTarget("This site has no tokens for the resource.")
        request.resource = resource.url
        request.scopes &= resource.scopes | {OFFLINE_ACCESS}
    if request.scopes <= {OFFLINE_ACCESS}:
        raise AuthorizationError(
            "invalid_scope", "The scope has nothing for the resource."
        )


@authorize_check(120)
def check_openid(request: AuthorizationRequest) -> None:
    """What OpenID Connect adds is refused or done, and never ignored."""
    prompts = request.prompts
    if "none" in prompts and len(prompts) > 1:
        raise AuthorizationError("invalid_request", "prompt=none stands alone.")
    max_age = request.parameters.get("max_age", "0")
    if not _SECONDS.fullmatch(max_age):
        raise AuthorizationError("invalid_request", "max_age is a number of seconds.")
    wants_log_in = "login" in prompts or "max_age" in request.parameters
    if wants_log_in and not ISignInSessions(request.site).is_needed:
        raise AuthorizationError(
            "login_required", "This site cannot tell when a person has logged in."
        )


@authorize_check(130)
def check_grant(request: AuthorizationRequest) -> None:
    """The client may use this grant."""
    if response_type_of(request).grant_type not in request.client.grant_types:
        raise AuthorizationError(
            "unauthorized_client", "This client may not use authorization codes."
        )


@authorize_check(140)
def check_prompt(request: AuthorizationRequest) -> None:
    """A person is asked again where the client wants that."""
    if "consent" in request.prompts:
        raise ConsentRequired()
