"""Contract of the PAS plugin."""

from ..usecases.interfaces import ITokenAuthSettings


PLUGIN_ID = "token_auth"


class ITokenAuthPlugin(ITokenAuthSettings):
    """The PAS plugin: lets in who holds a valid access token, keeps the settings."""
