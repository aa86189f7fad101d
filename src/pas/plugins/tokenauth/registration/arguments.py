"""The command for self-registered applications and its arguments. They need no Zope."""

from ..cli.kinds import Command
from argparse import ArgumentParser


def _add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "ids", nargs="*", metavar="REGISTRATION_ID", help="these only (default: all)"
    )
    parser.add_argument(
        "--host", default="", help="those of this host only (default: any)"
    )
    parser.add_argument(
        "--revoke",
        action="store_true",
        help="end them for good, with what people have allowed them",
    )


COMMANDS = (
    Command(
        name="registrations",
        summary="List applications that registered themselves, or revoke some.",
        add_arguments=_add_arguments,
        run="pas.plugins.tokenauth.registration.command:registrations",
        examples=("", "--host app.example.org --revoke"),
    ),
)
