"""What an application says about itself (RFC 7591 section 2, client ID metadata).

Nothing of it is believed: it decides where people are sent back to, and what they read.
"""

from ..core.errors import OAuthError
from ..core.granttypes import AUTHORIZATION_CODE
from ..core.granttypes import REFRESH_TOKEN
from ..core.keys import RS256
from ..core.redirects import check_redirect_uri
from ..core.redirects import host_of
from ..core.redirects import RedirectRefused
from ..core.text import cleaned
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import re


GRANT_TYPES = frozenset({AUTHORIZATION_CODE, REFRESH_TOKEN})
#: The one method of client authentication: nobody here keeps a secret with the site.
NONE = "none"
MAX_URIS = 20
#: Characters of all redirect URIs together, which are kept without a log-in.
MAX_URIS_LENGTH = 2000
MAX_NAME = 100
MAX_URL = 512
#: Schemes without a dot that programs have which people use.
KNOWN_SCHEMES = frozenset({"cursor", "vscode", "vscode-insiders", "warp"})

#: Other members that hold a URL, which browsers or people may follow.
_URLS = (
    "client_uri",
    "initiate_login_uri",
    "jwks_uri",
    "logo_uri",
    "policy_uri",
    "sector_identifier_uri",
    "tos_uri",
)
_URL_LISTS = ("post_logout_redirect_uris", "request_uris")
_SECRETS = frozenset({"client_secret", "client_secret_expires_at"})
#: What asks for answers that nobody gets here (OpenID Connect Registration section 2).
_OTHER_ANSWERS = frozenset(
    {
        "id_token_encrypted_response_alg",
        "userinfo_encrypted_response_alg",
        "userinfo_signed_response_alg",
    }
)
#: What a JWK has that nobody but its owner should see (RFC 7518 section 6).
_PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
_SEGMENT = re.compile(r"(?:\.|%2e){1,2}", re.IGNORECASE)


class InvalidClientMetadata(OAuthError, ValueError):
    """What an application says about itself cannot be (RFC 7591 section 3.2.2)."""

    error = "invalid_client_metadata"


class InvalidRedirectURI(InvalidClientMetadata):
    """A redirect URI cannot be registered."""

    error = "invalid_redirect_uri"


class UnapprovedStatement(InvalidClientMetadata):
    """A software statement is of nobody whom the site trusts; it trusts nobody's."""

    error = "unapproved_software_statement"


@dataclass(frozen=True, kw_only=True)
class ClientMetadata:
    """What is kept of it.

    :param client_id: as a document names it; empty where the site makes one
    :param name: what people read
    :param grant_types: those of GRANT_TYPES that it wants to use
    """

    client_id: str
    name: str
    redirect_uris: tuple[str, ...]
    grant_types: frozenset[str]

    @property
    def hosts(self) -> tuple[str, ...]:
        """See hosts_of."""
        return hosts_of(self.redirect_uris)


def hosts_of(redirect_uris: Iterable[str]) -> tuple[str, ...]:
    """What people know an application by that registers itself, and settings name.

    All hosts that answers are sent to, and for programs on a person's computer that
    computer or the scheme: a host of the Web does not answer for these.
    """
    return tuple(dict.fromkeys(map(host_of, redirect_uris)))


def is_document_url(text: str) -> bool:
    """Whether a client id can be the URL of a document about the client.

    It is compared as it is spelled, so that it must be what every parser makes of it.
    """
    scheme, separator, rest = text.partition("://")
    if scheme not in ("https", "http") or not separator or len(text) > MAX_URL:
        return False
    authority, _slash, path = rest.partition("?")[0].partition("/")
    if not authority or not path or "@" in authority or "#" in text:
        return False
    return not any(_SEGMENT.fullmatch(segment) for segment in path.split("/"))


def read_document(members: Mapping[str, Any]) -> ClientMetadata:
    """What a document says about the client that it is about.

    :raises InvalidClientMetadata: when it is none, or shows a secret
    """
    client_id = _string(members, "client_id")
    if not client_id:
        raise InvalidClientMetadata("The client_id is missing.")
    if _SECRETS & members.keys():
        raise InvalidClientMetadata("The document shows a secret to everybody.")
    if _string(members, "token_endpoint_auth_method") not in ("", NONE):
        raise InvalidClientMetadata(
            "The token_endpoint_auth_method of a client with a document must be none."
        )
    return _metadata(members, client_id)


def read_registration(members: Mapping[str, Any]) -> ClientMetadata:
    """What an application says that registers itself (RFC 7591 section 3.1).

    However it wants to authenticate itself, it gets no secret: the answer says so.

    :raises InvalidClientMetadata: when it cannot be registered
    """
    if "software_statement" in members:
        raise UnapprovedStatement("The site trusts no software statements.")
    # A document is for many servers, and says what its client would like of each.
    if _string(members, "id_token_signed_response_alg") not in ("", RS256):
        raise InvalidClientMetadata(
            f"The id_token_signed_response_alg must be {RS256}."
        )
    if _OTHER_ANSWERS & members.keys():
        raise InvalidClientMetadata("UserInfo is plain JSON, and nothing is encrypted.")
    return _metadata(members, "")


def _metadata(members: Mapping[str, Any], client_id: str) -> ClientMetadata:
    redirect_uris = _redirect_uris(members)
    _check_urls(members)
    _check_keys(members)
    grant_types = frozenset(_strings(members, "grant_types", (AUTHORIZATION_CODE,)))
    if AUTHORIZATION_CODE not in grant_types:
        raise InvalidClientMetadata(
            f"The grant_types must include {AUTHORIZATION_CODE}."
        )
    if "code" not in _strings(members, "response_types", ("code",)):
        raise InvalidClientMetadata("The response_types must include code.")
    return ClientMetadata(
        client_id=client_id,
        name=cleaned(_string(members, "client_name"), MAX_NAME),
        redirect_uris=redirect_uris,
        grant_types=grant_types & GRANT_TYPES,
    )


def _redirect_uris(members: Mapping[str, Any]) -> tuple[str, ...]:
    try:
        uris = _strings(members, "redirect_uris", ())
    except InvalidClientMetadata as wrong:
        raise InvalidRedirectURI(wrong.description) from None
    if not 1 <= len(uris) <= MAX_URIS:
        raise InvalidRedirectURI(f"There must be 1 to {MAX_URIS} redirect_uris.")
    if sum(map(len, uris)) > MAX_URIS_LENGTH:
        raise InvalidRedirectURI(
            f"The redirect_uris must have {MAX_URIS_LENGTH} characters at most."
        )
    for uri in uris:
        try:
            check_redirect_uri(uri, KNOWN_SCHEMES)
        except RedirectRefused as refused:
            raise InvalidRedirectURI(str(refused)) from None
    return tuple(dict.fromkeys(uris))


def _check_urls(members: Mapping[str, Any]) -> None:
    urls = [_string(members, name) for name in _URLS]
    for name in _URL_LISTS:
        urls += _strings(members, name, ())
    for url in filter(None, urls):
        try:
            check_redirect_uri(url)
        except RedirectRefused as refused:
            raise InvalidClientMetadata(f"A URL is none: {refused}") from None
        if not url.startswith(("https:", "http:")):
            raise InvalidClientMetadata("A URL begins with https.")


def _check_keys(members: Mapping[str, Any]) -> None:
    jwks = members.get("jwks")
    if jwks is None:
        return
    if "jwks_uri" in members:
        raise InvalidClientMetadata("There are both jwks and jwks_uri.")
    keys = jwks.get("keys") if isinstance(jwks, dict) else None
    if not isinstance(keys, list) or not all(isinstance(key, dict) for key in keys):
        raise InvalidClientMetadata("The jwks are no JWK Set.")
    if any(_PRIVATE & key.keys() for key in keys):
        raise InvalidClientMetadata("The jwks show a private key.")


def _string(members: Mapping[str, Any], name: str) -> str:
    value = members.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InvalidClientMetadata(f"The {name} must be a string.")
    return value


def _strings(
    members: Mapping[str, Any], name: str, default: tuple[str, ...]
) -> tuple[str, ...]:
    value = members.get(name)
    if value is None:
        return default
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise InvalidClientMetadata(f"The {name} must be a list of strings.")
    return tuple(value)
