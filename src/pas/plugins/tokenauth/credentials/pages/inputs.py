"""The fields of a schema in a form: what is shown of each, and what was typed.

A field of another class has an adapter of its own, see IInput.
"""

from ...i18n import _
from ...site.errors import InvalidInput
from ...site.fields import fields_of
from ...site.fields import from_text
from ...site.fields import Given
from ...site.fields import member_of
from ...site.fields import to_text
from ...site.memberdata import member_property
from ...web.address import client_address
from ..fields import IPRanges
from ..fields import Lines
from ..fields import Scopes
from ..fields import Switch
from ..fields import Title
from ..options import offers
from ..options import offers_administration
from ..scopes import granted_scopes
from ..scopes import is_administrative_scope
from ..scopes import IScope
from ..scopes import known_scopes
from ..scopes import scopes_for
from .fields import Choice
from .fields import Field
from .interfaces import ICredentialForm
from .interfaces import IInput
from .interfaces import UserName
from collections.abc import Iterable
from dataclasses import dataclass
from Products.CMFCore.permissions import ListPortalMembers
from typing import Any
from typing import TYPE_CHECKING
from zope import schema
from zope.component import adapter
from zope.component import getMultiAdapter
from zope.i18n import translate
from zope.interface import implementer
from zope.interface.interface import InterfaceClass
from zope.schema.interfaces import IField


if TYPE_CHECKING:
    from .form import CredentialForm

#: Fewer characters of a user's name would list users rather than find one.
_LEAST_TYPED = 2
_MOST_SUGGESTED = 10
#: What is sent for none of them.
_NONE = "none"
#: Name of the element for the scopes of add-ons.
_OTHERS = "other_scopes"


@dataclass(frozen=True, kw_only=True)
class ExpiryBounds:
    """Within which an expiry can be chosen.

    :param latest: when it must end, None if it need not end on any day
    :param may_never_end: whether it need not end at all
    :param before: when it ends now, or None
    :param keeps: whether that can stay as it is
    """

    latest: float | None
    may_never_end: bool
    before: float | None = None
    keeps: bool = False


@implementer(IInput)
@adapter(IField, ICredentialForm)
class Input:
    """A field in a form: one input element, unless a subclass has more."""

    def __init__(self, field: Any, form: "CredentialForm") -> None:
        self.form = form
        self.field = field
        self.name: str = field.__name__
        self.before = form.decision.before.get(self.name, field.default)

    @property
    def is_offered(self) -> bool:
        """Whether the visitor sees it."""
        return True

    @property
    def is_locked(self) -> bool:
        """Whether the visitor may only tighten the options."""
        return not self.form.decision.may_widen

    def elements(self) -> list[Field]:
        """What the form shows."""
        return [self.element("text", required=self.field.required)]

    def value(self) -> Any:
        """What was typed.

        :raises InvalidInput: when it cannot be read
        """
        return from_text(self.field, self.form.text(self.name))

    @property
    def is_preset(self) -> bool:
        """Whether it holds what every new credential has."""
        try:
            value = self.value() if self.form.is_sent else self.before
        except InvalidInput:
            return False
        return bool(value == self.field.default)

    def place_of(self, name: str) -> str | None:
        """Name of the element that shows what is wrong with a value, if one does."""
        return self.name if name == member_of(self.field) else None

    def element(self, kind: Any, **attributes: Any) -> Field:
        """An element that holds what was typed, or the present value."""
        typed = self.form.text(self.name)
        return Field(
            **{
                "name": self.name,
                "kind": kind,
                "title": self.field.title,
                "help": self.field.description,
                "value": typed
                if self.form.is_sent
                else to_text(self.field, self.before),
                **attributes,
            }
        )


def inputs_for(form: "CredentialForm", *schemas: InterfaceClass) -> list[Input]:
    """The inputs for the fields of schemas."""
    fields = [field for each in schemas for field in fields_of(each).values()]
    return [getMultiAdapter((field, form), IInput) for field in fields]


class PastedInput(Input):
    """What the visitor pastes, which no page shows again."""

    def elements(self) -> list[Field]:
        hint = _("Please paste it again: it is not kept.")
        return [self.element("block", value="", hint=hint if self.pasted else "")]

    def value(self) -> str:
        return self.pasted

    @property
    def pasted(self) -> str:
        """It, as it was sent."""
        return self.form.taken[self.name]


def given_in(inputs: Iterable[Input]) -> Given:
    """What was typed, or what is wrong with it."""
    given = Given()
    for each in inputs:
        try:
            given[each.name] = each.value()
        except InvalidInput as problem:
            given[each.name] = problem
    return given


@adapter(Title, ICredentialForm)
class TitleInput(Input):
    """A line of text that must be filled in."""

    def elements(self) -> list[Field]:
        length = self.field.max_length
        locked = self.is_locked
        return [self.element("text", required=True, locked=locked, max_length=length)]


@adapter(UserName, ICredentialForm)
class UserNameInput(Input):
    """A line of text, preset by a link.

    Who typed what is nobody's id or login name sees who is like it: a few, and only if
    they may list the users of the site.
    """

    def elements(self) -> list[Field]:
        typed = self.form.text(self.name)
        found = self._similar(typed.strip())
        names = ", ".join(f"{each.title} ({each.value})" for each in found)
        hint = _("Users like that: ${users}", mapping={"users": names})
        return [
            self.element(
                "text",
                required=self.field.required,
                value=typed,
                hint=hint if found else "",
                suggestions=found,
            )
        ]

    def _similar(self, typed: str) -> tuple[Choice, ...]:
        form, users = self.form, self.form.site.users
        if len(typed) < _LEAST_TYPED or users.get(typed) or users.by_login(typed):
            return ()
        if not form.decision.requester.may(ListPortalMembers):
            return ()
        found = users.similar(typed, _MOST_SUGGESTED)
        return tuple(
            Choice(
                value=user.user_id,
                title=member_property(user, "fullname") or user.login,
            )
            for user in found
        )


@adapter(IPRanges, ICredentialForm)
class IPRangesInput(Input):
    """A line of text, with the address that the visitor has now."""

    def elements(self) -> list[Field]:
        address = client_address(self.form.request)
        required = self.form.site.settings.require_ip_ranges
        field = self.field
        return [
            self.element(
                "text",
                help=field.required_description if required else field.description,
                hint=_address_hint(address) if address else field.no_address,
                address="" if self.is_locked else address,
                required=required,
            )
        ]


@adapter(Lines, ICredentialForm)
class LinesInput(Input):
    """One on each line."""

    def elements(self) -> list[Field]:
        return [self.element("block", rows=3)]


@adapter(schema.Bool, ICredentialForm)
class SwitchInput(Input):
    """A box to tick; locked, with the reason, where the visitor may not turn it on."""

    def elements(self) -> list[Field]:
        reason = self._obstacle()
        if reason:
            return [self.element("switch", value="", locked=True, hint=reason)]
        protects = isinstance(self.field, Switch) and self.field.protects
        locked = bool(self.is_locked and protects and self.before)
        return [self.element("switch", locked=locked)]

    def _obstacle(self) -> str:
        """Why it cannot be turned on; empty where it can, or is on."""
        field, decision = self.field, self.form.decision
        if self.before or not isinstance(field, Switch) or not field.permission:
            return ""
        if self.is_locked:
            return self.form.kind.texts.somebody_elses
        if offers(decision, field):
            return ""
        return _(
            "Not available: it needs the permission “${permission}”.",
            mapping={"permission": field.permission},
        )


@adapter(schema.Choice, ICredentialForm)
class ChoiceInput(Input):
    """One of some values."""

    def elements(self) -> list[Field]:
        return [
            self.element("choice", value=self.chosen, choices=tuple(self.choices()))
        ]

    @property
    def chosen(self) -> str:
        """What is chosen, or proposed."""
        return self.form.text(self.name) or to_text(self.field, self.before)

    def choices(self) -> list[Choice]:
        """What there is to choose from."""
        return [
            Choice(value=term.token, title=term.title or term.token)
            for term in self.field.vocabulary
        ]

    def value(self) -> Any:
        try:
            return self.field.vocabulary.getTermByToken(self.chosen).value
        except LookupError:
            raise InvalidInput(
                member_of(self.field),
                getattr(self.field, "missing", _("Please choose one of these.")),
            ) from None


@adapter(Scopes, ICredentialForm)
class ScopesInput(Input):
    """One scope that reaches the site; below, a box for each other one, if any."""

    def elements(self) -> list[Field]:
        offered, chosen = self._offered(), self.value()
        own = sorted(
            (name for name in offered if offered[name].reaches_site),
            key=lambda name: (offered[name].administers, offered[name].stores),
        )
        others = sorted(offered.keys() - set(own), key=self._title_of)
        choices = [_scope_choice(name, offered[name]) for name in own]
        if others:
            choices.append(Choice(value=_NONE, title=_("Only what follows")))
        strongest = next((name for name in own[::-1] if name in chosen), _NONE)
        elements = [self.element("choice", value=strongest, choices=tuple(choices))]
        if others:
            elements.append(
                self.element(
                    "choices",
                    name=_OTHERS,
                    title=_("What else it may do"),
                    help=_("In addition to what is chosen above."),
                    choices=tuple(
                        _scope_choice(name, offered[name]) for name in others
                    ),
                    chosen=chosen,
                )
            )
        return elements

    def value(self) -> tuple[str, ...]:
        if not self.form.is_sent:
            return tuple(self.before)
        own = [name for name in self.form.texts(self.name) if name != _NONE]
        return (*own, *self.form.texts(_OTHERS))

    def _offered(self) -> dict[str, IScope]:
        kind = self.form.decision.kind
        known = scopes_for(kind.is_for_applications)
        granted = granted_scopes(self.before)
        if self.is_locked or kind.made_by == "consent":
            # There is nothing to add.
            return {name: known[name] for name in known if name in granted}
        if not offers_administration(self.form.decision):
            # What the credential has stays in sight.
            return {
                name: scope
                for name, scope in known.items()
                if name in granted or not is_administrative_scope(scope)
            }
        return known

    def _title_of(self, name: str) -> str:
        title = known_scopes()[name].title
        return str(translate(title, context=self.form.request)).lower()


def _scope_choice(name: str, scope: IScope) -> Choice:
    return Choice(
        value=name,
        title=scope.title,
        help=scope.description,
        warns=is_administrative_scope(scope),
    )


def _address_hint(address: str) -> str:
    return _(
        "The server sees you at ${address}.",
        mapping={"address": address},
    )
