"""Upgrade to profile version 1001: administrators manage the keys of everybody."""

from ..permissions import ISSUE_KEYS_FOR_OTHERS
from ..permissions import MANAGE_ALL_SERVICE_KEYS
from typing import Any
from zope.component.hooks import getSite


def grant_permissions(setup_tool: Any) -> None:
    """Grant the new permissions; what the site decided about the others stays."""
    site = getSite()
    site.manage_permission(MANAGE_ALL_SERVICE_KEYS, ["Manager", "Site Administrator"])
    site.manage_permission(ISSUE_KEYS_FOR_OTHERS, ["Manager"])
