"""Registers the plugin when Zope starts, and adds it to a user folder."""

from ..site.interfaces import PLUGIN_ID
from ..web.csrf import check_post
from .plugin import TokenAuthPlugin
from AccessControl.Permissions import add_user_folders
from Products.PageTemplates.PageTemplateFile import PageTemplateFile
from Products.PluggableAuthService import registerMultiPlugin
from typing import Any
from zExceptions import BadRequest


manage_addTokenAuthPluginForm = PageTemplateFile(
    "www/add", globals(), __name__="manage_addTokenAuthPluginForm"
)


def manage_addTokenAuthPlugin(
    dispatcher: Any, id: str = PLUGIN_ID, title: str = "", REQUEST: Any = None
) -> None:
    """Add the plugin to a user folder; it has to be activated there."""
    if REQUEST is not None:
        check_post(REQUEST)
    if id != PLUGIN_ID:
        raise BadRequest(f"The id must be {PLUGIN_ID}: by it the plugin is found.")
    dispatcher._setObject(id, TokenAuthPlugin(id, title))
    if REQUEST is not None:
        REQUEST["RESPONSE"].redirect(
            f"{dispatcher.absolute_url()}/manage_workspace"
            "?manage_tabs_message=Plugin+added.+Activate+it+now."
        )


def initialize(context: Any) -> None:
    """Zope calls this for a registered package."""
    registerMultiPlugin(TokenAuthPlugin.meta_type)
    context.registerClass(
        TokenAuthPlugin,
        permission=add_user_folders,
        constructors=(manage_addTokenAuthPluginForm, manage_addTokenAuthPlugin),
        visibility=None,
    )
