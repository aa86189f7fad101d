"""Changing title, limits and switches of a service key."""

from ..i18n import _
from .editform import EditForm
from .keylimitsform import KeyLimitsForm
from .oneform import OneKeyForm
from .servicekeys import ServiceKeysView


class EditServiceKey(ServiceKeysView, OneKeyForm, EditForm, KeyLimitsForm):
    """``@@manage-service-keys-edit``."""

    title = _("Edit service key")

    def initial(self) -> dict[str, str]:
        key = self.key
        return {
            **super().initial(),
            "may_impersonate": "on" if key.may_impersonate else "",
            "may_manage_users": "on" if key.may_manage_users else "",
            "require_jti": "on" if key.require_jti else "",
        }
