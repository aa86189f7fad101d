"""What a body says about a key."""

from ..usecases.keymaterial import KeyMaterial
from .members import Members
from typing import Any


#: Members that say what is decided about a key.
LIMITS = (
    "title",
    "ip_ranges",
    "expires",
    "may_impersonate",
    "may_manage_users",
    "require_jti",
)
#: Members that say where its key pair comes from.
MATERIAL = ("algorithm", "public_key")

_SWITCHES = ("may_impersonate", "may_manage_users", "require_jti")


def given_limits(members: Members) -> dict[str, Any]:
    """Those attributes of ServiceKeyLimits that are given.

    :raises InvalidInput: for the first that is of a wrong type
    """
    limits: dict[str, Any] = {}
    for name in ("title", "ip_ranges"):
        if name in members:
            limits[name] = members.text(name)
    if "expires" in members:
        limits["expires_at"] = members.moment("expires")
    for name in _SWITCHES:
        if name in members:
            limits[name] = members.switch(name)
    return limits


def given_material(members: Members) -> KeyMaterial:
    """Where the key pair comes from.

    :raises InvalidInput: for the first member that is of a wrong type
    """
    return KeyMaterial(
        algorithm=members.text("algorithm"),
        public_key=members.public_key("public_key"),
    )
