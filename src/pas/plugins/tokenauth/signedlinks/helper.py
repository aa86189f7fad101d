"""Links for programs of the site: an adapter for Python, a view for templates."""

from ..core.clock import now as clock
from ..permissions import CREATE_SIGNED_LINKS
from ..site.context import SiteContext
from ..site.errors import NotAllowed
from ..site.fields import fields_of
from ..site.fields import Given
from ..site.lookup import current_requester
from ..site.lookup import current_site
from ..site.view import SiteView
from ..storage.signedlinks import SignedLink
from .interfaces import ISignedLinkMaterial
from .interfaces import ISignedLinks
from .kind import IssuedSignedLink
from .kind import SIGNED_LINK
from .objects import uid_of
from .service import live_links
from Products.CMFCore.interfaces import IContentish
from Products.CMFCore.utils import _checkPermission
from Products.Five.browser import BrowserView
from typing import Any
from zExceptions import NotFound
from zope.component import adapter
from zope.globalrequest import getRequest
from zope.interface import implementer

import secrets


@implementer(ISignedLinks)
@adapter(IContentish)
class SignedLinksOf:
    """See ISignedLinks."""

    def __init__(self, context: Any) -> None:
        self._context = context

    def create(
        self, title: str = "", now: float | None = None, **options: Any
    ) -> IssuedSignedLink:
        site = _site()
        at = clock() if now is None else now
        names = fields_of(ISignedLinkMaterial).keys() & options.keys()
        material = Given({name: options.pop(name) for name in names})
        material["object"] = uid_of(self._context)
        options["title"] = title or self._context.Title() or self._context.getId()
        return SIGNED_LINK.issue(
            site,
            current_requester(site, getRequest()),
            options,
            at,
            idempotency_key=secrets.token_hex(),
            material=material,
        )

    def live(self, now: float | None = None) -> list[SignedLink]:
        at = clock() if now is None else now
        return live_links(_site(), uid_of(self._context), at)


class SignedLinksView(SiteView, BrowserView):
    """``@@signed_links``: what templates and conditions of actions ask."""

    def __call__(self) -> str:
        raise NotFound()

    def can_share(self) -> bool:
        """Whether the visitor may share the object by link."""
        return bool(
            uid_of(self.context)
            and self.site.settings.allow_signed_links
            and _checkPermission(CREATE_SIGNED_LINKS, self.context)
        )

    def share_url(self) -> str:
        """Where they do it."""
        return f"{self.context.absolute_url()}/@@share-by-link"

    def count(self) -> int:
        """How many links lead to the object now."""
        return len(live_links(self.site, uid_of(self.context), self.now))


def _site() -> SiteContext:
    site = current_site()
    if site is None:
        raise NotAllowed("The add-on is not installed in this site.")
    return site
