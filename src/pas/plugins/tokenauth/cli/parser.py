"""The commands and their arguments."""

from .. import client
from . import keyarguments
from . import tokenarguments
from .arguments import add_common
from .arguments import CONF_VARIABLE
from argparse import ArgumentParser
from argparse import SUPPRESS
from importlib.metadata import version
from typing import Any

import os


PACKAGE = "pas.plugins.tokenauth"
_ISSUING = ("issue", "ensure", "rotate")

_EPILOG = """\
exit codes: 0 done, 1 failed, 2 wrong usage, 3 something is not there (user, key,
token, site, file), 4 against the policy of the site, 5 the database is locked
"""


def parsed(arguments: list[str] | None) -> Any:
    """The arguments of one call; ends the process when they are wrong."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.command == "pat":
        options.command = f"pat {options.pat_command}"
    if options.command != "token":
        _check(parser, options)
    return options


def _check(parser: ArgumentParser, options: Any) -> None:
    """Refuse what the parser itself cannot tell."""
    if not options.conf:
        parser.error(f"--conf is missing, and {CONF_VARIABLE} is not set")
    if not options.site:
        parser.error("--site is missing")
    makes_key_pair = options.command in _ISSUING and options.public_key is None
    if makes_key_pair and options.output is None:
        parser.error("--output is missing: the private key is shown only once")


def _parser() -> ArgumentParser:
    parser = ArgumentParser(
        prog="tokenauth",
        description="Service keys and access tokens of a Plone site.",
        epilog=_EPILOG,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=version(PACKAGE))
    add_common(parser)
    parser.set_defaults(
        conf=os.environ.get(CONF_VARIABLE), site=None, logging=None, json=False
    )
    # The same options are accepted after the command.
    common = ArgumentParser(add_help=False, argument_default=SUPPRESS)
    add_common(common)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    client.add_token_command(commands, allow_abbrev=False)
    _add_key_commands(commands, common)
    _add_token_commands(commands, common)
    _add_upkeep(commands, common)
    return parser


def _add_key_commands(commands: Any, common: ArgumentParser) -> None:
    issue = _command(commands, common, "issue", "Issue a service key to a user.")
    keyarguments.add_issue(issue)
    ensure = _command(
        commands,
        common,
        "ensure",
        "Issue a service key under a name, or make the live key of that name what"
        " these arguments say.",
    )
    keyarguments.add_ensure(ensure)
    listing = _command(commands, common, "list", "List service keys, newest first.")
    keyarguments.add_list(listing)
    revoke = _command(
        commands,
        common,
        "revoke",
        "Revoke service keys and personal access tokens for good.",
    )
    keyarguments.add_revoke(revoke)
    rotate = _command(
        commands,
        common,
        "rotate",
        "Add a new key pair to a service key, and let those before it end.",
    )
    keyarguments.add_rotate(rotate)
    summary = "Show when a service key obtained access tokens."
    keyarguments.add_usage(_command(commands, common, "usage", summary))


def _add_token_commands(commands: Any, common: ArgumentParser) -> None:
    summary = "Issue, list and revoke personal access tokens."
    pat = commands.add_parser(
        "pat", help=summary, description=summary, allow_abbrev=False
    )
    commands = pat.add_subparsers(dest="pat_command", required=True, metavar="COMMAND")
    summary = "Issue a personal access token to a user."
    tokenarguments.add_issue(_command(commands, common, "issue", summary))
    summary = "List personal access tokens, newest first."
    tokenarguments.add_list(_command(commands, common, "list", summary))
    summary = "Show when a personal access token was used."
    tokenarguments.add_usage(_command(commands, common, "usage", summary))
    summary = "Revoke personal access tokens for good; service keys stay."
    tokenarguments.add_revoke(_command(commands, common, "revoke", summary))


def _add_upkeep(commands: Any, common: ArgumentParser) -> None:
    _command(commands, common, "purge", "Forget what need not be kept any longer.")
    summary = "Mail owners whose service keys or access tokens expire soon."
    _command(commands, common, "notify", summary)
    summary = "Take over the keys of ftw.tokenauth."
    keyarguments.add_import(_command(commands, common, "import", summary))


def _command(
    commands: Any, common: ArgumentParser, name: str, summary: str
) -> ArgumentParser:
    command: ArgumentParser = commands.add_parser(
        name, help=summary, description=summary, parents=[common], allow_abbrev=False
    )
    return command
