"""The commands for authorizations and their arguments. They need no Zope."""

from ..cli.kinds import Command
from argparse import ArgumentParser


def _add_authorization(parser: ArgumentParser) -> None:
    parser.add_argument("id", metavar="AUTHORIZATION_ID")


def _add_device(parser: ArgumentParser) -> None:
    _add_authorization(parser)
    parser.add_argument("device", metavar="DEVICE", help="as `devices` names it")


def _add_client(parser: ArgumentParser) -> None:
    parser.add_argument("client_id", metavar="CLIENT_ID")


def _add_user(parser: ArgumentParser) -> None:
    parser.add_argument("user", metavar="USER_ID")


_HERE = "pas.plugins.tokenauth.delegation.command"

COMMANDS = (
    Command(
        name="devices",
        summary="List the devices on which an application is signed in for a person.",
        add_arguments=_add_authorization,
        run=f"{_HERE}:devices",
        examples=("ID", "ID --json"),
    ),
    Command(
        name="end-device",
        summary="Sign an application out on one device; it goes on on others.",
        add_arguments=_add_device,
        run=f"{_HERE}:end",
        examples=("ID fam-4CEsMaXTxvxQWsAkTdjxYA",),
    ),
    Command(
        name="revoke-authorizations",
        summary="Revoke all that people have let an application do.",
        add_arguments=_add_client,
        run=f"{_HERE}:revoke_authorizations",
        examples=("ID",),
    ),
    Command(
        name="sign-out",
        summary="Sign a person out everywhere: end their sessions in every browser.",
        add_arguments=_add_user,
        run=f"{_HERE}:sign_out",
        examples=("alice",),
    ),
)
