"""The part of a form that asks when a credential ends."""

from ...i18n import _
from ...site.errors import InvalidInput
from ...site.times import day_of
from ..policies import max_lifetime
from .expiry import DATE
from .expiry import Expiry
from .fields import Field
from .form import CredentialForm
from functools import cached_property


class ExpiryForm(CredentialForm):
    """Asks for an expiry: a choice, and the day that one of its values needs."""

    @cached_property
    def expiry(self) -> Expiry:
        """What there is to choose from."""
        raise NotImplementedError

    def initial(self) -> dict[str, str]:
        return {**super().initial(), "expiry": self.expiry.proposed}

    def expires_at(self) -> float | None:
        """The expiry that was chosen, None for never.

        :raises InvalidInput: when there is none
        """
        return self.expiry.chosen(self._chosen_expiry(), self.text("expires"))

    def place_of(self, problem: InvalidInput) -> str:
        if problem.field == "expires" and self._chosen_expiry() != DATE:
            return "expiry"
        return super().place_of(problem)

    def expiry_fields(self) -> list[Field]:
        """The choice, and the day."""
        return [
            self.field(
                "expiry",
                "choice",
                title=_("Expiry"),
                help=self._expiry_help(),
                value=self._chosen_expiry(),
                choices=self.expiry.choices(),
            ),
            self.field(
                "expires",
                "date",
                title=_("Expiry date"),
                help=self.appearance.expiry.day_help(self.timezone),
                first=day_of(self.now, self.timezone),
                last=self.expiry.last_day,
            ),
        ]

    def _chosen_expiry(self) -> str:
        # A date without a choice can only mean this.
        if not self.text("expiry") and self.text("expires"):
            return DATE
        return self.chosen("expiry")

    def _expiry_help(self) -> str:
        texts = self.appearance.expiry
        days = max_lifetime(self.site.settings, self.kind)
        return texts.help if days is None else texts.help_with_maximum(days)
