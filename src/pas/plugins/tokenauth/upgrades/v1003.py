"""Upgrade to profile version 1003: tokens can be introspected."""

from ..permissions import INTROSPECT_TOKENS
from typing import Any
from zope.component.hooks import getSite


def grant_permission(setup_tool: Any) -> None:
    """Grant the new permission; what the site decided about the others stays."""
    getSite().manage_permission(INTROSPECT_TOKENS, ["Manager"])
