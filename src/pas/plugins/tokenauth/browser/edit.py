"""Changing title, limits and switches of a service key."""

from ..i18n import _
from ..usecases.policies import latest_expiry
from ..usecases.servicekeys import change_service_key
from ..usecases.servicekeys import pair_made_at
from .expiry import Expiry
from .fields import Field
from .limitsform import LimitsForm
from .onekeyform import OneKeyForm
from functools import cached_property


class EditServiceKey(OneKeyForm, LimitsForm):
    """``@@manage-service-keys-edit``."""

    page = "edit"
    title = _("Edit service key")
    submit_label = _("Save")

    def description(self) -> str:
        if self.is_locked:
            return _(
                "This key belongs to ${owner}: you may only tighten its limits.",
                mapping={"owner": self.owner},
            )
        return ""

    @property
    def owner(self) -> str:
        return self.key.owner

    @property
    def is_locked(self) -> bool:
        return not self.widens(self.key)

    def save(self) -> str:
        change_service_key(
            self.server, self.actor, self.key.client_id, self.limits(), self.now
        )
        return self.go_to_list(_("Your changes are saved and in force."))

    def initial(self) -> dict[str, str]:
        key = self.key
        return {
            **super().initial(),
            "title": key.title,
            "ip_ranges": key.ip_ranges,
            "may_impersonate": "on" if key.may_impersonate else "",
            "may_manage_users": "on" if key.may_manage_users else "",
            "require_jti": "on" if key.require_jti else "",
        }

    @cached_property
    def expiry(self) -> Expiry:
        bounds = [latest_expiry(self.server.settings, pair_made_at(self.key))]
        if self.is_locked:
            bounds.append(self.key.expires_at)
        return Expiry(
            now=self.now,
            zone=self.timezone,
            latest=min((end for end in bounds if end is not None), default=None),
            before=self.key.expires_at,
            keeps=True,
        )

    def fields(self) -> list[Field]:
        return self.limit_fields()
