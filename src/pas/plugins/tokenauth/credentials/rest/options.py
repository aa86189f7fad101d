"""What a body says is decided about a credential."""

from .endpoint import Endpoint
from .members import Members
from typing import Any


#: Members that every kind of credential has.
_COMMON = ("title", "ip_ranges", "expires", "scopes")


def limit_names(endpoint: Endpoint) -> tuple[str, ...]:
    """Names of the members that say what is decided about a credential."""
    return (*_COMMON, *endpoint.switches)


def given_limits(endpoint: Endpoint, members: Members) -> dict[str, Any]:
    """Those attributes of the kind's Limits that are given.

    :raises InvalidInput: for the first that is of a wrong type
    """
    limits: dict[str, Any] = {}
    for name in ("title", "ip_ranges"):
        if name in members:
            limits[name] = members.text(name)
    if "expires" in members:
        limits["expires_at"] = members.moment("expires")
    if "scopes" in members:
        limits["scopes"] = members.names("scopes")
    for name in endpoint.switches:
        if name in members:
            limits[name] = members.switch(name)
    return limits
