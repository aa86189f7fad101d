"""The commands for CAS services and their arguments. They need no Zope."""

from ..cli.kinds import KindCommands
from .interfaces import ICASServiceOptions


COMMANDS = KindCommands(
    kind="cas_service",
    word="CAS service",
    group="cas-services",
    order=50,
    options=ICASServiceOptions,
    belongs_to_site=True,
    id_member="service_id",
    columns=("service_id", "title", "urls", "state", "expires", "last_used"),
    uses="logged somebody in",
)
