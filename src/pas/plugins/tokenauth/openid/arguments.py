"""The commands of the OpenID provider and their arguments. They need no Zope."""

from ..cli.kinds import Command
from argparse import ArgumentParser


def _add_signing_keys(parser: ArgumentParser) -> None:
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--rotate",
        action="store_true",
        help="make new keys, which sign as soon as other sites can know them",
    )
    what.add_argument(
        "--replace",
        action="store_true",
        help="make new keys and forget all others, because somebody else may have"
        " them; who is logged in elsewhere may have to log in again",
    )


COMMANDS = (
    Command(
        name="signing-keys",
        summary="List the keys with which the site signs, or make new ones.",
        add_arguments=_add_signing_keys,
        run="pas.plugins.tokenauth.openid.command:signing_keys",
        examples=("", "--rotate"),
    ),
)
