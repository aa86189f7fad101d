"""Protected resource metadata (RFC 9728), made of what is registered."""

from ..credentials.scopes import known_scopes
from ..site.context import AuthorizationServer
from ..web.isolation import PROTECTED_RESOURCE
from ..web.isolation import WELL_KNOWN
from typing import Any
from urllib.parse import quote
from urllib.parse import unquote


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


#: What stands in the path of a URL as it is (RFC 3986 section 3.3).
_PATH_CHARACTERS = "/:@!$&'()*+,;=~"
