"""The secrets and keys of a credential, below the forms about it."""

from ..rotation import secrets_in_use
from .details import Details
from functools import cached_property
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any


_KID_LENGTH = 8


class SecretsInUse(Details):
    """See IDetails."""

    template = ViewPageTemplateFile("templates/secretsinuse.pt")

    def __call__(self) -> str:
        return super().__call__() if self.secrets else ""

    @cached_property
    def secrets(self) -> list[Any]:
        """What is kept of those that are in use."""
        return secrets_in_use(self.context, self.page.now)

    @property
    def are_keys(self) -> bool:
        """Whether each is a key, with an algorithm and a time of last use."""
        return all(hasattr(each, "algorithm") for each in self.secrets)

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
