"""Scopes as the protocol spells them (RFC 6749 section 3.3)."""

from .errors import InvalidScope
from collections.abc import Iterable
from dataclasses import dataclass

import re


#: Names of the scopes that this package itself knows.
READ = "plone.read"
WRITE = "plone.write"
ADMIN_READ = "plone.admin.read"
ADMIN = "plone.admin"

_NAME = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")
_SCOPE = re.compile(f"{_NAME.pattern}(?: {_NAME.pattern})*")


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What several scopes let a program do together, of what its user may.

    :param reaches_site: whether it may ask the site for anything but about itself
    :param stores: whether anything that it does is stored
    :param administers: whether all roles of its user count, not only for content
    :param keeps_roles: administrative roles of its user that count besides
    """

    reaches_site: bool
    stores: bool
    administers: bool
    keeps_roles: frozenset[str]


def is_name(text: str) -> bool:
    """Whether a scope can be called so."""
    return _NAME.fullmatch(text) is not None


def parse_scope(text: str) -> frozenset[str]:
    """The names in a scope; there are none in an empty string.

    :raises InvalidScope: when it is no list of names with single spaces between
    """
    if not text:
        return frozenset()
    if not _SCOPE.fullmatch(text):
        raise InvalidScope("The scope must be names with single spaces between them.")
    return frozenset(text.split(" "))


def format_scope(names: Iterable[str]) -> str:
    """Names as one string, always in the same order."""
    return " ".join(sorted(names))
