"""The fields of a schema as arguments; a field of another class registers its own."""

from ..credentials.fields import Expiry
from ..credentials.fields import IPRanges
from ..credentials.fields import Lines
from ..credentials.fields import PublicKeyText
from ..credentials.fields import Scopes
from ..credentials.fields import Title
from ..site.fields import fields_of
from ..site.fields import Given
from ..site.fields import member_of
from ..site.timezone import site_timezone
from .files import read_text
from .outcomes import Absent
from .outcomes import WrongUsage
from .values import expires_at
from .values import expiry
from argparse import ArgumentParser
from argparse import BooleanOptionalAction
from argparse import SUPPRESS
from collections.abc import Collection
from collections.abc import Iterable
from functools import singledispatch
from typing import Any
from zope import schema
from zope.interface.interface import InterfaceClass

import re


_DEFAULT = re.compile(r" \(default: [^)]*\)")
#: Arguments that are not called like the field.
ARGUMENTS = {
    "owner": "user",
    "ip_ranges": "ip",
    "scopes": "scope",
    "token_endpoint_auth_method": "auth_method",
}


def add_options(
    parser: ArgumentParser, interface: InterfaceClass, without: Collection[str] = ()
) -> None:
    """Add an argument for each field of a schema.

    :param without: names of fields for which there is none
    """
    for name, field in fields_of(interface).items():
        if name not in without:
            add_argument(field, parser)


class _Changes:
    """Takes arguments for something new, and adds those that change what is there.

    None is required or has a default, and each is there once.
    """

    def __init__(self, parser: ArgumentParser) -> None:
        self._parser = parser
        self._known: set[str] = set()

    def add_argument(self, flag: str, **how: Any) -> None:
        if flag in self._known:
            return
        self._known.add(flag)
        if how.get("action") == "store_true":
            how["action"] = BooleanOptionalAction
        how["help"] = _DEFAULT.sub("", how["help"])
        self._parser.add_argument(
            flag, **{**how, "default": SUPPRESS, "required": False}
        )


def add_changes(parser: ArgumentParser, interfaces: Iterable[InterfaceClass]) -> None:
    """Add an argument for each field of several schemas, for what is to be changed."""
    changes: Any = _Changes(parser)
    for interface in interfaces:
        add_options(changes, interface)


def given_options(interface: InterfaceClass, arguments: Any, at: float) -> Given:
    """What the arguments say about the fields of a schema.

    :param at: from when on a lifetime counts
    """
    return Given(
        (name, argument_value(field, arguments, at))
        for name, field in fields_of(interface).items()
        if argument_of(member_of(field)) in arguments
    )


def argument_of(member: str) -> str:
    """Name of the argument for a field."""
    return ARGUMENTS.get(member, member)


def default_note(value: Any) -> str:
    """What a help says about the value that is taken where none is given."""
    return "" if value in (None, "") else f" (default: {value})"


@singledispatch
def add_argument(field: Any, parser: ArgumentParser) -> None:
    """Add the argument for a field: a string, unless its class says otherwise."""
    parser.add_argument(_flag(field), default=field.default, help=field.title)


@add_argument.register
def _add_number(field: schema.Int, parser: ArgumentParser) -> None:
    parser.add_argument(
        _flag(field),
        type=_number,
        default=field.default,
        help=field.title + default_note(field.default),
    )


@add_argument.register
def _add_switch(field: schema.Bool, parser: ArgumentParser) -> None:
    parser.add_argument(_flag(field), action="store_true", help=field.title)


@add_argument.register
def _add_choice(field: schema.Choice, parser: ArgumentParser) -> None:
    parser.add_argument(
        _flag(field),
        choices=[term.token for term in field.vocabulary],
        default=field.default,
        help=field.title + default_note(field.default),
    )


@add_argument.register
def _add_title(field: Title, parser: ArgumentParser) -> None:
    parser.add_argument("--title", required=True, help="by which people recognise it")


@add_argument.register
def _add_ip(field: IPRanges, parser: ArgumentParser) -> None:
    parser.add_argument(
        "--ip",
        default="",
        metavar="RANGES",
        help='where it may be used from, like "192.0.2.0/24, 2001:db8::1"'
        " (default: anywhere)",
    )


@add_argument.register
def _add_expires(field: Expiry, parser: ArgumentParser) -> None:
    days = field.preferred_days
    preset = "never" if days is None else f"{days}d, or what the site allows"
    parser.add_argument(
        "--expires",
        type=expiry,
        default=SUPPRESS,
        metavar="WHEN",
        help=f"90d, a date like 2030-12-31, or never (default: {preset})",
    )


@add_argument.register
def _add_scope(field: Scopes, parser: ArgumentParser) -> None:
    parser.add_argument(
        "--scope",
        action="append",
        metavar="NAME",
        help="what it is good for: plone.read, plone.write, plone.admin.read,"
        " plone.admin or one of an add-on; may be"
        " given several times" + default_note(" ".join(field.default)),
    )


@add_argument.register
def _add_lines(field: Lines, parser: ArgumentParser) -> None:
    parser.add_argument(
        f"--{field.argument.replace('_', '-')}",
        dest=argument_of(member_of(field)),
        action="append",
        metavar="VALUE",
        help=f"{field.title}; may be given several times",
    )


@add_argument.register
def _add_public_key(field: PublicKeyText, parser: ArgumentParser) -> None:
    parser.add_argument(
        "--public-key",
        metavar="FILE",
        help="a public key (PEM, JWK or OpenSSH) instead of a new key pair",
    )


@singledispatch
def argument_value(field: Any, arguments: Any, at: float) -> Any:
    """The value of a field, as the arguments say.

    :raises CommandFailed: when it cannot be read
    """
    return getattr(arguments, argument_of(member_of(field)))


@argument_value.register
def _expires_value(field: Expiry, arguments: Any, at: float) -> float | None:
    try:
        return expires_at(arguments.expires, at, site_timezone())
    except ValueError:
        raise WrongUsage(f"{arguments.expires} is beyond the calendar.") from None


@argument_value.register
def _scope_value(field: Scopes, arguments: Any, at: float) -> tuple[str, ...]:
    return tuple(arguments.scope or field.default)


@argument_value.register
def _lines_value(field: Lines, arguments: Any, at: float) -> tuple[str, ...]:
    given = getattr(arguments, argument_of(member_of(field)))
    return tuple(field.default if given is None else given)


@argument_value.register
def _public_key(field: PublicKeyText, arguments: Any, at: float) -> str:
    if arguments.public_key is None:
        return ""
    try:
        text = read_text(arguments.public_key)
    except FileNotFoundError:
        raise Absent(f"There is no file {arguments.public_key}.") from None
    except (OSError, UnicodeDecodeError):
        raise WrongUsage(f"{arguments.public_key} is no text file.") from None
    if not text.strip():
        # Who means to give a key must not get one of ours instead.
        raise WrongUsage(f"There is no key in {arguments.public_key}.")
    return text


def _number(text: str) -> int | None:
    return int(text) if text else None


def _flag(field: Any) -> str:
    return "--" + argument_of(member_of(field)).replace("_", "-")
