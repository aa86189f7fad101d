"""The commands and their arguments."""

from .. import client
from .arguments import add_common
from .arguments import add_filters
from .arguments import add_output
from .arguments import add_owner
from .arguments import add_rotation
from .arguments import add_which
from .arguments import CONF_VARIABLE
from .kinds import KindCommands
from .kinds import known_kinds
from .kinds import plural_words
from .kinds import site_commands
from .options import add_changes
from .options import add_options
from .questions import add_yes
from .sealingkey import add_sealing_key_command
from argparse import ArgumentParser
from argparse import RawDescriptionHelpFormatter
from argparse import SUPPRESS
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import os
import textwrap


PACKAGE = "pas.plugins.tokenauth"
_CREDENTIALS = "pas.plugins.tokenauth.cli.credentials"
_LOOKING = "pas.plugins.tokenauth.cli.looking"
_HELP_WIDTH = 78
#: The file of an example.
_FILE = "secret.txt"

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
            parser.error(
                f"--output is missing: now is the only time to get the {known.secret}"
            )


def _parser() -> ArgumentParser:
    parser = ArgumentParser(
        prog="tokenauth",
        description="Credentials that let programs act on behalf of users of a Plone"
        " site.",
        epilog=_EPILOG,
        formatter_class=RawDescriptionHelpFormatter,
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

    def command(
        name: str, summary: str, run: str, examples: Sequence[str]
    ) -> ArgumentParser:
        words = [f"{known.group} {name}".strip(), *examples]
        parser = _command(commands, common, name, summary, run, *words)
        parser.set_defaults(commands=known)
        return parser

    summary = f"Issue {articled} to a user."
    given = [known.example, f"--output {_FILE}" if known.secret else ""]
    examples = [" ".join(filter(None, ["--user jane --title Nightly", *given]))]
    if known.belongs_to_site:
        summary = f"Register {articled}."
        examples = [" ".join(filter(None, ["--title Shop", *given]))]
    issue = command("issue", summary, f"{_CREDENTIALS}:issue", examples)
    if not known.belongs_to_site:
        add_owner(issue)
    add_options(issue, known.options)
    add_options(issue, known.material)
    if known.secret:
        add_output(issue, known)
    if known.rotation is not None:
        summary = f"Replace the {known.secret} of {articled}; the one before it ends."
        examples = [f"ID --output {_FILE}", f"ID --overlap 0d --output {_FILE}"]
        rotate = command("rotate", summary, f"{_CREDENTIALS}:rotate", examples)
        rotate.add_argument("id", metavar=known.metavar)
        add_rotation(rotate, known.rotation)
        add_output(rotate, known)
    if known.group:
        summary = f"List {plural}, newest first."
        examples = ["", "--user jane --state active"]
        parser = command("list", summary, f"{_LOOKING}:list_some", examples)
        names = [name for name in ("title", "owner", "name") if name in known.columns]
        where = f"in {', '.join(names)} and {known.metavar.lower().replace('_', ' ')}"
        add_filters(parser, f"{plural} of this user", where)
        summary = f"Show when {articled} {known.uses}."
        parser = command("usage", summary, f"{_LOOKING}:usage", ["ID"])
        parser.add_argument("id", metavar=known.metavar)
        summary = f"Revoke {plural} for good; all else stays."
        examples = ["ID", "--issued-before 2026-11-22T14:30+01:00"]
        parser = command("revoke", summary, f"{_CREDENTIALS}:revoke", examples)
        add_which(parser, known.metavar, f"every {known.word} of the site")
    for each in known.more:
        each.add_arguments(command(each.name, each.summary, each.run, each.examples))


def _add_common_commands(commands: Any, common: ArgumentParser) -> None:
    """Add the commands that are about credentials of any kind, or about none."""

    def command(name: str, summary: str, run: str, *examples: str) -> ArgumentParser:
        return _command(commands, common, name, summary, run, name, *examples)

    parser = command(
        "list",
        "List credentials of every kind, newest first.",
        f"{_LOOKING}:list_some",
        *("", "--kind service_key --state never_expires", "--user jane --json"),
    )
    parser.add_argument(
        "--kind", metavar="KIND", help="of this kind, for instance service_key"
    )
    add_filters(parser, "those of this user", "in title, owner and id")
    for name, summary, examples in (
        ("show", "Show everything about a credential.", ["ID", "ID --json"]),
        ("usage", "Show when a credential was used.", ["ID"]),
    ):
        parser = command(name, summary, f"{_LOOKING}:{name}", *examples)
        parser.add_argument("id", metavar="ID")
    parser = command(
        "edit",
        "Change options of a credential. What is not named stays.",
        f"{_CREDENTIALS}:edit",
        *("ID --title Nightly --expires 90d", 'ID --ip "192.0.2.0/24, 2001:db8::1"'),
    )
    parser.add_argument("id", metavar="ID")
    add_changes(parser, (each.options for each in known_kinds()))
    parser = command(
        "revoke",
        f"Revoke credentials for good: {plural_words()}.",
        f"{_CREDENTIALS}:revoke",
        *("ID", "--all", "--issued-before 2026-11-22T14:30+01:00"),
    )
    add_which(parser, "ID", "every credential of the site")
    for name, summary in (
        ("disable", "Refuse credentials until they are enabled again."),
        ("enable", "Enable disabled credentials."),
    ):
        parser = command(name, summary, f"{_CREDENTIALS}:{name}", "ID", "ID ID")
        parser.add_argument("ids", nargs="+", metavar="ID")
    parser = command(
        "end-secret",
        "End one of several secrets or keys of a credential at once.",
        f"{_CREDENTIALS}:end_secret",
        "ID KID",
    )
    add_yes(parser)
    parser.add_argument("id", metavar="ID")
    parser.add_argument("kid", metavar="KID", help="its `kid`, as `show` tells it")
    parser = command(
        "transfer",
        "Let a credential belong to another user.",
        f"{_CREDENTIALS}:transfer",
        "ID --user john",
    )
    parser.add_argument("id", metavar="ID")
    add_owner(parser)
    parser = command(
        "settings",
        "Show the settings of the site, or change some.",
        "pas.plugins.tokenauth.cli.sitesettings:settings",
        *("", "leeway=30 require_ip_ranges=on"),
    )
    parser.add_argument(
        "values", nargs="*", metavar="NAME=VALUE", help="change this; switches: on, off"
    )
    upkeep = "pas.plugins.tokenauth.cli.upkeep"
    summary = "Forget what need not be kept any longer."
    parser = command("purge", summary, f"{upkeep}:purge", "", "--dry-run")
    parser.add_argument(
        "--dry-run", action="store_true", help="only tell what it would do"
    )
    summary = "Mail owners whose credentials expire soon."
    command("notify", summary, f"{upkeep}:notify", "")
    summary = "Seal secrets again with the newest sealing key."
    parser = command("reseal", summary, f"{upkeep}:reseal", "")
    parser.add_argument(
        "--forget-unopened",
        action="store_true",
        help="first forget what no key opens, because the key is lost",
    )
    add_yes(parser)
    summary = "Tell what needs attention in the site; exit code 1 if anything does."
    command("doctor", summary, f"{upkeep}:doctor", "", "--json")
    for each in site_commands():
        each.add_arguments(command(each.name, each.summary, each.run, *each.examples))


def _article(word: str) -> str:
    return "an" if word[0] in "aeiou" else "a"


def _command(
    commands: Any,
    common: ArgumentParser,
    name: str,
    summary: str,
    run: str,
    words: str,
    *examples: str,
) -> ArgumentParser:
    """Add a command.

    :param words: the command as one types it
    :param examples: arguments as one types them
    """
    lines = [f"  tokenauth {words} {each}".rstrip() for each in examples]
    command: ArgumentParser = commands.add_parser(
        name,
        help=summary,
        description=textwrap.fill(summary, _HELP_WIDTH),
        epilog="\n".join(["examples:", *lines]) if lines else None,
        formatter_class=RawDescriptionHelpFormatter,
        parents=[common],
        allow_abbrev=False,
    )
    command.set_defaults(run=run, commands=None)
    return command
