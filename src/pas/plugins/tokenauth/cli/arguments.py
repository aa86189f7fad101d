"""The arguments that the commands have in common."""

from ..credentials.interfaces import STATES
from .kinds import KindCommands
from .options import add_options
from .questions import add_yes
from .values import duration
from .values import expiry
from .values import moment
from argparse import ArgumentParser
from argparse import SUPPRESS
from zope.interface.interface import InterfaceClass


#: What Zope itself calls the variable.
CONF_VARIABLE = "ZOPE_CONFIG"


def add_common(parser: ArgumentParser) -> None:
    """Add the arguments of every command."""
    parser.add_argument(
        "--conf",
        metavar="FILE",
        help=f"zope.conf (default: what {CONF_VARIABLE} names)",
    )
    parser.add_argument(
        "--site",
        metavar="PATH",
        help="path of the site in the database, like /Plone (default: the only one)",
    )
    parser.add_argument(
        "--json", action="store_true", help="print one JSON document instead of text"
    )
    parser.add_argument(
        "--logging",
        metavar="FILE",
        help="zope.ini or wsgi.ini whose loggers and handlers to use; else errors go"
        " to standard error",
    )


def add_owner(parser: ArgumentParser) -> None:
    """Add who a new credential belongs to."""
    parser.add_argument("--user", required=True, help="id of the user who will own it")


def add_output(parser: ArgumentParser, commands: KindCommands) -> None:
    """Add where a fresh secret goes."""
    parser.add_argument(
        "--output",
        required=commands.needs_output,
        metavar="FILE",
        help=f"new file for the {commands.secret}, or - to print it; "
        + (
            "it cannot be had again"
            if commands.needs_output
            else "needed where there is one that cannot be had again"
        ),
    )


def add_rotation(parser: ArgumentParser, rotation: InterfaceClass) -> None:
    """Add what is asked when a secret is replaced."""
    parser.add_argument(
        "--overlap",
        type=duration,
        default=duration("7d"),
        help="how long what the program has still works (default: 7d)",
    )
    parser.add_argument(
        "--expires",
        type=expiry,
        # An empty string would be taken for one that was given.
        default=SUPPRESS,
        metavar="WHEN",
        help="new end: 90d from now, a date, or never",
    )
    add_options(parser, rotation)


def add_filters(parser: ArgumentParser, whose: str, where: str) -> None:
    """Add what a list is narrowed down by."""
    parser.add_argument("--user", default="", metavar="USER", help=whose)
    parser.add_argument("--state", default="", choices=STATES)
    parser.add_argument("--search", default="", metavar="TEXT", help=where)


def add_which(parser: ArgumentParser, metavar: str, every: str) -> None:
    """Add which credentials to revoke.

    :param metavar: what the id of one is called
    :param every: all that there are, in words
    """
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("ids", nargs="*", default=[], metavar=metavar, help="this one")
    which.add_argument("--all", action="store_true", help=every)
    which.add_argument(
        "--issued-before",
        type=moment,
        metavar="TIME",
        help=f"{every} that was issued before a time, like 2026-11-22T14:30 (UTC)",
    )
    parser.add_argument(
        "--with-made",
        action="store_true",
        help="with ids: also what programs have made with these, such as signed links",
    )
    add_yes(parser)
