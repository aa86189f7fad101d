"""The options of a credential in a body."""

from .endpoint import Endpoint
from .members import JSONFields
from typing import Any


#: Members that every kind of credential has.
_COMMON = ("title", "ip_ranges", "expires", "scopes")


def option_names(endpoint: Endpoint) -> tuple[str, ...]:
    """Names of the members that are options of a credential."""
    return (*_COMMON, *endpoint.switches)


def given_options(endpoint: Endpoint, members: JSONFields) -> dict[str, Any]:
    """Those attributes of the kind's Options that are given.

    :raises InvalidInput: for the first that is of a wrong type
    """
    options: dict[str, Any] = {}
    for name in ("title", "ip_ranges"):
        if name in members:
            options[name] = members.text(name)
    if "expires" in members:
        options["expires_at"] = members.moment("expires")
    if "scopes" in members:
        options["scopes"] = members.names("scopes")
    for name in endpoint.switches:
        if name in members:
            options[name] = members.switch(name)
    return options
