"""Resources beside the site that tokens can be for (RFC 8707)."""

from ..core.resources import is_same
from ..site.context import SiteContext
from .interfaces import IResource
from .interfaces import IResourceSource
from collections.abc import Iterator
from zope.component import getAdapters


def known_resources(site: SiteContext) -> Iterator[IResource]:
    """Those of every source."""
    for _name, source in sorted(getAdapters((site,), IResourceSource)):
        yield from source.resources()


def find_resource(site: SiteContext, url: str) -> IResource | None:
    """The resource that a client names by a URL, None where no source knows it."""
    return next((it for it in known_resources(site) if is_same(it.url, url)), None)
