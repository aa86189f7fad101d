"""The part of a form that asks what a program may do at most."""

from ...core.scopes import ADMIN
from ...core.scopes import ADMIN_READ
from ...core.scopes import READ
from ...core.scopes import WRITE
from ...i18n import _
from ..options import offers_administration
from ..scopes import ADMIN_SCOPES
from ..scopes import IScope
from ..scopes import known_scopes
from .fields import Choice
from .fields import Field
from .form import CredentialForm
from zope.i18n import translate


#: Our own, each with more rights than those before it; one of them is chosen.
_OWN = (READ, WRITE, ADMIN_READ, ADMIN)
#: What is sent for none of them.
_NONE = "none"


class ScopesForm(CredentialForm):
    """Asks for one scope of our own, and for any number of those of add-ons."""

    @property
    def owner(self) -> str:
        """User id of who owns the credential, or will; empty for the visitor."""
        return ""

    def proposed_scopes(self) -> tuple[str, ...]:
        """The names of those that are chosen before anybody chooses."""
        raise NotImplementedError

    def offered_scopes(self) -> dict[str, IScope]:
        """Those that the visitor may choose, by name."""
        known = known_scopes()
        owner = self.owner or self.requester.user_id
        if not offers_administration(self.site, self.requester, owner):
            # What the credential has stays in sight.
            for name in ADMIN_SCOPES.difference(self.proposed_scopes()):
                known.pop(name, None)
        return known

    def scopes(self) -> tuple[str, ...]:
        """The names of those that are chosen, not checked yet."""
        if self.request.method != "POST":
            return self.proposed_scopes()
        own = [name for name in self.texts("scopes") if name != _NONE]
        return (*own, *self.texts("other_scopes"))

    def scopes_fields(self) -> list[Field]:
        """One of our own scopes; below, a box for each of an add-on."""
        offered, chosen = self.offered_scopes(), self.scopes()
        others = sorted(offered.keys() - set(_OWN), key=self._title_of)
        own = [name for name in _OWN if name in offered]
        choices = [_choice(name, offered[name]) for name in own]
        if others:
            choices.append(
                Choice(value=_NONE, title=_("Neither"), help=_("Only what follows."))
            )
        fields = [
            self.field(
                "scopes",
                "choice",
                title=_("What the program may do"),
                help=_("Never more than the owner may do. Changes apply at once."),
                choices=tuple(choices),
                value=next((name for name in own[::-1] if name in chosen), _NONE),
            )
        ]
        if others:
            fields.append(
                self.field(
                    "other_scopes",
                    "choices",
                    title=_("What it may do beside that"),
                    help=_("Add-ons of this site say what this means."),
                    choices=tuple(_choice(name, offered[name]) for name in others),
                    chosen=chosen,
                )
            )
        return fields

    def _title_of(self, name: str) -> str:
        title = known_scopes()[name].title
        return str(translate(title, context=self.request)).lower()


def _choice(name: str, scope: IScope) -> Choice:
    return Choice(
        value=name,
        title=scope.title,
        help=scope.description,
        warns=name in ADMIN_SCOPES,
    )
