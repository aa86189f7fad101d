"""When a credential ends: what there is to choose from, and what was chosen."""

from ...core.clock import DAY
from ...core.times import end_of_day
from ...core.times import parse_day
from ...i18n import _
from ...site.errors import InvalidInput
from ...site.times import day_of
from ...site.times import localized_day
from ..fields import Expiry
from ..policies import max_lifetime
from .fields import Choice
from .fields import Field
from .inputs import Input
from .interfaces import ICredentialForm
from dataclasses import dataclass
from functools import cached_property
from zope.component import adapter


#: Days from now on.
PRESETS = (7, 30, 60, 90, 365)
KEEP = "keep"
LATEST = "latest"
DATE = "date"
NEVER = "never"


@dataclass(frozen=True, kw_only=True)
class ExpiryChoices:
    """The choice of an expiry.

    :param now: when it is made
    :param zone: time zone in which days begin and end
    :param never_warning: what to think of before choosing never
    :param latest: when it must end, None if it need not end on any day
    :param may_never_end: whether it need not end at all
    :param preferred: days that are proposed where possible; None for never
    :param before: when it ends now, or None
    :param keeps: whether that can stay as it is
    """

    now: float
    zone: str
    never_warning: str
    may_never_end: bool
    preferred: int | None
    latest: float | None = None
    before: float | None = None
    keeps: bool = False

    def choices(self) -> tuple[Choice, ...]:
        """What is offered; the site's policy decides about what was sent."""
        choices = [self._keep()] if self.keeps else []
        choices += [self._preset(days) for days in self._presets()]
        if self.latest is not None and self._needs_latest():
            choices.append(self._until(self.latest))
        choices.append(Choice(value=DATE, title=_("On a day of your choice")))
        if self._offers_never():
            choices.append(self._never())
        return tuple(choices)

    @property
    def proposed(self) -> str:
        """What is chosen before anybody chooses."""
        if self.keeps:
            return KEEP
        if self.preferred is None and self._offers_never():
            return NEVER
        if self.preferred in self._presets():
            return str(self.preferred)
        if self._needs_latest():
            return LATEST
        return str(max(self._presets()))

    @property
    def last_day(self) -> str:
        """The last day that a date input should offer; empty for any."""
        if self.latest is None:
            return ""
        day = day_of(self.latest, self.zone)
        if end_of_day(parse_day(day), self.zone) <= self.latest:
            return day
        return day_of(self.latest - DAY, self.zone)

    def chosen(self, choice: str, day: str) -> float | None:
        """The expiry that was chosen, None for never.

        :param day: what stands in the date input
        :raises InvalidInput: when it is no day
        :raises LookupError: when it is no choice
        """
        if choice == NEVER:
            return None
        if choice == KEEP and self.keeps:
            return self.before
        if choice == LATEST and self.latest is not None:
            return self.latest
        if choice == DATE:
            return self._end_of(day)
        if choice in map(str, PRESETS):
            return self.now + int(choice) * DAY
        raise LookupError(choice)

    def _offers_never(self) -> bool:
        return self.may_never_end and self.latest is None

    def _presets(self) -> list[int]:
        latest = float("inf") if self.latest is None else self.latest
        return [days for days in PRESETS if self.now + days * DAY <= latest]

    def _needs_latest(self) -> bool:
        """Whether the latest end is none of the other choices."""
        if self.latest is None or self.latest <= self.now:
            return False
        if self.keeps and self.latest == self.before:
            return False
        days = (self.latest - self.now) / DAY
        return not any(abs(days - preset) < 1 for preset in self._presets())

    def _keep(self) -> Choice:
        if self.before is None:
            return Choice(value=KEEP, title=_("Keep: never"))
        title = _("Keep: ${date}", mapping={"date": self._day(self.before)})
        return Choice(value=KEEP, title=title)

    def _preset(self, days: int) -> Choice:
        day = self._day(self.now + days * DAY)
        return Choice(
            value=str(days),
            title=_("In ${days} days (${date})", mapping={"days": days, "date": day}),
        )

    def _until(self, latest: float) -> Choice:
        title = _("As late as possible (${date})", mapping={"date": self._day(latest)})
        return Choice(value=LATEST, title=title)

    def _never(self) -> Choice:
        return Choice(
            value=NEVER, title=_("Never"), help=self.never_warning, warns=True
        )

    def _day(self, seconds: float) -> str:
        return localized_day(seconds, self.zone)

    def _end_of(self, day: str) -> float:
        try:
            return end_of_day(parse_day(day.strip()), self.zone)
        except ValueError:
            raise InvalidInput(
                "expires", _("Please enter a date like 2030-12-31.")
            ) from None


@adapter(Expiry, ICredentialForm)
class ExpiryInput(Input):
    """A choice, and the day that one of its values needs."""

    field: Expiry

    @cached_property
    def choices(self) -> ExpiryChoices:
        """What there is to choose from."""
        bounds = self.form.expiry_bounds
        return ExpiryChoices(
            now=self.form.now,
            zone=self.form.timezone,
            never_warning=self.field.never_warning,
            preferred=self.field.preferred_days,
            **vars(bounds),
        )

    def value(self) -> float | None:
        try:
            return self.choices.chosen(self._chosen(), self.form.text("expires"))
        except LookupError:
            raise InvalidInput("expires", self.field.missing) from None

    def place_of(self, name: str) -> str | None:
        if name != "expires":
            return None
        return "expires" if self._chosen() == DATE else "expiry"

    def elements(self) -> list[Field]:
        return [
            Field(
                name="expiry",
                kind="choice",
                title=self.field.title,
                help=self._help(),
                value=self._chosen(),
                choices=self.choices.choices(),
            ),
            Field(
                name="expires",
                kind="date",
                title=_("Expiry date"),
                help=_(
                    self.field.day_description,
                    mapping={"timezone": self.form.timezone},
                ),
                value=self.form.text("expires"),
                first=day_of(self.form.now, self.form.timezone),
                last=self.choices.last_day,
            ),
        ]

    def _chosen(self) -> str:
        # A date without a choice can only mean this.
        if not self.form.text("expiry") and self.form.text("expires"):
            return DATE
        return self.form.text("expiry") or self.choices.proposed

    def _help(self) -> str:
        days = max_lifetime(self.form.site.settings, self.form.kind)
        if days is None:
            # Not as a plain string, which nobody could translate.
            return self.field.description
        return _(self.field.limited, mapping={"days": days})
