"""The ZMI of the plugin: adding it, and a form for its settings."""

from ..core.clock import now
from ..i18n import _
from ..site.errors import InvalidInput
from ..site.errors import NotAllowed
from ..site.lookup import current_requester
from ..site.lookup import site_of
from ..site.sections import setting_fields
from ..site.settings import change_settings
from ..site.settingsform import parsed_settings
from ..site.settingsform import settings_fields
from ..site.settingsform import SettingsField
from ..web.csrf import check_post
from AccessControl import ClassSecurityInfo
from AccessControl.class_init import InitializeClass
from collections.abc import Mapping
from Products.CMFCore.permissions import ManagePortal
from Products.PageTemplates.PageTemplateFile import PageTemplateFile
from typing import Any
from zExceptions import Forbidden
from zope.i18n import translate


# Zope publishes what has a docstring, so the methods here have comments instead.
class TokenAuthManagement:
    security = ClassSecurityInfo()
    manage_options = ({"label": "Settings", "action": "manage_settings"},)

    security.declareProtected(ManagePortal, "manage_settings")
    manage_settings = PageTemplateFile(
        "www/settings", globals(), __name__="manage_settings"
    )

    @security.protected(ManagePortal)
    def manage_changeSettings(self, REQUEST: Any) -> Any:
        """Change the settings from the form; all of them, or none with a message."""
        check_post(REQUEST)
        site = site_of(self)
        requester = current_requester(site, REQUEST)
        try:
            change_settings(site, requester, parsed_settings(REQUEST.form), now())
        except InvalidInput as error:
            return self._settings_again(REQUEST, error)
        except NotAllowed as error:
            raise Forbidden(str(error)) from None
        message = translate(_("Settings saved."), context=REQUEST)
        return self.manage_settings(manage_tabs_message=message)

    @security.private
    def _settings_again(self, request: Any, error: InvalidInput) -> Any:
        """The form once more, with what was typed and what is wrong with it."""
        request.response.setStatus(400)
        fields = setting_fields()
        told = [
            f"{translate(fields[each.field].title, context=request)}:"
            f" {translate(each.message, context=request)}"
            for each in error.all
        ]
        return self.manage_settings(
            typed=request.form,
            manage_tabs_message=" ".join(told),
            manage_tabs_type="danger",
        )

    @security.protected(ManagePortal)
    def settings_for_form(
        self, typed: Mapping[str, Any] | None = None
    ) -> list[tuple[str, list[SettingsField]]]:
        # The sections of the settings as the template shows them.
        return settings_fields(site_of(self).settings, typed)

    @security.protected(ManagePortal)
    def setting_overrides(self) -> dict[str, str]:
        # What zope.conf says instead of settings, for the template.
        return site_of(self).overrides


InitializeClass(TokenAuthManagement)
