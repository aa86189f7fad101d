"""The settings as a control panel of plone.restapi, for Volto and for programs.

plone.restapi's own adapters read and write the registry; these settings live on
the plugin, and change by the function that all other pages use, too.
"""

from ..core.clock import now
from ..i18n import _
from ..layer import ITokenAuthLayer
from ..permissions import MANAGE_ALL_SERVICE_KEYS
from ..resource_server.errors import ClosedToTokens
from ..site.context import SiteContext
from ..site.errors import CalledByToken
from ..site.errors import InvalidInput
from ..site.errors import NotAllowed
from ..site.fields import validation_errors
from ..site.lookup import current_requester
from ..site.lookup import site_at
from ..site.requester import Requester
from ..site.requester import require_permission
from ..site.settings import ADDRESSES
from ..site.settings import change_settings
from ..site.settings import may_change_addresses
from ..web.csrf import check_not_forged
from .jsonsettings import ISettingsAsJson
from .jsonsettings import settings_from_json
from .jsonsettings import settings_to_json
from collections.abc import Iterator
from contextlib import contextmanager
from plone.restapi.controlpanels import RegistryConfigletPanel
from plone.restapi.deserializer import json_body
from plone.restapi.exceptions import DeserializationError
from plone.restapi.interfaces import IDeserializeFromJson
from plone.restapi.interfaces import ISerializeToJson
from plone.restapi.serializer.controlpanels import get_jsonschema_for_controlpanel
from plone.restapi.serializer.controlpanels import SERVICE_ID
from typing import Any
from zExceptions import BadRequest
from zExceptions import Forbidden
from zExceptions import NotFound
from zope.component import adapter
from zope.i18n import translate
from zope.interface import implementer
from zope.interface import Interface
from zope.publisher.interfaces import IPublishTraverse


NAME = "tokenauth"


@implementer(IPublishTraverse)
@adapter(Interface, ITokenAuthLayer)
class TokenAuthControlpanel(RegistryConfigletPanel):
    """``@controlpanels/tokenauth``."""

    schema = ISettingsAsJson
    configlet_id = "tokenauth"
    configlet_category_id = "plone-security"
    # A site may have removed its entry in Site Setup.
    title = _("Service keys and personal access tokens")
    group = ""

    @property
    def site(self) -> SiteContext:
        """The context of the site."""
        site = site_at(self.context)
        if site is None:
            raise NotFound()
        return site

    def publishTraverse(self, request: Any, name: str) -> Any:
        # Zope takes every named adapter for a view, and would publish what is below.
        raise NotFound()

    def requester(self) -> Requester:
        """Who looks at the panel.

        :raises NotAllowed: when they may not
        """
        requester = current_requester(self.site, self.request)
        require_permission(requester, MANAGE_ALL_SERVICE_KEYS)
        return requester


@implementer(ISerializeToJson)
@adapter(TokenAuthControlpanel)
class SettingsToJson:
    """Reads the settings, and how to edit them."""

    def __init__(self, panel: TokenAuthControlpanel) -> None:
        self._panel = panel

    def __call__(self) -> dict[str, Any]:
        panel = self._panel
        with errors_of_restapi(panel.request):
            requester = panel.requester()
        return {
            "@id": f"{panel.context.absolute_url()}/{SERVICE_ID}/{NAME}",
            "title": panel.title,
            "group": panel.group,
            "schema": self._schema(requester),
            "data": settings_to_json(panel.site.settings),
        }

    def _schema(self, requester: Requester) -> dict[str, Any]:
        panel = self._panel
        schema: dict[str, Any] = get_jsonschema_for_controlpanel(
            panel, panel.context, panel.request
        )
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


@implementer(IDeserializeFromJson)
@adapter(TokenAuthControlpanel)
class SettingsFromJson:
    """Changes the settings that a JSON object names, all of them or none."""

    def __init__(self, panel: TokenAuthControlpanel) -> None:
        self._panel = panel

    def __call__(self) -> None:
        panel = self._panel
        with errors_of_restapi(panel.request):
            requester = panel.requester()
            check_not_forged(panel.request)
            values = settings_from_json(json_body(panel.request))
            change_settings(panel.site, requester, values, now())


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
