"""The commands for personal access tokens. They need no Zope."""

from ..cli.kinds import KindCommands
from ..credentials.interfaces import IMaterial
from .interfaces import IPersonalAccessTokenOptions


COMMANDS = KindCommands(
    kind="personal_access_token",
    word="personal access token",
    group="pat",
    order=20,
    options=IPersonalAccessTokenOptions,
    rotation=IMaterial,
    id_member="token_id",
    secret="token",
    columns=("token_id", "owner", "title", "scopes", "state", "expires", "last_used"),
    usage_columns=("time", "uses", "address", "user_agent"),
)
