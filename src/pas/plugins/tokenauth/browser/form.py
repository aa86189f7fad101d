"""The form for what the owner decides about a key, at issue and later."""

from ..i18n import _
from ..usecases.errors import InvalidInput
from ..usecases.limits import offers_impersonation
from ..usecases.limits import offers_user_management
from ..usecases.limits import ServiceKeyLimits
from ..usecases.limits import TITLE_LENGTH
from .base import ServiceKeysView
from .fields import Field
from .fields import Kind
from .times import end_of_day
from functools import cached_property
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any


class ServiceKeyForm(ServiceKeysView):
    """A form that shows again what was typed, with what is wrong with it."""

    template = ViewPageTemplateFile("templates/form.pt")
    problem: InvalidInput | None = None

    page: str
    title: str
    submit_label: str

    def show(self) -> str:
        return self.template(fields=self.fields())

    def submitted(self) -> str:
        try:
            return self.save()
        except InvalidInput as problem:
            self.problem = problem
            return self.show()

    def save(self) -> str:
        """Do what the form is for, and say so.

        :raises InvalidInput: when a value cannot be used
        """
        raise NotImplementedError

    def description(self) -> str:
        """What stands below the title of the page."""
        return ""

    def initial(self) -> dict[str, str]:
        """The values by field, before anybody typed."""
        return {}

    def hidden(self) -> dict[str, str]:
        """Values by name that the form carries along."""
        return {}

    @cached_property
    def values(self) -> dict[str, str]:
        """The values by field: as typed, or the initial ones."""
        if self.request.method != "POST":
            return self.initial()
        return {name: self.text(name) for name in self.request.form}

    def limits(self) -> ServiceKeyLimits:
        """What was typed, for a use case to judge.

        :raises InvalidInput: when the expiry cannot be read
        """
        return ServiceKeyLimits(
            title=self.text("title"),
            ip_ranges=self.text("ip_ranges"),
            expires_at=self.expires_at(self.text("expires").strip()),
            may_impersonate=bool(self.text("may_impersonate")),
            may_manage_users=bool(self.text("may_manage_users")),
            require_jti=bool(self.text("require_jti")),
        )

    def expires_at(self, day: str) -> float | None:
        """The expiry that was typed, None for never.

        :raises InvalidInput: when it is no day
        """
        if not day:
            return None
        try:
            return end_of_day(day, self.timezone)
        except ValueError:
            raise InvalidInput(
                "expires", _("Please enter a date like 2030-12-31.")
            ) from None

    def fields(self) -> list[Field]:
        """The fields that this user is offered."""
        fields = [self._title(), self._ip_ranges(), self._expires()]
        if self._offers("may_impersonate", offers_impersonation(self.actor)):
            fields.append(self._may_impersonate())
        if self._offers("may_manage_users", offers_user_management(self.actor)):
            fields.append(self._may_manage_users())
        return [*fields, self._require_jti()]

    def stray_error(self) -> str:
        """What is wrong with a field that is not in the form, or an empty text."""
        names = [field.name for field in self.fields()]
        if self.problem is None or self.problem.field in names:
            return ""
        return self.problem.message

    def field(self, name: str, kind: Kind, **attributes: Any) -> Field:
        """A field with its value and what is wrong with it."""
        wrong = self.problem is not None and self.problem.field == name
        return Field(
            name=name,
            kind=kind,
            value=self.values.get(name, ""),
            error=self.problem.message if self.problem and wrong else "",
            **attributes,
        )

    def _offers(self, name: str, offered: bool) -> bool:
        # A switch that is on stays in sight, so that saving does not turn it off.
        return offered or bool(self.initial().get(name))

    def _title(self) -> Field:
        return self.field(
            "title",
            "text",
            title=_("Title"),
            help=_(
                "By which you recognise the key, for instance the name of the program"
                " and where it runs."
            ),
            required=True,
            max_length=TITLE_LENGTH,
        )

    def _ip_ranges(self) -> Field:
        return self.field(
            "ip_ranges",
            "text",
            title=_("IP ranges"),
            help=_(
                "Where the program may connect from: addresses and networks, separated"
                " by commas, for instance 192.0.2.7, 2001:db8::/32. Leave it empty for"
                " anywhere. Changes apply at once, also to access tokens that are"
                " in use."
            ),
            hint=self._address_hint(),
        )

    def _address_hint(self) -> str:
        address = self.request.getClientAddr()
        if not address:
            return _(
                "The server does not see your address now. If it is the same for the"
                " program, a key with IP ranges is of no use."
            )
        return _(
            "The server sees you at ${address}. Add this address if the program runs"
            " on your computer.",
            mapping={"address": address},
        )

    def _expires(self) -> Field:
        return self.field(
            "expires",
            "date",
            title=_("Expiry date"),
            help=_(
                "The last day of the key; it ends at midnight in the time zone of the"
                " site (${timezone}). Leave it empty for a key that does not expire.",
                mapping={"timezone": self.timezone},
            ),
        )

    def _may_impersonate(self) -> Field:
        return self.field(
            "may_impersonate",
            "switch",
            title=_("May impersonate"),
            help=_(
                "The program may act as other users of this site, but never as one"
                " with an administrator's role that you lack."
            ),
        )

    def _may_manage_users(self) -> Field:
        return self.field(
            "may_manage_users",
            "switch",
            title=_("May manage users"),
            help=_(
                "The program may create and change user accounts, groups and roles as"
                " far as you may. While this is off, such requests are refused."
            ),
        )

    def _require_jti(self) -> Field:
        return self.field(
            "require_jti",
            "switch",
            title=_("Require jti"),
            help=_(
                "Every grant must carry an identifier (jti) that is used only once, so"
                " that an intercepted grant is worthless. Not every client can do"
                " this; google-auth cannot."
            ),
        )
