"""The inputs for the options of a self-registered application."""

from ...credentials.pages.inputs import Input
from ...credentials.pages.interfaces import ICredentialForm
from ..kind import ScopesOfAll
from zope.component import adapter


@adapter(ScopesOfAll, ICredentialForm)
class ScopesOfAllInput(Input):
    """Nothing to choose: the settings say it for all."""

    is_offered = False

    def value(self) -> tuple[str, ...]:
        return tuple(self.before)
