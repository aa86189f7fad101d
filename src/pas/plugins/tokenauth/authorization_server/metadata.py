"""What the site tells about itself to programs that do not know it yet.

Authorization server metadata (RFC 8414) and protected resource metadata (RFC 9728),
made of what is registered, so that neither can promise what is not there.
"""

from ..core.keys import ALGORITHMS
from ..core.keys import ALIASES
from ..credentials.scopes import known_scopes
from ..site.context import SiteContext
from .clients import auth_methods
from .interfaces import IGrantType
from .interfaces import IMetadataMembers
from .resources import known_resources
from typing import Any
from zope.component import getAdapters


def authorization_server_metadata(site: SiteContext) -> dict[str, Any]:
    """The site as authorization server; it has an issuer."""
    issuer = site.issuer
    algorithms = sorted({*ALGORITHMS, *ALIASES})
    # A grant that is an assertion needs no client authentication, and a public client
    # has none.
    methods = sorted(auth_methods(site) | {"none"})
    proving = [method for method in methods if method != "none"]
    members: dict[str, Any] = {
        "issuer": issuer,
        "response_types_supported": [],
        "token_endpoint": site.token_endpoint,
        "grant_types_supported": sorted(_grant_types(site)),
        "token_endpoint_auth_methods_supported": methods,
        "token_endpoint_auth_signing_alg_values_supported": algorithms,
        "revocation_endpoint": f"{issuer}/@@oauth2-revoke",
        "revocation_endpoint_auth_methods_supported": methods,
        "revocation_endpoint_auth_signing_alg_values_supported": algorithms,
        "introspection_endpoint": f"{issuer}/@@oauth2-introspect",
        "introspection_endpoint_auth_methods_supported": proving,
        "introspection_endpoint_auth_signing_alg_values_supported": algorithms,
        "scopes_supported": sorted(known_scopes()),
        "protected_resources": [issuer, *(it.url for it in known_resources(site))],
    }
    for _, more in sorted(getAdapters((site,), IMetadataMembers)):
        for name, value in more().items():
            members[name] = _joined(members.get(name), value)
    return members


def _joined(said: Any, value: Any) -> Any:
    """A list with what others say under its name; anything else as it is."""
    return sorted({*(said or ()), *value}) if isinstance(value, list) else value


def _grant_types(site: SiteContext) -> list[str]:
    grants = getAdapters((site,), IGrantType)
    return [name for name, grant in grants if getattr(grant, "is_offered", True)]
