"""The commands and their arguments."""

from .. import client
from .arguments import add_common
from .arguments import add_filters
from .arguments import add_output
from .arguments import add_owner
from .arguments import add_rotation
from .arguments import add_which
from .arguments import CONF_VARIABLE
from .kinds import every_word
from .kinds import KindCommands
from .kinds import known_kinds
from .kinds import site_commands
from .options import add_options
from .sealingkey import add_sealing_key_command
from argparse import ArgumentParser
from argparse import SUPPRESS
from importlib.metadata import version
from typing import Any

import os


PACKAGE = "pas.plugins.tokenauth"

_EPILOG = """\
exit codes: 0 done, 1 failed, 2 wrong usage, 3 something is not there (user, key,
token, site, file), 4 against the policy of the site, 5 the database is locked
"""


def parsed(arguments: list[str] | None) -> Any:
    """The arguments of one call; ends the process when they are wrong."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if not callable(options.run):
        _check(parser, options)
    return options


def _check(parser: ArgumentParser, options: Any) -> None:
    """Refuse what the parser itself cannot tell."""
    if not options.conf:
        parser.error(f"--conf is missing, and {CONF_VARIABLE} is not set")
    if "output" in options and options.output is None:
        known = options.commands
        if known.gives_secret(options):
            parser.error(f"--output is missing: the {known.secret} is shown only once")


def _parser() -> ArgumentParser:
    parser = ArgumentParser(
        prog="tokenauth",
        description="Service keys and personal access tokens of a Plone site.",
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
    add_sealing_key_command(commands)
    for known in known_kinds():
        _add_commands(commands, common, known)
    _add_common_commands(commands, common)
    return parser


def _add_commands(commands: Any, common: ArgumentParser, known: KindCommands) -> None:
    """Add the commands for one kind."""
    articled, plural = f"{_article(known.word)} {known.word}", f"{known.word}s"
    if known.group:
        summary = f"Issue, list and revoke {plural}."
        group = commands.add_parser(
            known.group, help=summary, description=summary, allow_abbrev=False
        )
        commands = group.add_subparsers(
            dest="group_command", required=True, metavar="COMMAND"
        )
    run = "pas.plugins.tokenauth.cli.credentials"

    def command(name: str, summary: str, run: str) -> ArgumentParser:
        parser = _command(commands, common, name, summary, run)
        parser.set_defaults(commands=known)
        return parser

    summary = f"Issue {articled} to a user."
    if known.belongs_to_site:
        summary = f"Register {articled}."
    issue = command("issue", summary, f"{run}:issue")
    if not known.belongs_to_site:
        add_owner(issue)
    add_options(issue, known.options)
    add_options(issue, known.material)
    if known.secret:
        add_output(issue, known)
    if known.rotation is not None:
        summary = f"Replace the {known.secret} of {articled}; the one before it ends."
        rotate = command("rotate", summary, f"{run}:rotate")
        rotate.add_argument("id", metavar=known.metavar)
        add_rotation(rotate, known.rotation)
        add_output(rotate, known)
    parser = command("list", f"List {plural}, newest first.", f"{run}:list_some")
    names = [name for name in ("title", "owner", "name") if name in known.columns]
    where = f"in {', '.join(names)} and {known.metavar.lower().replace('_', ' ')}"
    add_filters(parser, f"{plural} of this user", where)
    parser = command("usage", f"Show when {articled} {known.uses}.", f"{run}:usage")
    parser.add_argument("id", metavar=known.metavar)
    if known.group:
        summary = f"Revoke {plural} for good; all else stays."
        parser = command("revoke", summary, f"{run}:revoke")
        add_which(parser, known.metavar, f"every {known.word} of the site")
    for each in known.more:
        each.add_arguments(command(each.name, each.summary, each.run))


def _add_common_commands(commands: Any, common: ArgumentParser) -> None:
    summary = f"Revoke {every_word('and')} for good."
    run = "pas.plugins.tokenauth.cli.credentials:revoke"
    revoke = _command(commands, common, "revoke", summary, run)
    every = f"every {every_word('and', plural=False)} of the site"
    add_which(revoke, "ID", every)
    for name, summary in (
        ("disable", f"Refuse {every_word('and')} until they are enabled again."),
        ("enable", f"Enable disabled {every_word('and')}."),
    ):
        run = f"pas.plugins.tokenauth.cli.credentials:{name}"
        parser = _command(commands, common, name, summary, run)
        parser.add_argument("ids", nargs="+", metavar="ID")
    summary = f"Let {every_word('or', plural=False)} belong to another user."
    run = "pas.plugins.tokenauth.cli.credentials:transfer"
    transfer = _command(commands, common, "transfer", summary, run)
    transfer.add_argument("id", metavar="ID")
    add_owner(transfer)
    upkeep = "pas.plugins.tokenauth.cli.upkeep"
    summary = "Forget what need not be kept any longer."
    purge = _command(commands, common, "purge", summary, f"{upkeep}:purge")
    purge.add_argument(
        "--dry-run", action="store_true", help="only tell what it would do"
    )
    summary = f"Mail owners whose {every_word('or')} expire soon."
    _command(commands, common, "notify", summary, f"{upkeep}:notify")
    summary = "Seal secrets again with the newest sealing key."
    _command(commands, common, "reseal", summary, f"{upkeep}:reseal")
    summary = "Tell what needs attention in the site; exit code 1 if anything does."
    _command(commands, common, "doctor", summary, f"{upkeep}:doctor")
    for each in site_commands():
        each.add_arguments(
            _command(commands, common, each.name, each.summary, each.run)
        )


def _article(word: str) -> str:
    return "an" if word[0] in "aeiou" else "a"


def _command(
    commands: Any, common: ArgumentParser, name: str, summary: str, run: str
) -> ArgumentParser:
    command: ArgumentParser = commands.add_parser(
        name, help=summary, description=summary, parents=[common], allow_abbrev=False
    )
    command.set_defaults(run=run, commands=None)
    return command
