"""The commands for sites with django-simple-sso. They need no Zope."""

from ..cli.kinds import KindCommands
from ..credentials.interfaces import IMaterial
from .interfaces import ISimpleSSOOptions


COMMANDS = KindCommands(
    kind="simple_sso_consumer",
    word="Django site",
    group="simple-sso",
    order=52,
    options=ISimpleSSOOptions,
    rotation=IMaterial,
    belongs_to_site=True,
    example="--url https://shop.example.org/client/",
    id_member="public_key",
    secret="private key",
    columns=("public_key", "title", "state", "expires", "last_used"),
    uses="was told who has logged in",
)
