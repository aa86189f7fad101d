"""The settings of the site, the same that the ZMI shows."""

from ..credentials.pages.base import CredentialsView
from ..i18n import _
from ..site.errors import InvalidInput
from ..site.fields import to_text
from ..site.interfaces import ISettingsSection
from ..site.sections import setting_fields
from ..site.sections import settings_sections
from ..site.settings import ADDRESSES
from ..site.settings import change_settings
from ..site.settings import may_change_addresses
from ..site.settingsform import parsed_settings
from ..site.settingsform import settings_fields
from ..site.settingsform import SettingsField
from ..site.settingsform import widget_of
from dataclasses import dataclass
from plone import api
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile


@dataclass(frozen=True, kw_only=True)
class Setting:
    """A setting as this visitor gets it.

    :param field: its name and value, and what it means
    :param error: what is wrong with the value, or an empty string
    :param has_focus: whether it is the first with an error
    :param is_read_only: whether the visitor may only look at it
    """

    field: SettingsField
    error: str
    has_focus: bool
    is_read_only: bool

    @property
    def id(self) -> str:
        """The id of the input element."""
        return f"setting-{self.field.name}"

    @property
    def described_by(self) -> str:
        """The ids of the elements that describe the input element."""
        parts = ["error"] if self.error else []
        parts += ["read-only", "help"] if self.is_read_only else ["help"]
        return " ".join(f"{self.id}-{part}" for part in parts)


@dataclass(frozen=True, kw_only=True)
class SettingsGroup:
    """Settings that belong together."""

    section: ISettingsSection
    settings: tuple[Setting, ...]


class SettingsPanel(CredentialsView):
    """``@@tokenauth-controlpanel-settings``."""

    title = _("Settings of keys, tokens and applications")
    template = ViewPageTemplateFile("templates/settings.pt")
    problems: tuple[InvalidInput, ...] = ()

    def show(self) -> str:
        return self.template(groups=self.groups())

    def submitted(self) -> str:
        try:
            values = parsed_settings(self.request.form)
            issuer = self.site.settings.issuer
            change_settings(self.site, self.requester, values, self.now)
        except InvalidInput as problem:
            self.problems = problem.all
            return self.show()
        api.portal.show_message(_("Settings saved."), self.request)
        self._tell_of_former_issuer(issuer)
        self.request.response.redirect(self.url("settings"))
        return ""

    def _tell_of_former_issuer(self, issuer: str) -> None:
        """Say until when programs may still use the issuer that was replaced."""
        settings = self.site.settings
        ends = {each.url: each.until for each in settings.former_token_endpoints}
        if issuer in ends and issuer != settings.issuer:
            message = _(
                "Grants that are addressed to ${issuer} are still accepted, until"
                " ${day}. If this site is a copy of that one, remove its lines from the"
                " former token endpoints.",
                mapping={"issuer": issuer, "day": ends[issuer].isoformat()},
            )
            api.portal.show_message(message, self.request, type="warning")

    def groups(self) -> list[SettingsGroup]:
        """The settings: in force, or as typed where something is wrong."""
        typed = self._typed() if self.problems else None
        fields_of_sections = settings_fields(self.site.settings, typed)
        return [
            SettingsGroup(
                section=section,
                settings=tuple(self._setting(field) for field in fields),
            )
            for section, (_title, fields) in zip(
                settings_sections(), fields_of_sections, strict=True
            )
        ]

    def wrong_settings(self) -> list[Setting]:
        """The settings that cannot be used as they were typed."""
        settings = [setting for group in self.groups() for setting in group.settings]
        return [setting for setting in settings if setting.error]

    def _setting(self, field: SettingsField) -> Setting:
        errors = {each.field: each.message for each in self.problems[::-1]}
        first = next((each for each in setting_fields() if each in errors), "")
        return Setting(
            field=field,
            error=errors.get(field.name, ""),
            has_focus=field.name == first,
            is_read_only=self._is_read_only(field.name),
        )

    def _is_read_only(self, name: str) -> bool:
        return name in ADDRESSES and not may_change_addresses(self.requester)

    def _typed(self) -> dict[str, str | list[str]]:
        """What was typed, beside what may only be looked at."""
        typed: dict[str, str | list[str]] = {}
        for name, field in setting_fields().items():
            if self._is_read_only(name):
                typed[name] = to_text(field, getattr(self.site.settings, name))
            elif widget_of(field) == "choices":
                typed[name] = self.texts(name)
            else:
                typed[name] = self.text(name)
        return typed
