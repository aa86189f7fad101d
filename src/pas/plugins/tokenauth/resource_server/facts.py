"""What the state of a site shows about the way that tokens take."""

from ..credentials.search import Criteria
from ..credentials.search import number_of_credentials
from ..mail import sends_mail
from ..site.context import SiteContext
from ..site.diagnostics import SiteFacts
from ..site.interfaces import PLUGIN_ID
from Products.PluggableAuthService.interfaces.plugins import IExtractionPlugin
from Products.PluggableAuthService.interfaces.plugins import IUserFactoryPlugin
from typing import Any


#: In each of these the plugin has to be the first: a refused token ends the request at
#: once, and users of other factories are limited too.
FIRST_INTERFACES = (IExtractionPlugin, IUserFactoryPlugin)


def site_facts(site: SiteContext, now: float) -> SiteFacts:
    """The facts that the diagnosis of a site begins from."""
    plugins = site.portal.acl_users.plugins
    first = [tuple(plugins.listPluginIds(each)[:1]) for each in FIRST_INTERFACES]
    return SiteFacts(
        reads_first=first[0] == (PLUGIN_ID,),
        makes_users=first[1] == (PLUGIN_ID,),
        sends_mail=sends_mail(site.portal),
        has_volto=_has_volto(site.portal),
        administering=number_of_credentials(
            site, now, Criteria(state="administrative")
        ),
    )


def _has_volto(portal: Any) -> bool:
    version = portal.portal_setup.getLastVersionForProfile("plone.volto:default")
    return bool(version != "unknown")
