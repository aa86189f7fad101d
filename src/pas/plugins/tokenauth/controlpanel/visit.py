"""What a visit of an administrator shows about the way to the site."""

from ..mail import sends_mail
from ..site.diagnostics import VisitFacts
from ..site.interfaces import PLUGIN_ID
from ..web.address import client_address
from plone import api
from Products.PluggableAuthService.interfaces.plugins import IExtractionPlugin
from typing import Any


def visit_facts(request: Any) -> VisitFacts:
    """The facts that warnings are made from.

    :param request: the visit
    """
    portal = api.portal.get()
    return VisitFacts(
        url=portal.absolute_url(),
        client_address=client_address(request),
        forwarded_for=request.environ.get("HTTP_X_FORWARDED_FOR", ""),
        is_first=_is_first(portal),
        sends_mail=sends_mail(portal),
    )


def _is_first(portal: Any) -> bool:
    extractors = portal.acl_users.plugins.listPluginIds(IExtractionPlugin)
    return tuple(extractors[:1]) == (PLUGIN_ID,)
