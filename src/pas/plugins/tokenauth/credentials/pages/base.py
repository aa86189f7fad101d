"""What the pages for credentials have in common, whatever their kind."""

from ...site.errors import NoIssuer
from ...site.errors import NotAllowed
from ...site.errors import NotASiteUser
from ...site.times import localized
from ...site.times import localized_day
from ...site.times import site_timezone
from ...site.view import SiteView
from ...storage.interfaces import ICredential
from ...web.csrf import check_post
from ...web.interfaces import IClosedToTokens
from ..errors import AlreadyEnded
from ..errors import AlreadyIssued
from ..errors import TooManyCredentials
from ..kinds import CredentialKind
from ..kinds import kind_of
from ..rights import may_widen
from ..service import changeable_credential
from ..service import own_credential
from .kindtexts import appearance_of
from .texts import Appearance
from functools import cached_property
from plone import api
from Products.Five import BrowserView
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any
from zExceptions import Forbidden
from zope.interface import implementer


#: Parts of a Plone page that belong to content, not to what a user manages.
_NOT_SHOWN = ("disable_border", "disable_plone.leftcolumn", "disable_plone.rightcolumn")
#: Refusals that end in the list, with their reason.
_TO_LIST = (
    AlreadyEnded,
    AlreadyIssued,
    NoIssuer,
    NotASiteUser,
    TooManyCredentials,
)


@implementer(IClosedToTokens)
class CredentialsView(SiteView, BrowserView):
    """A page about credentials.

    A subclass says what to `show`, and what to do when a form is `submitted`. Other
    subclasses say which credentials there are, and what the pages are called: the
    user's own ones of one kind, or those of everybody.
    """

    #: Which kind of credential the page is about; None for any.
    kind: CredentialKind | None = None
    #: Name of the list; the names of the other pages begin with it.
    prefix: str
    #: What the list is called.
    list_title: str
    #: What a link to the list says.
    back_label: str
    #: Refusals that the list explains anyway, so that no message needs to.
    explained_in_list: tuple[type[NotAllowed], ...] = ()

    _page = ViewPageTemplateFile("templates/page.pt")

    def __call__(self) -> str:
        for part in _NOT_SHOWN:
            self.request.set(part, 1)
        try:
            return self._answer()
        except _TO_LIST as reason:
            is_explained = isinstance(reason, self.explained_in_list)
            return self.go_to_list("" if is_explained else reason.args[0], "warning")
        except NotAllowed as reason:
            raise Forbidden(str(reason)) from None

    def show(self) -> str:
        """The page; it changes nothing."""
        raise NotImplementedError

    def submitted(self) -> str:
        """The answer to a POST request from a form of this site."""
        return self.show()

    @property
    def title(self) -> str:
        """What the page is called: its heading, and the name of its window."""
        return self.list_title

    @property
    def page_macro(self) -> Any:
        """What the template of a page fills in."""
        return self._page.macros["page"]

    def find(self, credential_id: str) -> ICredential:
        """The credential of that id, if this page is for its kind.

        :raises NotAllowed: when it is not
        """
        raise NotImplementedError

    def find_changeable(self, credential_id: str) -> ICredential:
        """Such a credential, if it can still be changed.

        :raises NotAllowed: when it cannot
        """
        found = self.find(credential_id)
        return changeable_credential(
            self.site, self.requester, found.credential_id, self.kind
        )

    def looks(self, credential: ICredential) -> Appearance:
        """How the pages show a credential, which depends on its kind."""
        return appearance_of(kind_of(credential))

    def is_mine(self, credential: ICredential) -> bool:
        """Whether the visitor owns it."""
        return self.requester.is_user(credential.owner)

    def widens(self, credential: ICredential) -> bool:
        """Whether the visitor may do more with it than tighten and revoke it."""
        return may_widen(self.requester, credential)

    @cached_property
    def timezone(self) -> str:
        """Name of the time zone in which the pages show times."""
        return site_timezone()

    def localized(self, seconds: float) -> str:
        """A time in the language of the visitor."""
        return localized(seconds, self.timezone)

    def localized_day(self, seconds: float) -> str:
        """The day of a time in the language of the visitor."""
        return localized_day(seconds, self.timezone)

    def text(self, name: str) -> str:
        """A string from the query or the form; empty if there is none, or several."""
        value = self.request.form.get(name, "")
        return _encodable(value) if isinstance(value, str) else ""

    def texts(self, name: str) -> list[str]:
        """All strings of that name, each once."""
        value = self.request.form.get(name, [])
        values = value if isinstance(value, list) else [value]
        texts = [_encodable(text) for text in values if isinstance(text, str)]
        return list(dict.fromkeys(texts))

    def url(self, page: str = "") -> str:
        """The URL of the list, or of the page of that name below it."""
        base = f"{self.context.absolute_url()}/@@{self.prefix}"
        return f"{base}-{page}" if page else base

    def static(self, name: str) -> str:
        """The URL of a stylesheet or a script."""
        portal = api.portal.get().absolute_url()
        return f"{portal}/++resource++pas.plugins.tokenauth/{name}"

    def go_to_list(self, message: str = "", kind: str = "info") -> str:
        """Back to the list, with a message there if there is one."""
        if message:
            api.portal.show_message(message, self.request, type=kind)
        self.request.response.redirect(self.url())
        return ""

    def _answer(self) -> str:
        if self.request.method in ("GET", "HEAD"):
            return self.show()
        check_post(self.request)
        return self.submitted()


class OwnCredentialsView(CredentialsView):
    """A page about the user's own credentials of one kind."""

    kind: CredentialKind
    explained_in_list: tuple[type[NotAllowed], ...] = (
        NoIssuer,
        NotASiteUser,
        TooManyCredentials,
    )

    def find(self, credential_id: str) -> ICredential:
        return own_credential(self.site, self.requester, credential_id, self.kind)


def _encodable(text: str) -> str:
    """The string without the surrogates that Zope makes of bytes it cannot decode."""
    return text.encode("utf-8", "replace").decode("utf-8")
