"""The key pairs of a service key, below the forms about it."""

from ...core.keys import PublicKey
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any
from zope.publisher.browser import BrowserView


_KID_LENGTH = 8


class KeyPairs(BrowserView):
    """See IDetails."""

    template = ViewPageTemplateFile("templates/keypairs.pt")

    def __init__(self, service_key: Any, page: Any) -> None:
        super().__init__(service_key, page.request)
        self.page = page

    def __call__(self) -> str:
        html: str = self.template()
        return html

    def key_pairs(self) -> tuple[PublicKey, ...]:
        """Those that are in use."""
        return tuple(self.context.live_public_keys(self.page.now))

    def last_used(self, kid: str) -> str:
        """When it was used, an hour too early at most; empty for never."""
        used_at = self.context.kids_used_at.get(kid)
        return "" if used_at is None else str(self.page.localized(used_at))

    def shortened(self, kid: str) -> str:
        """See shortened."""
        return shortened(kid)


def shortened(kid: str) -> str:
    """The beginning of a key id, enough to recognise it by."""
    return f"{kid[:_KID_LENGTH]}…"
