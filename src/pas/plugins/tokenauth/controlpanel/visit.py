"""What a visit of an administrator shows about the way to the site."""

from ..site.diagnostics import VisitFacts
from ..site.urls import reached_url
from ..web.address import client_address
from plone import api
from typing import Any


def visit_facts(request: Any) -> VisitFacts:
    """The facts that diagnostics are made from.

    :param request: the visit
    """
    return VisitFacts(
        url=reached_url(api.portal.get(), request),
        client_address=client_address(request),
        forwarded_for=request.environ.get("HTTP_X_FORWARDED_FOR", ""),
    )
