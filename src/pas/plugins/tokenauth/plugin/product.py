"""Registers the plugin with PAS when Zope starts."""

from .factory import manage_addTokenAuthPlugin
from .factory import manage_addTokenAuthPluginForm
from .plugin import TokenAuthPlugin
from AccessControl.Permissions import add_user_folders
from Products.PluggableAuthService import registerMultiPlugin
from typing import Any


def initialize(context: Any) -> None:
    """Zope calls this for a registered package."""
    registerMultiPlugin(TokenAuthPlugin.meta_type)
    context.registerClass(
        TokenAuthPlugin,
        permission=add_user_folders,
        constructors=(manage_addTokenAuthPluginForm, manage_addTokenAuthPlugin),
        visibility=None,
    )
