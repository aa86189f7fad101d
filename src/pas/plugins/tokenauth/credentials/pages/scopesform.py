"""The part of a form that asks what a program may do at most."""

from ...core.scopes import READ
from ...core.scopes import WRITE
from ...i18n import _
from ..scopes import IScope
from ..scopes import known_scopes
from .fields import Choice
from .fields import Field
from .form import CredentialForm
from zope.i18n import translate


#: The order of our own; those of add-ons come after them.
_FIRST = (READ, WRITE)


class ScopesForm(CredentialForm):
    """Asks for scopes: any number of those that are registered."""

    def proposed_scopes(self) -> tuple[str, ...]:
        """The names of those that are chosen before anybody chooses."""
        raise NotImplementedError

    def offered_scopes(self) -> dict[str, IScope]:
        """Those that the visitor may choose, by name."""
        return known_scopes()

    def scopes(self) -> tuple[str, ...]:
        """The names of those that are chosen, for a use case to judge."""
        if self.request.method != "POST":
            return self.proposed_scopes()
        return tuple(self.texts("scopes"))

    def scopes_field(self) -> Field:
        """One box for each scope."""
        return self.field(
            "scopes",
            "choices",
            title=_("What the program may do"),
            help=_("Never more than the owner may do. Changes apply at once."),
            choices=tuple(self._choices()),
            chosen=self.scopes(),
        )

    def _choices(self) -> list[Choice]:
        offered = self.offered_scopes()
        ordered = [name for name in _FIRST if name in offered]
        others = [name for name in offered if name not in _FIRST]
        return [
            Choice(
                value=name,
                title=offered[name].title,
                help=offered[name].description,
            )
            for name in [*ordered, *sorted(others, key=self._title_of)]
        ]

    def _title_of(self, name: str) -> str:
        title = known_scopes()[name].title
        return str(translate(title, context=self.request)).lower()
