"""``sealing-key``: makes the key that seals what the database must not tell."""

from .files import new_secret_file
from .outcomes import CommandFailed
from .outcomes import DONE
from typing import Any

import sys


SUMMARY = "Make a sealing key, in a new file or on standard output."


def add_sealing_key_command(commands: Any) -> None:
    """Add the command; it needs neither Zope nor a site."""
    parser = commands.add_parser(
        "sealing-key",
        help=SUMMARY,
        description=SUMMARY,
        epilog="example: tokenauth sealing-key --output sealing.key",
        allow_abbrev=False,
    )
    parser.add_argument(
        "--output",
        required=True,
        metavar="FILE",
        help="new file for the key, or - to print it; all Zopes of a site need it",
    )
    parser.set_defaults(run=sealing_key)


def sealing_key(arguments: Any) -> int:
    """Make a key; returns the exit code."""
    # What other commands do not need is not loaded for them.
    from ..sealing.keyring import make_key

    key = make_key()
    try:
        with new_secret_file(arguments.output) as file:
            file.write(key)
    except CommandFailed as failure:
        print(f"tokenauth: {failure}", file=sys.stderr)
        return failure.code
    print(key if file.is_printed else f"The sealing key is in {file.path}.")
    return DONE
