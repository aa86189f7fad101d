"""The arguments of each command."""

from .values import duration
from .values import expiry
from .values import moment
from argparse import ArgumentParser
from argparse import SUPPRESS


#: What Zope itself calls the variable.
CONF_VARIABLE = "ZOPE_CONFIG"
#: Those of usecases.search, which needs Zope.
STATES = ("active", "expiring", "unused", "expired", "revoked", "orphaned")


def add_common(parser: ArgumentParser) -> None:
    """Add what every command knows."""
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


def add_issue(parser: ArgumentParser) -> None:
    """Add the arguments of ``issue``."""
    _add_owner(parser)
    parser.add_argument("--title", required=True, help="by which people recognise it")
    parser.add_argument("--name", default="", help="by which `ensure` finds it")
    _add_limits(parser)
    _add_key_material(parser)
    _add_output(parser)


def add_ensure(parser: ArgumentParser) -> None:
    """Add the arguments of ``ensure``."""
    _add_owner(parser)
    parser.add_argument("--name", required=True, help="by which it is found")
    parser.add_argument("--title", help="by which people recognise it; else the name")
    _add_limits(parser)
    _add_key_material(parser)
    _add_output(parser)


def add_list(parser: ArgumentParser) -> None:
    """Add the arguments of ``list``."""
    parser.add_argument("--user", default="", metavar="USER", help="keys of this user")
    parser.add_argument("--state", default="", choices=STATES)
    parser.add_argument(
        "--search",
        default="",
        metavar="TEXT",
        help="in title, owner, name and client id",
    )


def add_revoke(parser: ArgumentParser) -> None:
    """Add the arguments of ``revoke``."""
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument(
        "client_ids", nargs="*", default=[], metavar="CLIENT_ID", help="this key"
    )
    which.add_argument("--all", action="store_true", help="every key of the site")
    which.add_argument(
        "--issued-before",
        type=moment,
        metavar="TIME",
        help="every key issued before a time, like 2026-11-22T14:30 (UTC)",
    )


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
        # A text would be taken for one that was given.
        default=SUPPRESS,
        metavar="WHEN",
        help="new end of the service key: 90d from now, a date, or never",
    )
    _add_key_material(parser)
    _add_output(parser)


def add_usage(parser: ArgumentParser) -> None:
    """Add the arguments of ``usage``."""
    parser.add_argument("client_id", metavar="CLIENT_ID")


def add_import(parser: ArgumentParser) -> None:
    """Add the arguments of ``import``."""
    parser.add_argument(
        "file", metavar="FILE", help="what the export script has written"
    )


def _add_owner(parser: ArgumentParser) -> None:
    parser.add_argument("--user", required=True, help="id of the user who will own it")


def _add_limits(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--expires",
        type=expiry,
        default=None,
        metavar="WHEN",
        help="90d, a date like 2030-12-31, or never (never)",
    )
    parser.add_argument(
        "--ip",
        default="",
        metavar="RANGES",
        help='where it may be used from, like "192.0.2.0/24, 2001:db8::1" (anywhere)',
    )
    parser.add_argument(
        "--may-impersonate", action="store_true", help="let it act as other users"
    )
    parser.add_argument(
        "--may-manage-users", action="store_true", help="let it change user accounts"
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
