"""The arguments that the commands have in common."""

from .values import expiry
from .values import moment
from argparse import ArgumentParser


#: What Zope itself calls the variable.
CONF_VARIABLE = "ZOPE_CONFIG"
#: Those of credentials.search, which needs Zope.
STATES = ("active", "expiring", "unused", "expired", "revoked", "orphaned")


def add_common(parser: ArgumentParser) -> None:
    """Add the arguments of every command."""
    parser.add_argument(
        "--conf", metavar="FILE", help=f"zope.conf; else what {CONF_VARIABLE} names"
    )
    parser.add_argument(
        "--site", metavar="PATH", help="path of the site in the database, like /Plone"
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


def add_title(parser: ArgumentParser) -> None:
    """Add what people call a new credential."""
    parser.add_argument("--title", required=True, help="by which people recognise it")


def add_expiry(parser: ArgumentParser, *, required: bool) -> None:
    """Add when a credential ends; it is never, unless an answer is required."""
    parser.add_argument(
        "--expires",
        type=expiry,
        required=required,
        metavar="WHEN",
        help="90d, a date like 2030-12-31, or never" + ("" if required else " (never)"),
    )


def add_limits(parser: ArgumentParser, scope: str) -> None:
    """Add what a program can do with it, and from where.

    :param scope: the one that it has when none is named
    """
    parser.add_argument(
        "--ip",
        default="",
        metavar="RANGES",
        help='where it may be used from, like "192.0.2.0/24, 2001:db8::1" (anywhere)',
    )
    parser.add_argument(
        "--scope",
        action="append",
        metavar="NAME",
        help="what it is good for: plone.read, plone.write, plone.admin.read,"
        " plone.admin or one of an add-on; may be"
        f" given several times ({scope})",
    )


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
