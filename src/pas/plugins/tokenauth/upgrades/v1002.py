"""Upgrade to profile version 1002: personal access tokens."""

from ..permissions import MANAGE_OWN_ACCESS_TOKENS
from ..plugin.lookup import server_at
from typing import Any
from zope.component.hooks import getSite


def grant_permission(setup_tool: Any) -> None:
    """Grant the new permission; what the site decided about the others stays."""
    site = getSite()
    site.manage_permission(MANAGE_OWN_ACCESS_TOKENS, ["Manager", "Site Administrator"])


def make_place(setup_tool: Any) -> None:
    """Make a place in the storage for the tokens."""
    server = server_at(getSite())
    if server is not None and server.storage.needs_upgrade:
        server.storage.upgrade()
