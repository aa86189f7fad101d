"""What the pages have in common that show a secret, once."""

from ...web.response import never_frame
from ...web.response import never_store
from ..interfaces import IIssued
from ..kinds import kind_of
from .base import CredentialsView
from .places import IPlace
from collections.abc import Mapping
from dataclasses import dataclass
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Example:
    """A program.

    :param id: unique on the page
    :param title: what it is written with
    :param text: the program
    """

    id: str
    title: str
    text: str


class SecretPage(CredentialsView):
    """The answer to a form that made a secret; it has no URL of its own.

    It holds the secret so that only methods give it away, not attributes: a
    template that fails reports the values it holds.

    :param issued: what was made, with the secret
    :param origin: the page with the form
    """

    _issued: Any
    template = ViewPageTemplateFile("templates/secret.pt")

    def __init__(self, issued: IIssued, origin: CredentialsView) -> None:
        self._origin = origin
        super().__init__(origin.context, origin.request)
        self._issued = issued

    def found_place(self) -> IPlace:
        return self._origin.place

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
    def title(self) -> str:
        return self.texts_of(self._issued.credential).name

    @property
    def credential_title(self) -> str:
        """By which its owner recognises what was made."""
        return str(self._issued.credential.title)

    def secret(self) -> str:
        """The secret itself."""
        return str(self._issued.text)


class ValuesPage(SecretPage):
    """The answer to a form of an administrator: what whoever was registered needs."""

    template = ViewPageTemplateFile("templates/values.pt")
    #: To save the secret, the only time that it is shown.
    save_now: str
    #: What the secret is good for.
    what_it_is: str
    #: What to do with the values.
    introduction: str
    #: Members of the answer of REST that are shown, in this order, and their titles.
    titles: Mapping[str, str]

    @property
    def back_label(self) -> str:
        """What the link to the list says."""
        return self.texts_of(self._issued.credential).back_label

    @property
    def has_secret(self) -> bool:
        """Whether there is anything to keep secret."""
        return bool(self._issued.secret)

    def url(self, page: str = "") -> str:
        """The URL of the list, of those of this kind only."""
        url = super().url(page)
        return url if page else f"{url}?kind={self._issued.credential.kind}"

    def values(self) -> list[Example]:
        """The values, with their titles."""
        credential = self._issued.credential
        id_member = kind_of(credential).id_member
        members = {id_member: credential.credential_id, **self._issued.members}
        return [
            Example(id=f"issued-{name}", title=title, text=members[name])
            for name, title in self.titles.items()
            if name in members
        ]
