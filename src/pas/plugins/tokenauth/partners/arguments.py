"""The commands for partners and their arguments. They need no Zope."""

from ..cli.kinds import Command
from ..cli.kinds import KindCommands
from ..credentials.interfaces import IMaterial
from .interfaces import IPartnerOptions
from argparse import ArgumentParser
from typing import Any


COMMANDS = KindCommands(
    kind="partner",
    word="partner",
    group="partners",
    order=40,
    options=IPartnerOptions,
    rotation=IMaterial,
    belongs_to_site=True,
    id_member="partner_id",
    secret="shared secret",
    columns=("partner_id", "title", "purpose", "state", "expires", "last_used"),
    uses="signed what was accepted",
)


def _add_sign_url(parser: ArgumentParser) -> None:
    parser.add_argument("url", metavar="URL", help="where it leads, at the partner")
    parser.add_argument(
        "--partner", required=True, metavar="ID", help="for whom it is signed"
    )
    parser.add_argument(
        "--auth-user", required=True, metavar="NAME", help="of the user, as known there"
    )
    parser.add_argument(
        "--lifetime",
        type=int,
        metavar="SECONDS",
        help="for which it is valid (as long as the partner allows)",
    )
    parser.add_argument(
        "--extra",
        action="append",
        type=_pair,
        default=[],
        metavar="NAME=VALUE",
        help="what is signed besides; each that the partner is registered with",
    )


def _pair(text: str) -> tuple[str, str]:
    name, separator, value = text.partition("=")
    if not separator:
        raise ValueError(text)
    return name, value


SITE_COMMANDS: tuple[Any, ...] = (
    Command(
        name="sign-url",
        summary="Sign a URL for a partner, as ska does; whoever gets it can use it.",
        examples=("https://shop.example.org/ --partner ID --auth-user jane",),
        add_arguments=_add_sign_url,
        run="pas.plugins.tokenauth.partners.command:sign_url",
    ),
)
