"""The commands for door codes. Needs no Zope."""

from .interfaces import IDoorCodeOptions
from pas.plugins.tokenauth.cli.kinds import KindCommands


COMMANDS = KindCommands(
    kind="door_code",
    word="door code",
    group="door",
    options=IDoorCodeOptions,
    id_member="code_id",
    secret="code",
    columns=("code_id", "owner", "title", "floor", "state", "expires"),
    usage_columns=("time", "address"),
)
