"""Contract of the PAS plugin."""

from ..usecases.interfaces import ITokenAuthSettings


PLUGIN_ID = "token_auth"


class ITokenAuthPlugin(ITokenAuthSettings):
    """The PAS plugin: it lets in whoever holds a valid access token, and keeps the settings."""
