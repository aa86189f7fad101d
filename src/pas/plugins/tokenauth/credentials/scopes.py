"""Scopes: what a credential is good for at most (RFC 6749 section 3.3).

A scope never gives a right that the user lacks; it takes rights of the user away
from the program. Each is a named utility, so that an add-on can register its own, or
known to a source.
"""

from ..core.errors import InvalidScope
from ..core.scopes import ADMIN_READ
from ..core.scopes import Effect
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


_SHOWN_LENGTH = 40


class IScope(Interface):
    """Something that a program can be allowed to do; the utility's name is its name."""

    title = Attribute("Translatable title, for people who choose scopes")
    description = Attribute("One sentence: what a program with it can do")
    includes = Attribute("Tuple of the names of other scopes that come with it")
    reaches_site = Attribute(
        "Whether a request with it reaches the site at all, as one with plone.read does"
    )
    stores = Attribute("Whether what a request does is stored")
    administers = Attribute("Whether all roles of the user count, not only for content")
    keeps_roles = Attribute("Frozenset of administrative roles that count besides")
    is_for_applications = Attribute(
        "Whether people let applications have it, and no credential of their own has it"
    )
    is_optional = Attribute("Whether people can leave it out of what they allow")
    resource = Attribute("URL of the resource that it is for; empty for the site")
    is_for_self_registered = Attribute(
        "Whether also applications can have it that no administrator has looked at"
    )


class IScopeSource(Interface):
    """Knows scopes beside the registered ones; a named utility."""

    def scopes():
        """The scopes that it knows in the site in force, IScope by name."""


@implementer(IScope)
@dataclass(frozen=True, kw_only=True)
class Scope:
    """See IScope."""

    title: str
    description: str
    includes: tuple[str, ...] = ()
    reaches_site: bool = False
    stores: bool = False
    administers: bool = False
    keeps_roles: frozenset[str] = frozenset()
    is_for_applications: bool = False
    is_optional: bool = True
    resource: str = ""
    is_for_self_registered: bool = False


read = Scope(
    title=_("Read"),
    description=_("See content, without changing anything."),
    reaches_site=True,
)
write = Scope(
    title=_("Read and write"),
    description=_("Work on content: add, change, delete, publish, share."),
    includes=(READ,),
    reaches_site=True,
    stores=True,
)
admin_read = Scope(
    title=_("Read everything"),
    description=_("See everything, Site Setup included, without changing anything."),
    includes=(READ,),
    reaches_site=True,
    administers=True,
)
admin = Scope(
    title=_("Administer"),
    description=_("Do everything, Site Setup, users and groups included."),
    includes=(WRITE, ADMIN_READ),
    reaches_site=True,
    stores=True,
    administers=True,
)


def known_scopes() -> dict[str, IScope]:
    """Every scope of the site in force by name, if the protocol can spell that."""
    known = dict(getUtilitiesFor(IScope))
    for _name, source in getUtilitiesFor(IScopeSource):
        known = {**source.scopes(), **known}
    return {name: each for name, each in known.items() if is_name(name)}


def scopes_for(is_application: bool) -> dict[str, IScope]:
    """The scopes that an application can have, or a credential that acts for its owner.

    :param is_application: which of them
    """
    return {
        name: scope
        for name, scope in known_scopes().items()
        if is_application or not scope.is_for_applications
    }


def scopes_of_site(names: Iterable[str]) -> frozenset[str]:
    """Those of some scopes that are for this site, and for no resource beside it."""
    known = known_scopes()
    return frozenset(
        name for name in names if name in known and not known[name].resource
    )


def scope_of(name: str) -> IScope | None:
    """The scope of a name; None if there is none, or none any more."""
    if not is_name(name):
        return None
    # The registered ones are looked up at each use of a token.
    return queryUtility(IScope, name) or known_scopes().get(name)


def is_administrative_scope(scope: IScope) -> bool:
    """Whether it lets a program use an administrative role of its user."""
    return scope.administers or bool(scope.keeps_roles)


def effect_of(granted: Iterable[str]) -> Effect:
    """What scopes let a program do together.

    To store anything and to administer are one right only where one scope gives both:
    a program that reads everything and writes content does not administer.

    :param granted: their names, with those of all that they include
    """
    scopes = [scope for scope in map(scope_of, granted) if scope is not None]
    stores = any(scope.stores for scope in scopes)
    return Effect(
        reaches_site=any(scope.reaches_site for scope in scopes),
        stores=stores,
        administers=any(
            scope.administers and scope.stores == stores for scope in scopes
        ),
        keeps_roles=frozenset().union(*(scope.keeps_roles for scope in scopes)),
    )


def accepted_scopes(
    names: Iterable[str], is_application: bool = False
) -> tuple[str, ...]:
    """The scopes in the form they are stored in.

    :param is_application: whether an application is to have them
    :raises InvalidInput: when there is none, or one that is not registered
    """
    accepted = tuple(sorted(set(names)))
    if not accepted:
        raise InvalidInput("scopes", _("Please choose what the program may do."))
    known = scopes_for(is_application)
    unknown = set(accepted) - set(known)
    if unknown:
        name = cleaned(min(unknown), _SHOWN_LENGTH)
        raise InvalidInput(
            "scopes", _("There is no scope ${name}.", mapping={"name": name})
        )
    granted = granted_scopes(accepted)
    administers = any(known[name].administers for name in granted)
    if administers and not effect_of(granted).administers:
        raise InvalidInput(
            "scopes",
            _("Reading everything and writing requires the scope “Administer”."),
        )
    return accepted


def is_administrative(names: Iterable[str]) -> bool:
    """Whether the scopes with these names let a program administer the site."""
    known = known_scopes()
    return any(is_administrative_scope(known[name]) for name in granted_scopes(names))


def administrative_scopes() -> list[str]:
    """Names of the scopes that let a program administer the site."""
    return [name for name in known_scopes() if is_administrative([name])]


def scopes_in_force(settings: Any, granted: frozenset[str]) -> frozenset[str]:
    """What is left of granted scopes: a site can do without administration."""
    if settings.allow_admin_scopes:
        return granted
    known = known_scopes()
    return frozenset(
        name for name in granted if not is_administrative_scope(known[name])
    )


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
        scope = scope_of(name)
        if scope is not None and name not in granted:
            granted.add(name)
            pending.extend(scope.includes)
    return frozenset(granted)
