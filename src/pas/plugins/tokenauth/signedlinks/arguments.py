"""The commands for signed links. They need no Zope."""

from ..cli.files import read_text
from ..cli.kinds import KindCommands
from ..cli.options import add_argument
from ..cli.options import argument_value
from ..cli.outcomes import WrongUsage
from .fields import LinkPassword
from .interfaces import ISignedLinkMaterial
from .interfaces import ISignedLinkOptions
from argparse import ArgumentParser
from typing import Any


@add_argument.register
def _add_password(field: LinkPassword, parser: ArgumentParser) -> None:
    parser.add_argument(
        "--password-file",
        dest="password",
        metavar="FILE",
        help="a file whose first line is the password of the link (none)",
    )


@argument_value.register
def _password(field: LinkPassword, arguments: Any, at: float) -> str:
    if arguments.password is None:
        return ""
    try:
        lines = read_text(arguments.password).splitlines()
    except (OSError, UnicodeDecodeError):
        raise WrongUsage(f"{arguments.password} is no text file.") from None
    if not lines or not lines[0].strip():
        # Who means to protect a link must not get one that is open.
        raise WrongUsage(f"There is no password in {arguments.password}.")
    return lines[0].strip()


COMMANDS = KindCommands(
    kind="signed_link",
    word="signed link",
    group="link",
    order=30,
    options=ISignedLinkOptions,
    material=ISignedLinkMaterial,
    id_member="link_id",
    secret="link",
    example="--object /reports/2026.pdf --expires 7d",
    columns=("link_id", "owner", "title", "object", "action", "state", "expires"),
    usage_columns=("time", "uses", "address", "user_agent"),
)
