"""What the pages have in common that show a secret, once."""

from ..publisher.response import never_store
from .base import CredentialsView
from typing import Any


class SecretPage(CredentialsView):
    """The answer to a form that made a secret; it has no URL of its own.

    A subclass holds the secret so that only methods give it away, not attributes: a
    template that fails reports the values it holds.

    :param origin: the page with the form
    """

    template: Any

    def __init__(self, origin: CredentialsView) -> None:
        super().__init__(origin.context, origin.request)
        self.prefix = origin.prefix
        self.list_title = origin.list_title
        self._origin = origin

    def show(self) -> str:
        never_store(self.request)
        answer: str = self.template()
        return answer

    @property
    def page_macro(self) -> Any:
        return self._origin.page_macro
