"""Protected resource metadata (RFC 9728), made of what is registered."""

from ..credentials.scopes import scopes_for
from ..site.context import SiteContext
from ..web.isolation import PROTECTED_RESOURCE
from ..web.isolation import WELL_KNOWN
from typing import Any
from urllib.parse import quote
from urllib.parse import unquote


def protected_resource_metadata(site: SiteContext, path: str = "") -> dict[str, Any]:
    """The site, or a part of it, as a protected resource; it has an issuer.

    :param path: of the part, below the site
    """
    return {
        "resource": _below(site.issuer, path),
        "resource_name": site.portal.title or site.portal.getId(),
        "authorization_servers": [site.issuer],
        "bearer_methods_supported": ["header"],
        "scopes_supported": sorted(scopes_for(is_application=False)),
    }


def resource_metadata_url(site: SiteContext, path: str) -> str:
    """Where that document is for a part of the site."""
    return _below(f"{site.issuer}/{WELL_KNOWN}/{PROTECTED_RESOURCE}", path)


def _below(url: str, path: str) -> str:
    # As clients spell it: Zope would also encode @ and +.
    spelled = quote(unquote(path), safe=_PATH_CHARACTERS)
    return f"{url}/{spelled}" if path else url


#: What stands in the path of a URL as it is (RFC 3986 section 3.3).
_PATH_CHARACTERS = "/:@!$&'()*+,;=~"
