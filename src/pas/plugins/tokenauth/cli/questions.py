"""Asking whoever sits at the terminal, and nobody where there is none."""

from .outcomes import CommandFailed
from argparse import ArgumentParser
from typing import Any

import sys


def add_yes(parser: ArgumentParser) -> None:
    """Add the argument that answers the question."""
    parser.add_argument("--yes", action="store_true", help="do not ask")


def confirm(arguments: Any, question: str) -> None:
    """Go on if somebody answers a question with yes; scripts are not asked.

    :raises CommandFailed: when they answer anything else
    """
    if arguments.yes or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise CommandFailed("Nothing is changed.")
