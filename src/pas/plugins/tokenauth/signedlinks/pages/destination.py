"""Where a link leads, below the form about it."""

from ...credentials.pages.details import Details
from ..objects import object_of
from Products.CMFCore.permissions import View
from Products.CMFCore.utils import _checkPermission
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any


class Destination(Details):
    """See IDetails."""

    template = ViewPageTemplateFile("templates/destination.pt")

    def __init__(self, link: Any, page: Any) -> None:
        super().__init__(link, page)
        obj = object_of(page.site, link.uid)
        #: None where it is gone, or the visitor does not see it.
        self.object = obj if obj and _checkPermission(View, obj) else None
