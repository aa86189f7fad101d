"""What the pages have in common that show a secret, once."""

from ...web.response import never_frame
from ...web.response import never_store
from .base import CredentialsView
from typing import Any


class SecretPage(CredentialsView):
    """The answer to a form that made a secret; it has no URL of its own.

    A subclass holds the secret so that only methods give it away, not attributes: a
    template that fails reports the values it holds.

    :param origin: the page with the form
    """

    template: Any
    #: What was made, with the secret.
    _issued: Any

    def __init__(self, origin: CredentialsView) -> None:
        super().__init__(origin.context, origin.request)
        self.prefix = origin.prefix
        self.list_title = origin.list_title
        self._origin = origin

    def show(self) -> str:
        never_store(self.request)
        never_frame(self.request)
        try:
            answer: str = self.template()
        finally:
            # Plone keeps pages in memory for longer than their requests.
            del self._issued
        return answer

    @property
    def page_macro(self) -> Any:
        return self._origin.page_macro
