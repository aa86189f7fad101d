"""What the forms have in common, whatever their fields are."""

from ...core.keys import PublicKey
from ...site.errors import InvalidInput
from .base import OwnCredentialsView
from .fields import Field
from .fields import Kind
from .kindtexts import appearance_of
from .texts import Appearance
from functools import cached_property
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any


_KID_LENGTH = 8


class CredentialForm(OwnCredentialsView):
    """A form that shows again what was typed, with what is wrong with it."""

    template = ViewPageTemplateFile("templates/form.pt")
    problem: InvalidInput | None = None

    page: str
    submit_label: str

    def show(self) -> str:
        if self.problem is None:
            try:
                self.check()
            except InvalidInput as problem:
                self.problem = problem
        return self.template(fields=self.fields())

    def submitted(self) -> str:
        try:
            return self.save()
        except InvalidInput as problem:
            self.problem = problem
            return self.show()

    def check(self) -> None:
        """Refuse a visitor whose form would be refused, before they fill it in.

        :raises NotAllowed: with the reason
        :raises InvalidInput: when something in the query cannot be used
        """

    def save(self) -> str:
        """Do what the form is for, and say so.

        :raises InvalidInput: when a value cannot be used
        """
        raise NotImplementedError

    @property
    def appearance(self) -> Appearance:
        """How the pages show what the form is about."""
        return appearance_of(self.kind)

    @property
    def credential_id(self) -> str:
        """The id of what the form is about; empty for what is yet to be issued."""
        return ""

    def description(self) -> str:
        """What stands below the title of the page."""
        return ""

    def fields(self) -> list[Field]:
        """The fields that this visitor is offered."""
        raise NotImplementedError

    def initial(self) -> dict[str, str]:
        """The values by field, before anybody typed."""
        return {}

    def hidden(self) -> dict[str, str]:
        """Values by name that the form carries along."""
        return {}

    def key_pairs(self) -> tuple[PublicKey, ...]:
        """What the page shows of the key pairs, where there are any."""
        return ()

    def shortened(self, kid: str) -> str:
        """The beginning of a key id, enough to recognise it by."""
        return f"{kid[:_KID_LENGTH]}…"

    @cached_property
    def values(self) -> dict[str, str]:
        """The values by field: as typed, or the initial ones."""
        if self.request.method != "POST":
            return self.initial()
        return {name: self.text(name) for name in self.request.form}

    def chosen(self, name: str) -> str:
        """The value of a choice; what the form proposes, where none was made."""
        return self.text(name) or self.initial()[name]

    def place_of(self, problem: InvalidInput) -> str:
        """Name of the field that shows what is wrong."""
        return problem.field

    def wrong_field(self) -> Field | None:
        """The field that shows what is wrong, if there is one."""
        return next((field for field in self.fields() if field.error), None)

    def stray_error(self) -> str:
        """What is wrong with a field that is not in the form, or an empty string."""
        if self.problem is None or self.wrong_field() is not None:
            return ""
        return self.problem.message

    def field(self, name: str, kind: Kind, **attributes: Any) -> Field:
        """A field with its value and what is wrong with it."""
        problem = self.problem
        wrong = problem is not None and self.place_of(problem) == name
        attributes.setdefault("value", self.values.get(name, ""))
        return Field(
            name=name,
            kind=kind,
            error=problem.message if problem and wrong else "",
            **attributes,
        )
