"""The part of a form that asks for the limits of a personal access token."""

from ...core.scopes import READ
from ...credentials.options import PersonalTokenLimits
from ...credentials.pages.optionsform import LimitsForm


class TokenLimitsForm(LimitsForm):
    """Asks for the limits, at issue and later."""

    def limits(self) -> PersonalTokenLimits:
        return PersonalTokenLimits(**self.common_limits())

    def proposed_scopes(self) -> tuple[str, ...]:
        return (READ,)
