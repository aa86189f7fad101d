"""Changing the options of a service key."""

from ...credentials.pages.editform import EditForm
from ...i18n import _
from .oneform import OneKeyForm
from .optionsform import KeyOptionsForm
from .overview import ServiceKeysView


class EditServiceKey(ServiceKeysView, OneKeyForm, EditForm, KeyOptionsForm):
    """``@@manage-service-keys-edit``."""

    title = _("Edit service key")

    def initial(self) -> dict[str, str]:
        key = self.key
        return {
            **super().initial(),
            "may_impersonate": "on" if key.may_impersonate else "",
            "require_jti": "on" if key.require_jti else "",
        }
