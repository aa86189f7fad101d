"""The commands for service keys and their arguments. They need no Zope."""

from ..cli.arguments import add_output
from ..cli.arguments import add_owner
from ..cli.kinds import Command
from ..cli.kinds import KindCommands
from ..cli.options import add_argument
from ..cli.options import add_options
from .fields import Algorithm
from .fields import Name
from .interfaces import IKeyMaterial
from .interfaces import IServiceKeyMaterial
from .interfaces import IServiceKeyOptions
from argparse import ArgumentParser


@add_argument.register
def _add_algorithm(field: Algorithm, parser: ArgumentParser) -> None:
    parser.add_argument("--algorithm", default="", help="RS256, PS256, ES256 or EdDSA")


@add_argument.register
def _add_name(field: Name, parser: ArgumentParser) -> None:
    parser.add_argument("--name", default="", help="by which `ensure` finds it")


def _add_ensure(parser: ArgumentParser) -> None:
    add_owner(parser)
    parser.add_argument("--name", required=True, help="by which it is found")
    parser.add_argument("--title", help="by which people recognise it; else the name")
    add_options(parser, IServiceKeyOptions, without={"title"})
    add_options(parser, IKeyMaterial)
    add_output(parser, COMMANDS)


def _add_import(parser: ArgumentParser) -> None:
    parser.add_argument(
        "file", metavar="FILE", help="what the export script has written"
    )


_HERE = "pas.plugins.tokenauth.servicekeys"

COMMANDS = KindCommands(
    kind="service_key",
    word="service key",
    order=10,
    options=IServiceKeyOptions,
    material=IServiceKeyMaterial,
    rotation=IKeyMaterial,
    id_member="client_id",
    secret="keyfile",
    gives_secret=lambda arguments: arguments.public_key is None,
    columns=("client_id", "owner", "name", "title", "state", "expires", "last_used"),
    usage_columns=("time", "subject", "address", "kid", "user_agent"),
    uses="obtained access tokens",
    more=(
        Command(
            name="ensure",
            summary="Issue a service key under a name, or make the live key of that"
            " name what these arguments say.",
            add_arguments=_add_ensure,
            run=f"{_HERE}.command:ensure",
            examples=("--user worker --name worker --output worker.json",),
        ),
        Command(
            name="import",
            summary="Take over the keys of ftw.tokenauth.",
            add_arguments=_add_import,
            run=f"{_HERE}.importing:import_keys",
            examples=("keys.json",),
        ),
    ),
)
