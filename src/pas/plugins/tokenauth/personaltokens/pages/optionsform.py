"""The part of a form that asks for the options of a personal access token."""

from ...core.scopes import READ
from ...credentials.options import PersonalAccessTokenOptions
from ...credentials.pages.optionsform import OptionsForm


class TokenOptionsForm(OptionsForm):
    """Asks for the options, at issue and later."""

    def options(self) -> PersonalAccessTokenOptions:
        return PersonalAccessTokenOptions(**self.common_limits())

    def proposed_scopes(self) -> tuple[str, ...]:
        return (READ,)
