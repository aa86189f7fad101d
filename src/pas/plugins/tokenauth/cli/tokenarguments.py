"""The arguments of the commands for personal access tokens."""

from ..core.scopes import READ
from .arguments import add_expiry
from .arguments import add_filters
from .arguments import add_limits
from .arguments import add_owner
from .arguments import add_title
from .arguments import add_which
from argparse import ArgumentParser


def add_issue(parser: ArgumentParser) -> None:
    """Add the arguments of ``pat issue``."""
    add_owner(parser)
    add_title(parser)
    add_expiry(parser, required=True)
    add_limits(parser, READ)
    parser.add_argument(
        "--output",
        required=True,
        metavar="FILE",
        help="new file for the token, or - to print it; it cannot be had again",
    )


def add_list(parser: ArgumentParser) -> None:
    """Add the arguments of ``pat list``."""
    add_filters(parser, "tokens of this user", "in title, owner and token id")


def add_usage(parser: ArgumentParser) -> None:
    """Add the arguments of ``pat usage``."""
    parser.add_argument("id", metavar="TOKEN_ID")


def add_revoke(parser: ArgumentParser) -> None:
    """Add the arguments of ``pat revoke``."""
    add_which(parser, "TOKEN_ID", "every personal access token of the site")
