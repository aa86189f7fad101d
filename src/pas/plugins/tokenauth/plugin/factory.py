"""Adding the plugin to a user folder, in the ZMI or by the set-up."""

from ..site.interfaces import PLUGIN_ID
from ..web.csrf import check_post
from .plugin import TokenAuthPlugin
from Products.PageTemplates.PageTemplateFile import PageTemplateFile
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
