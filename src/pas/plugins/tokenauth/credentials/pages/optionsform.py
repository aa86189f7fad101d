"""The part of a form that asks what a credential is good for, and from where."""

from ...i18n import _
from ..options import Options
from ..options import TITLE_LENGTH
from .expiryform import ExpiryForm
from .fields import Field
from .scopesform import ScopesForm
from typing import Any


class OptionsForm(ExpiryForm, ScopesForm):
    """Asks for title, IP ranges, expiry and scopes, at issue and later."""

    @property
    def is_locked(self) -> bool:
        """Whether the visitor may only tighten the options."""
        return False

    def options(self) -> Options:
        """The options as they were typed, not checked yet.

        :raises InvalidInput: when the expiry cannot be read
        """
        raise NotImplementedError

    def common_limits(self) -> dict[str, Any]:
        """What was typed of the options that every credential has.

        :raises InvalidInput: when the expiry cannot be read
        """
        return {
            "title": self.text("title"),
            "ip_ranges": self.text("ip_ranges"),
            "expires_at": self.expires_at(),
            "scopes": self.scopes(),
        }

    def limit_fields(self) -> list[Field]:
        """The fields for the options."""
        return [
            self._title(),
            self._ip_ranges(),
            *self.expiry_fields(),
            *self.scopes_fields(),
        ]

    def _title(self) -> Field:
        return self.field(
            "title",
            "text",
            title=_("Title"),
            help=self.appearance.options.title_help,
            required=True,
            locked=self.is_locked,
            max_length=TITLE_LENGTH,
        )

    def _ip_ranges(self) -> Field:
        address = self.request.getClientAddr()
        texts = self.appearance.options
        required = self.site.settings.require_ip_ranges
        return self.field(
            "ip_ranges",
            "text",
            title=_("IP ranges"),
            help=texts.ip_ranges_required_help if required else texts.ip_ranges_help,
            hint=_address_hint(address) if address else texts.no_address,
            address="" if self.is_locked else address,
            required=required,
        )


def _address_hint(address: str) -> str:
    return _(
        "The server sees you at ${address}. Add this address if the program runs"
        " on your computer.",
        mapping={"address": address},
    )
