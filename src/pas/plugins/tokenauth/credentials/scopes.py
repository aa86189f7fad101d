"""Scopes: what a credential is good for at most (RFC 6749 section 3.3).

A scope never gives a right that the user lacks; it takes rights of the user away
from the program. Each is a named utility, so that an add-on can register its own.
"""

from ..core.errors import InvalidScope
from ..core.scopes import ADMIN
from ..core.scopes import ADMIN_READ
from ..core.scopes import is_name
from ..core.scopes import parse_scope
from ..core.scopes import READ
from ..core.scopes import WRITE
from ..core.text import cleaned
from ..i18n import _
from ..site.errors import InvalidInput
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from zope.component import getUtilitiesFor
from zope.component import queryUtility
from zope.interface import Attribute
from zope.interface import implementer
from zope.interface import Interface


#: What lets a program have administrative roles of its user.
ADMIN_SCOPES = frozenset({ADMIN_READ, ADMIN})

_SHOWN_LENGTH = 40


class IScope(Interface):
    """Something that a program can be allowed to do; the utility's name is its name."""

    title = Attribute("Translatable title, for people who choose scopes")
    description = Attribute("One sentence: what a program with it can do")
    includes = Attribute("Tuple of the names of other scopes that come with it")


@implementer(IScope)
@dataclass(frozen=True, kw_only=True)
class Scope:
    """See IScope."""

    title: str
    description: str
    includes: tuple[str, ...] = ()


read = Scope(
    title=_("Read"),
    description=_("See content as the user does. Nothing is stored."),
)
write = Scope(
    title=_("Read and write"),
    description=_(
        "Work on content as the user may: add, change, delete, publish, share."
    ),
    includes=(READ,),
)
admin_read = Scope(
    title=_("Read everything"),
    description=_("See what the user sees, Site Setup included. Nothing is stored."),
    includes=(READ,),
)
admin = Scope(
    title=_("Administer"),
    description=_(
        "Do whatever the user may do, Site Setup, users and groups included."
    ),
    includes=(WRITE, ADMIN_READ),
)


def known_scopes() -> dict[str, IScope]:
    """Every scope that is registered, by name, if the protocol can spell that."""
    return {name: each for name, each in getUtilitiesFor(IScope) if is_name(name)}


def accepted_scopes(names: Iterable[str]) -> tuple[str, ...]:
    """The scopes in the form they are stored in.

    :raises InvalidInput: when there is none, or one that is not registered
    """
    accepted = tuple(sorted(set(names)))
    if not accepted:
        raise InvalidInput("scopes", _("Please choose what the program may do."))
    unknown = set(accepted) - set(known_scopes())
    if unknown:
        name = cleaned(min(unknown), _SHOWN_LENGTH)
        raise InvalidInput(
            "scopes", _("There is no scope ${name}.", mapping={"name": name})
        )
    granted = granted_scopes(accepted)
    if {ADMIN_READ, WRITE} <= granted and ADMIN not in granted:
        raise InvalidInput(
            "scopes",
            _("Reading everything and writing requires the scope “Administer”."),
        )
    return accepted


def is_administrative(names: Iterable[str]) -> bool:
    """Whether the scopes with these names let a program administer the site."""
    return not ADMIN_SCOPES.isdisjoint(granted_scopes(names))


def scopes_in_force(settings: Any, granted: frozenset[str]) -> frozenset[str]:
    """What is left of granted scopes: a site can do without administration."""
    return granted if settings.allow_admin_scopes else granted - ADMIN_SCOPES


def narrowed_scopes(names: Iterable[str], *asked_for: str) -> frozenset[str]:
    """What is granted of the scopes with these names, to a client that asks for less.

    What is asked for and cannot be granted is left out: some clients ask for every
    scope they have heard of.

    :param asked_for: scopes as the protocol spells them; an empty one asks for all
    :raises InvalidScope: when one is malformed, or nothing is left
    """
    granted = granted_scopes(names)
    for wanted in filter(None, map(parse_scope, asked_for)):
        granted &= granted_scopes(wanted)
    if not granted:
        raise InvalidScope("This client has none of the scopes that it asks for.")
    return granted


def granted_scopes(names: Iterable[str]) -> frozenset[str]:
    """The scopes of these names, with all that they include.

    A name that is not registered any more grants nothing.
    """
    granted: set[str] = set()
    pending = list(names)
    while pending:
        name = pending.pop()
        scope = queryUtility(IScope, name)
        if scope is not None and name not in granted and is_name(name):
            granted.add(name)
            pending.extend(scope.includes)
    return frozenset(granted)
