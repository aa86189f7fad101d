"""Changing title, limits and switches of a service key."""

from ..i18n import _
from ..storage.servicekeys import ServiceKey
from ..usecases.servicekeys import change_service_key
from ..usecases.servicekeys import changeable_service_key
from .form import ServiceKeyForm
from .times import day_of
from functools import cached_property


class EditServiceKey(ServiceKeyForm):
    """``@@manage-service-keys-edit``."""

    page = "edit"
    title = _("Edit service key")
    submit_label = _("Save")

    def description(self) -> str:
        return _("Client id: ${client_id}", mapping={"client_id": self.key.client_id})

    @cached_property
    def key(self) -> ServiceKey:
        """The key that the form is about."""
        return changeable_service_key(self.server, self.actor, self.text("client_id"))

    def save(self) -> str:
        change_service_key(
            self.server, self.actor, self.key.client_id, self.limits(), self.now
        )
        return self.go_to_list(_("Your changes are saved and in force."))

    def initial(self) -> dict[str, str]:
        key = self.key
        return {
            "title": key.title,
            "ip_ranges": key.ip_ranges,
            "expires": self._expiry_day(),
            "may_impersonate": "on" if key.may_impersonate else "",
            "may_manage_users": "on" if key.may_manage_users else "",
            "require_jti": "on" if key.require_jti else "",
        }

    def hidden(self) -> dict[str, str]:
        return {"client_id": self.key.client_id}

    def expires_at(self, day: str) -> float | None:
        # The key may end in the middle of a day, and stays so if the day stays.
        if day == self._expiry_day():
            return self.key.expires_at
        return super().expires_at(day)

    def _expiry_day(self) -> str:
        expires_at = self.key.expires_at
        return "" if expires_at is None else day_of(expires_at, self.timezone)
