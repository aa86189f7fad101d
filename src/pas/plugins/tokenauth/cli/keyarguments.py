"""The arguments of the commands for service keys."""

from ..core.scopes import READ
from .arguments import add_expiry
from .arguments import add_filters
from .arguments import add_limits
from .arguments import add_owner
from .arguments import add_title
from .arguments import add_which
from .values import duration
from .values import expiry
from argparse import ArgumentParser
from argparse import SUPPRESS


def add_issue(parser: ArgumentParser) -> None:
    """Add the arguments of ``issue``."""
    add_owner(parser)
    add_title(parser)
    parser.add_argument("--name", default="", help="by which `ensure` finds it")
    _add_limits(parser)
    _add_key_material(parser)
    _add_output(parser)


def add_ensure(parser: ArgumentParser) -> None:
    """Add the arguments of ``ensure``."""
    add_owner(parser)
    parser.add_argument("--name", required=True, help="by which it is found")
    parser.add_argument("--title", help="by which people recognise it; else the name")
    _add_limits(parser)
    _add_key_material(parser)
    _add_output(parser)


def add_list(parser: ArgumentParser) -> None:
    """Add the arguments of ``list``."""
    add_filters(parser, "keys of this user", "in title, owner, name and client id")


def add_revoke(parser: ArgumentParser) -> None:
    """Add the arguments of ``revoke``, which is for every kind of credential."""
    add_which(parser, "ID", "every service key and personal access token of the site")


def add_rotate(parser: ArgumentParser) -> None:
    """Add the arguments of ``rotate``."""
    parser.add_argument("client_id", metavar="CLIENT_ID")
    parser.add_argument(
        "--overlap",
        type=duration,
        default=duration("7d"),
        help="how long the key pairs before it still work (7d)",
    )
    parser.add_argument(
        "--expires",
        type=expiry,
        # An empty string would be taken for one that was given.
        default=SUPPRESS,
        metavar="WHEN",
        help="new end of the service key: 90d from now, a date, or never",
    )
    _add_key_material(parser)
    _add_output(parser)


def add_usage(parser: ArgumentParser) -> None:
    """Add the arguments of ``usage``."""
    parser.add_argument("id", metavar="CLIENT_ID")


def add_import(parser: ArgumentParser) -> None:
    """Add the arguments of ``import``."""
    parser.add_argument(
        "file", metavar="FILE", help="what the export script has written"
    )


def _add_limits(parser: ArgumentParser) -> None:
    add_expiry(parser, required=False)
    add_limits(parser, READ)
    parser.add_argument(
        "--may-impersonate", action="store_true", help="let it act as other users"
    )
    parser.add_argument(
        "--require-jti", action="store_true", help="accept each grant only once"
    )


def _add_key_material(parser: ArgumentParser) -> None:
    parser.add_argument("--algorithm", default="", help="RS256, PS256, ES256 or EdDSA")
    parser.add_argument(
        "--public-key",
        metavar="FILE",
        help="a public key (PEM, JWK or OpenSSH) instead of a new key pair",
    )


def _add_output(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--output",
        metavar="FILE",
        help="new file for the keyfile, or - to print it; needed unless --public-key"
        " is given",
    )
