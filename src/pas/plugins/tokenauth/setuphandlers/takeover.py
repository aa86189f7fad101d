"""Taking over from collective.ftw.tokenauth in the same site.

Its plugin has the id that ours has. It is moved aside, where it does nothing any
more, and its service keys are imported: clients go on with the keyfiles they have.
"""

from ..core.clock import now
from ..servicekeys.ftw_import import import_service_keys
from ..site.context import SiteContext
from ..site.interfaces import PLUGIN_ID
from ..site.requester import Operator
from Acquisition import aq_base
from collections.abc import Mapping
from datetime import datetime
from plone.browserlayer.interfaces import ILocalBrowserLayerType
from plone.browserlayer.utils import unregister_layer
from typing import Any
from zope.component import queryUtility
from zope.i18n import translate

import logging


logger = logging.getLogger("pas.plugins.tokenauth")

PACKAGE = "collective.ftw.tokenauth"
#: Where its plugin stays until an administrator deletes it.
ASIDE_ID = "token_auth_ftw"
ACTION_ID = "service-keys"


def is_former_plugin(plugin: Any) -> bool:
    """Whether this is the plugin of collective.ftw.tokenauth, by what it keeps."""
    return "service_keys" in getattr(aq_base(plugin), "_credential_storage", ())


def move_former_plugin_aside(portal: Any) -> None:
    """Make room for our plugin, and take away what else the package has in the site.

    Its uninstall profile would delete whatever plugin has that id, so Plone is told
    that the package is not installed any more.
    """
    acl_users = portal.acl_users
    acl_users.plugins.removePluginById(PLUGIN_ID)
    former = aq_base(acl_users._getOb(PLUGIN_ID))
    acl_users._delObject(PLUGIN_ID, suppress_events=True)
    former._setId(ASIDE_ID)
    acl_users._setObject(ASIDE_ID, former, suppress_events=True)

    portal.portal_setup.unsetLastVersionForProfile(f"{PACKAGE}:default")
    if queryUtility(ILocalBrowserLayerType, name=PACKAGE) is not None:
        unregister_layer(PACKAGE)
    actions = portal.portal_actions.user
    if ACTION_ID in actions:
        actions._delObject(ACTION_ID)


def import_from_former_plugin(portal: Any, site: SiteContext) -> None:
    """Import the service keys of the plugin that was moved aside.

    Only right after that: later it would bring back what was revoked and forgotten.
    """
    former = aq_base(portal.acl_users[ASIDE_ID])
    stored = former._credential_storage["service_keys"].values()
    report = import_service_keys(
        site, Operator("installation"), map(_record, stored), now()
    )
    logger.info("Imported %d service keys of %s.", len(report.imported), PACKAGE)
    for refused in report.refused:
        message = translate(refused.message, target_language="en")
        logger.warning("Not imported: %s (%s)", refused.client_id, message)


def _record(stored: Any) -> dict[str, Any]:
    """What is stored of a key as a record of an export, however broken it is."""
    record = dict(stored) if isinstance(stored, Mapping) else {}
    if isinstance(record.get("issued"), datetime):
        # It notes the local time of the server, without a time zone.
        record["issued"] = record["issued"].astimezone().isoformat()
    return record
