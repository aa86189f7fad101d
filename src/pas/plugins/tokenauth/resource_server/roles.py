"""The rules by which a token without an admin scope has less than its user.

Plone asks for roles wherever it decides. These functions say which of the roles that
are asked for count, and which roles a user is said to have. They know neither Zope nor
a request. See docs/decisions/0029-scopes-limit-roles.md for the reasons.
"""

from collections.abc import Collection
from collections.abc import Iterable
from enum import Enum


#: Roles that work with content.
CONTENT_ROLES = frozenset({"Member", "Reader", "Contributor", "Editor", "Reviewer"})
#: Roles that decide about what is no content: who has one of these sees it.
TOOL_ROLES = frozenset({"Member", "Reader"})

_EVERYBODY = frozenset({"Anonymous", "Authenticated"})
#: What Zope replaces by the roles that the object's container asks for.
_ROLES_OF_THE_CONTAINER = "Shared"


class Place(Enum):
    """Where an object is, as far as the rules are concerned."""

    CONTENT = "content"
    ROOT = "site root"
    TOOL = "neither content nor the site root"


def counting_roles(
    place: Place, asked: Collection[str], administrative: frozenset[str]
) -> frozenset[str]:
    """The roles that decide, with all that the user has, whether a token may do this.

    :param place: where the object is
    :param asked: the roles of which the user needs one
    :param administrative: the administrative roles of the site
    :return: those of `asked` that count; none when nobody with such a token may do it
    """
    roles = frozenset(asked)
    if not roles.isdisjoint(_EVERYBODY):
        return roles
    ordinary = roles - administrative
    if place is Place.TOOL:
        return frozenset() if ordinary.isdisjoint(TOOL_ROLES) else roles
    if not ordinary.isdisjoint(CONTENT_ROLES):
        # An administrative role counts where a role of content counts too.
        return roles
    if place is Place.ROOT:
        ordinary -= {"Owner"}
    return ordinary - {_ROLES_OF_THE_CONTAINER}


def limited_roles(
    own: Collection[str],
    administrative: frozenset[str],
    alternatives: Iterable[frozenset[str]],
) -> frozenset[str]:
    """The roles that a user is said to have, where nobody says what they are asked for.

    Instead of an administrative role these are roles of content, but none that allows
    something which the user's own roles do not.

    :param own: all roles of the user
    :param administrative: the administrative roles of the site
    :param alternatives: for each thing that is allowed, the roles that allow it
    """
    roles = frozenset(own)
    if roles.isdisjoint(administrative):
        return roles
    instead = CONTENT_ROLES - administrative
    for needed in alternatives:
        if needed.isdisjoint(_EVERYBODY) and needed.isdisjoint(roles):
            instead -= needed
    return (roles - administrative) | instead
