"""The ZMI of the plugin: adding it, and a form for its settings."""

from ..clock import now
from ..i18n import _
from ..usecases.errors import InvalidInput
from ..usecases.errors import NotAllowed
from ..usecases.interfaces import ITokenAuthSettings
from ..usecases.issuer import FormerTokenEndpoint
from ..usecases.settings import change_settings
from .lookup import current_actor
from .lookup import server_of
from AccessControl import ClassSecurityInfo
from AccessControl.class_init import InitializeClass
from collections.abc import Mapping
from datetime import date
from plone.protect.authenticator import check as check_authenticator
from Products.CMFCore.permissions import ManagePortal
from Products.PageTemplates.PageTemplateFile import PageTemplateFile
from typing import Any
from zExceptions import Forbidden
from zope.i18n import translate
from zope.schema import getFieldsInOrder


NUMBERS = (
    "access_token_lifetime",
    "grant_lifetime",
    "leeway",
    "usage_log_retention",
    "revoked_key_retention",
)


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
    def settings_for_form(self, typed: Mapping[str, str] | None = None) -> Any:
        # The settings as the template shows them.
        fields = []
        for name, field in getFieldsInOrder(ITokenAuthSettings):
            value = _as_text(getattr(self, name))
            fields.append(
                {
                    "name": name,
                    "title": field.title,
                    "description": field.description,
                    "value": value if typed is None else typed.get(name, value),
                    "is_number": name in NUMBERS,
                    "is_lines": name == "former_token_endpoints",
                }
            )
        return fields

    @security.protected(ManagePortal)
    def issuer_override(self) -> str:
        # What zope.conf says about the issuer, for the template.
        return server_of(self).overridden_issuer


InitializeClass(TokenAuthManagement)


def parsed_settings(form: Mapping[str, str]) -> dict[str, Any]:
    """The settings in a form, with the types that they have.

    :raises InvalidInput: for the first that cannot be read
    """
    values: dict[str, Any] = {}
    for name in ITokenAuthSettings.names():
        if not isinstance(form.get(name, ""), str):
            raise InvalidInput(name, _("Please enter one text."))
    if "issuer" in form:
        values["issuer"] = form["issuer"]
    for name in NUMBERS:
        if name in form:
            values[name] = _number(name, form[name])
    if "former_token_endpoints" in form:
        values["former_token_endpoints"] = _endpoints(form["former_token_endpoints"])
    return values


def _number(name: str, text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise InvalidInput(name, _("Please enter a whole number.")) from None


def _endpoints(text: str) -> tuple[FormerTokenEndpoint, ...]:
    lines = [line.split() for line in text.splitlines() if line.strip()]
    try:
        return tuple(
            FormerTokenEndpoint(url, date.fromisoformat(until)) for url, until in lines
        )
    except ValueError:
        raise InvalidInput(
            "former_token_endpoints",
            _("Please enter a URL and a date like 2030-12-31 in each line."),
        ) from None


def _as_text(value: Any) -> str:
    if isinstance(value, tuple):
        return "\n".join(f"{item.url} {item.until.isoformat()}" for item in value)
    return str(value)


def check_post(request: Any) -> None:
    """Let only POST requests through that come from a form of this site.

    :raises Forbidden: for any other request
    """
    if request.get("REQUEST_METHOD") != "POST":
        raise Forbidden("Request must be POST")
    check_authenticator(request)
