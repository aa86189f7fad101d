"""The commands for applications and their arguments. They need no Zope."""

from ..cli.kinds import KindCommands
from .fields import has_secret
from .interfaces import IApplicationMaterial
from .interfaces import IApplicationOptions
from typing import Any


def _gives_secret(arguments: Any) -> bool:
    if "auth_method" in arguments:
        return has_secret(arguments.auth_method)
    return arguments.public_key is None


COMMANDS = KindCommands(
    kind="application",
    word="application",
    group="applications",
    order=30,
    options=IApplicationOptions,
    material=IApplicationMaterial,
    rotation=IApplicationMaterial,
    belongs_to_site=True,
    id_member="client_id",
    secret="credentials",
    gives_secret=_gives_secret,
    columns=("client_id", "title", "scopes", "state", "expires", "last_used"),
    uses="obtained access tokens for itself",
)
