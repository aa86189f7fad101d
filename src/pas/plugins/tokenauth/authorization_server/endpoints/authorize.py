"""The place of an authorization endpoint, which this site does not have yet.

Some clients look for its address in the metadata although they never go there, and
find no authorization server where it is missing. Whoever does go there is told what
to do instead.
"""

from ...core.errors import OAuthError
from ...web.isolation import OAuth2Request
from .base import OAuth2Endpoint
from collections.abc import Mapping
from typing import Any


class NoUsersHere(OAuthError):
    """Users cannot authorize clients (RFC 6749 section 4.1.2.1)."""

    error = "unsupported_response_type"

    def __init__(self) -> None:
        super().__init__(
            "Users cannot authorize clients at this site. Issue a service key and use"
            " the grant client_credentials."
        )


class AuthorizationEndpoint(OAuth2Endpoint):
    """``@@oauth2-authorize``: 400 to everybody."""

    methods = ("GET", "HEAD", "POST")
    takes = "request for authorization"
    # People are sent here by their browser.
    is_for_scripts = False

    def answer(self, prepared: OAuth2Request) -> Mapping[str, Any]:
        raise NoUsersHere()
