"""The settings as a control panel of plone.restapi, for Volto and for programs.

plone.restapi's own adapters read and write the registry; these settings live on
the plugin, and change by the function that all other pages use, too.
"""

from ..i18n import _
from ..layer import ITokenAuthLayer
from ..permissions import MANAGE_ALL_SERVICE_KEYS
from ..resource_server.errors import ClosedToTokens
from ..site.errors import CalledByToken
from ..site.errors import InvalidInput
from ..site.errors import NotAllowed
from ..site.fields import fields_of
from ..site.fields import from_json
from ..site.fields import from_text
from ..site.fields import Given
from ..site.fields import to_json
from ..site.fields import validation_errors
from ..site.requester import Requester
from ..site.requester import require_permission
from ..site.sections import setting_fields
from ..site.sections import settings_sections
from ..site.settings import ADDRESSES
from ..site.settings import change_settings
from ..site.settings import may_change_addresses
from ..site.view import SiteView
from ..web.csrf import check_not_forged
from collections.abc import Iterator
from collections.abc import Mapping
from contextlib import contextmanager
from plone.restapi.controlpanels import RegistryConfigletPanel
from plone.restapi.deserializer import json_body
from plone.restapi.exceptions import DeserializationError
from plone.restapi.interfaces import IDeserializeFromJson
from plone.restapi.interfaces import ISerializeToJson
from plone.restapi.serializer.controlpanels import SERVICE_ID
from plone.restapi.types.adapters import TextJsonSchemaProvider
from plone.restapi.types.interfaces import IJsonSchemaProvider
from typing import Any
from zExceptions import BadRequest
from zExceptions import Forbidden
from zExceptions import NotFound
from zope.component import adapter
from zope.component import getMultiAdapter
from zope.i18n import translate
from zope.interface import implementer
from zope.interface import Interface
from zope.publisher.interfaces import IPublishTraverse


NAME = "tokenauth"


@implementer(IPublishTraverse)
@adapter(Interface, ITokenAuthLayer)
class TokenAuthControlpanel(SiteView, RegistryConfigletPanel):
    """``@controlpanels/tokenauth``."""

    configlet_id = "tokenauth"
    configlet_category_id = "plone-security"
    # A site may have removed its entry in Site Setup.
    title = _("Keys, tokens and applications")
    group = ""

    def publishTraverse(self, request: Any, name: str) -> Any:
        # Zope takes every named adapter for a view, and would publish what is below.
        raise NotFound()

    def get_searchable_text(self) -> list[str]:
        titles = [field.title for field in setting_fields().values()]
        return [self.title, self.group, *titles]

    def administrator(self) -> Requester:
        """Who looks at the panel.

        :raises NotAllowed: when they may not
        """
        require_permission(self.requester, MANAGE_ALL_SERVICE_KEYS)
        return self.requester


@implementer(ISerializeToJson)
@adapter(TokenAuthControlpanel)
class SettingsToJson:
    """Reads the settings, and how to edit them."""

    def __init__(self, panel: TokenAuthControlpanel) -> None:
        self._panel = panel

    def __call__(self) -> dict[str, Any]:
        panel = self._panel
        with errors_of_restapi(panel.request):
            requester = panel.administrator()
        return {
            "@id": f"{panel.context.absolute_url()}/{SERVICE_ID}/{NAME}",
            "title": panel.title,
            "group": panel.group,
            "schema": self._schema(requester),
            "data": _settings_to_json(panel.site.settings),
        }

    def _schema(self, requester: Requester) -> dict[str, Any]:
        panel = self._panel
        fields = setting_fields()
        schema: dict[str, Any] = {
            "type": "object",
            "properties": {
                name: getMultiAdapter(
                    (field, panel.context, panel.request), IJsonSchemaProvider
                ).get_schema()
                for name, field in fields.items()
            },
            "required": [name for name, field in fields.items() if field.required],
            "fieldsets": [
                {
                    "id": section.schema.__name__,
                    "title": translate(section.title, context=panel.request),
                    "fields": list(fields_of(section.schema)),
                    "behavior": "plone",
                }
                for section in settings_sections()
            ],
        }
        if not may_change_addresses(requester):
            only_manager = translate(
                _("Only a Manager can change this."), context=panel.request
            )
            for name in ADDRESSES:
                field = schema["properties"][name]
                field["mode"] = "display"
                # What Volto looks at instead.
                field["isDisabled"] = True
                field["description"] = f"{only_manager} {field['description']}"
        return schema


class FormerTokenEndpointsSchema(TextJsonSchemaProvider):
    """How an editor of JSON schemas edits them: as lines of text."""

    def get_schema(self) -> dict[str, Any]:
        return {**super().get_schema(), "default": ""}


@implementer(IDeserializeFromJson)
@adapter(TokenAuthControlpanel)
class SettingsFromJson:
    """Changes the settings that a JSON object names, all of them or none."""

    def __init__(self, panel: TokenAuthControlpanel) -> None:
        self._panel = panel

    def __call__(self) -> None:
        panel = self._panel
        with errors_of_restapi(panel.request):
            requester = panel.administrator()
            check_not_forged(panel.request)
            values = _settings_from_json(json_body(panel.request))
            change_settings(panel.site, requester, values, panel.now)


@contextmanager
def errors_of_restapi(request: Any) -> Iterator[None]:
    """Turn errors of the services into those that plone.restapi answers with.

    :raises BadRequest: for a value that cannot be used, with field and message, and
        for a body that cannot be read
    :raises Forbidden: for what the visitor may not do
    :raises ClosedToTokens: when a token makes the request
    """
    try:
        yield
    except InvalidInput as error:
        raise BadRequest(validation_errors(error, request)) from None
    except DeserializationError as error:
        raise BadRequest(error.msg) from None
    except RecursionError:
        raise BadRequest("The JSON nests too deeply") from None
    except CalledByToken as error:
        raise ClosedToTokens(translate(error.args[0], context=request)) from None
    except NotAllowed as error:
        raise Forbidden(translate(error.args[0], context=request)) from None


def _settings_to_json(settings: Any) -> dict[str, Any]:
    """The settings as an object of JSON."""
    return {
        name: to_json(field, getattr(settings, name))
        for name, field in setting_fields().items()
    }


def _settings_from_json(data: Mapping[str, Any]) -> Given:
    """The settings that an object of JSON names, with the types that they have.

    A value that an editor has emptied is null. Members that begin with ``@`` are links
    of plone.restapi.
    """
    given = Given()
    for name, value in data.items():
        if not name.startswith("@"):
            try:
                given[name] = _setting(name, value)
            except InvalidInput as problem:
                given[name] = problem
    return given


def _setting(name: str, value: Any) -> Any:
    field = setting_fields().get(name)
    if field is None:
        raise InvalidInput(name, _("There is no such setting."))
    return from_text(field, "") if value is None else from_json(field, value)
