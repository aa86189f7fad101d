"""What services learn about people."""

from ..core.text import is_clean
from ..site.context import SiteContext
from ..site.memberdata import groups_of
from ..site.memberdata import member_property
from ..site.memberdata import roles_of
from ..site.users import SiteUser
from .protocol import is_attribute_name
from collections.abc import Callable
from collections.abc import Iterable

import re


#: What is no property of a user.
_SOURCES: dict[str, Callable[[SiteContext, SiteUser], str | list[str]]] = {
    "groups": groups_of,
    "roles": roles_of,
    "login": lambda site, user: user.login if is_clean(user.login) else "",
    "id": lambda site, user: user.user_id if is_clean(user.user_id) else "",
}
_SOURCE = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}")


def parse_attribute(line: str) -> tuple[str, str]:
    """Name and source of an attribute; empty strings for what is none.

    :param line: `name`, or `name=source`
    """
    name, _, source = (part.strip() for part in line.partition("="))
    source = source or name
    if not is_attribute_name(name) or not _SOURCE.fullmatch(source):
        return "", ""
    return name, source


def attributes_of(
    site: SiteContext, user: SiteUser, lines: Iterable[str]
) -> dict[str, str | list[str]]:
    """Attributes of a user by name; what there is nothing to say about is left out.

    :param lines: as they are registered for the service
    :raises SourceFailed: when a source cannot say
    """
    sources = dict(map(parse_attribute, lines))
    values = {name: _value(site, user, source) for name, source in sources.items()}
    return {name: value for name, value in values.items() if value}


def _value(site: SiteContext, user: SiteUser, source: str) -> str | list[str]:
    find = _SOURCES.get(source)
    return member_property(user, source) if find is None else find(site, user)
