"""What the site tells about itself to programs that have never met it.

Authorization server metadata (RFC 8414) and protected resource metadata (RFC 9728),
made of what is registered, so that neither can promise what is not there.
"""

from ..core.keys import ALGORITHMS
from ..core.keys import ALIASES
from .interfaces import IGrantType
from .scopes import known_scopes
from .server import AuthorizationServer
from typing import Any
from urllib.parse import quote
from urllib.parse import unquote
from zope.component import getAdapters


#: Where documents of metadata are, and what they are called.
WELL_KNOWN = ".well-known"
AUTHORIZATION_SERVER = ("oauth-authorization-server", "openid-configuration")
PROTECTED_RESOURCE = "oauth-protected-resource"
METADATA_NAMES = frozenset({*AUTHORIZATION_SERVER, PROTECTED_RESOURCE})

#: By assertions that are signed; a grant that is one needs no client besides.
_AUTH_METHODS = ["private_key_jwt"]
#: What stands in the path of a URL as it is (RFC 3986 section 3.3).
_PATH_CHARACTERS = "/:@!$&'()*+,;=~"


def authorization_server_metadata(server: AuthorizationServer) -> dict[str, Any]:
    """The site as authorization server; it has an issuer."""
    issuer = server.issuer
    algorithms = sorted({*ALGORITHMS, *ALIASES})
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/@@oauth2-authorize",
        "response_types_supported": ["code"],
        "token_endpoint": server.token_endpoint,
        "grant_types_supported": sorted(_grant_types(server)),
        "token_endpoint_auth_methods_supported": [*_AUTH_METHODS, "none"],
        "token_endpoint_auth_signing_alg_values_supported": algorithms,
        "revocation_endpoint": f"{issuer}/@@oauth2-revoke",
        "revocation_endpoint_auth_methods_supported": _AUTH_METHODS,
        "revocation_endpoint_auth_signing_alg_values_supported": algorithms,
        "introspection_endpoint": f"{issuer}/@@oauth2-introspect",
        "introspection_endpoint_auth_methods_supported": _AUTH_METHODS,
        "introspection_endpoint_auth_signing_alg_values_supported": algorithms,
        "scopes_supported": sorted(known_scopes()),
        "protected_resources": [issuer],
    }


def protected_resource_metadata(
    server: AuthorizationServer, path: str = ""
) -> dict[str, Any]:
    """The site, or a part of it, as a resource that tokens open; it has an issuer.

    :param path: of the part, below the site
    """
    return {
        "resource": _below(server.issuer, path),
        "resource_name": server.site.title or server.site.getId(),
        "authorization_servers": [server.issuer],
        "bearer_methods_supported": ["header"],
        "scopes_supported": sorted(known_scopes()),
    }


def resource_metadata_url(server: AuthorizationServer, path: str) -> str:
    """Where that document is for a part of the site."""
    return _below(f"{server.issuer}/{WELL_KNOWN}/{PROTECTED_RESOURCE}", path)


def _below(url: str, path: str) -> str:
    # As clients spell it: Zope would also encode @ and +.
    spelled = quote(unquote(path), safe=_PATH_CHARACTERS)
    return f"{url}/{spelled}" if path else url


def _grant_types(server: AuthorizationServer) -> list[str]:
    return [name for name, _ in getAdapters((server,), IGrantType)]
