"""What the page about a credential shows below its options."""

from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any
from zope.publisher.browser import BrowserView


class Details(BrowserView):
    """See IDetails.

    :param credential: what the page is about
    :param page: the page, with `site`, `requester` and `now`
    """

    template: ViewPageTemplateFile

    def __init__(self, credential: Any, page: Any) -> None:
        super().__init__(credential, page.request)
        self.page = page

    def __call__(self) -> str:
        return str(self.template())
