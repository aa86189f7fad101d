"""The ZMI of the plugin: adding it, and a form for its settings."""

from ..clock import now
from ..i18n import _
from ..usecases.errors import InvalidInput
from ..usecases.errors import NotAllowed
from ..usecases.interfaces import ITokenAuthSettings
from ..usecases.settings import change_settings
from .lookup import current_actor
from .lookup import server_of
from .settingsform import parsed_settings
from .settingsform import settings_fields
from .settingsform import SettingsField
from AccessControl import ClassSecurityInfo
from AccessControl.class_init import InitializeClass
from collections.abc import Mapping
from plone.protect.authenticator import check as check_authenticator
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
        server = server_of(self)
        actor = current_actor(server, REQUEST)
        try:
            change_settings(server, actor, parsed_settings(REQUEST.form), now())
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
        title = ITokenAuthSettings[error.field].title
        message = translate(error.message, context=request)
        return self.manage_settings(
            typed=request.form,
            manage_tabs_message=f"{translate(title, context=request)}: {message}",
            manage_tabs_type="danger",
        )

    @security.protected(ManagePortal)
    def settings_for_form(
        self, typed: Mapping[str, Any] | None = None
    ) -> list[SettingsField]:
        # The settings as the template shows them.
        return settings_fields(server_of(self).settings, typed)

    @security.protected(ManagePortal)
    def issuer_override(self) -> str:
        # What zope.conf says about the issuer, for the template.
        return server_of(self).overridden_issuer


InitializeClass(TokenAuthManagement)


def check_post(request: Any) -> None:
    """Let only POST requests through that come from a form of this site.

    :raises Forbidden: for any other request
    """
    if request.get("REQUEST_METHOD") != "POST":
        raise Forbidden("Request must be POST")
    check_authenticator(request)
