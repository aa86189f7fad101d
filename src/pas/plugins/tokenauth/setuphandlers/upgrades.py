"""Upgrades of a site from an earlier version of the profile."""

from .install import activate
from typing import Any
from zope.component.hooks import getSite


_PROFILE = "profile-pas.plugins.tokenauth:default"


def bring_features_since_1000(setup_tool: Any) -> None:
    """Let a site have what features brought that came later.

    Their stores are made by the subscriber of imported profiles. Permissions are those
    of ZCML, so that what a site has decided about the others stays.
    """
    activate(getSite().acl_users.plugins)
    for step in ("actions", "controlpanel"):
        setup_tool.runImportStepFromProfile(_PROFILE, step, run_dependencies=False)
