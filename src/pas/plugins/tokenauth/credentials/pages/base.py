"""What the pages for credentials have in common, whatever their kind."""

from ...site.errors import NoIssuer
from ...site.errors import NotAllowed
from ...site.errors import NotASiteUser
from ...site.times import exact
from ...site.times import iso
from ...site.times import localized
from ...site.times import localized_day
from ...site.timezone import site_timezone
from ...site.urls import reached_url
from ...site.view import SiteView
from ...storage.interfaces import ICredential
from ...web.csrf import check_post
from ...web.interfaces import IClosedToTokens
from ..errors import AlreadyEnded
from ..errors import AlreadyIssued
from ..errors import TooManyCredentials
from ..kinds import kind_of
from ..kinds import kinds
from ..rights import may_widen
from ..texts import KindTexts
from .places import IPlace
from .places import place_of
from collections.abc import Mapping
from functools import cached_property
from plone import api
from plone.batching import Batch
from Products.Five import BrowserView
from typing import Any
from urllib.parse import urlencode
from zExceptions import Forbidden
from zope.component import getMultiAdapter
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

    A subclass says what to `show`, and what to do when a form is `submitted`. Which
    credentials there are, and what the list is called, its place knows.
    """

    def __init__(self, context: Any, request: Any) -> None:
        super().__init__(context, request)
        self.place = self.found_place()

    def found_place(self) -> IPlace:
        """Where the page belongs, as its name says."""
        return place_of(self.__name__)

    def __call__(self) -> str:
        for part in _NOT_SHOWN:
            self.request.set(part, 1)
        try:
            return self._answer()
        except _TO_LIST as reason:
            is_explained = isinstance(reason, self.place.explained_in_list)
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
        return self.place.list_title

    @property
    def page_macro(self) -> Any:
        """What the template of a page fills in."""
        return self.place.frame.macros["page"]

    def find(self, credential_id: str) -> ICredential:
        """The credential of that id, if the visitor may see it here.

        :raises NotAllowed: when they may not
        """
        return self.place.find(self.site, self.requester, credential_id)

    @property
    def kind_titles(self) -> dict[str, str]:
        """What the credentials of each kind are called, by the name of the kind."""
        return {name: kind.texts.name_of_all for name, kind in kinds().items()}

    def texts_of(self, credential: ICredential) -> KindTexts:
        """What people read about the kind of a credential."""
        return kind_of(credential).texts

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

    def iso(self, seconds: float | None) -> str:
        """A time as programs read it; empty where there is none."""
        return "" if seconds is None else iso(seconds, self.timezone)

    def exact(self, seconds: float) -> str:
        """A time to the second in the language of the visitor."""
        return exact(seconds, self.timezone)

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

    @cached_property
    def site_url(self) -> str:
        """The URL of the site by which the visitor came; links stay below it."""
        return reached_url(api.portal.get(), self.request)

    def url(self, page: str = "") -> str:
        """The URL of the list, or of the page of that name below it."""
        url_of = self.request.physicalPathToURL
        # A navigation root or an object that is shared stays where one is.
        site_url = url_of(api.portal.get().getPhysicalPath())
        below = url_of(self.context.getPhysicalPath()).removeprefix(site_url)
        base = f"{self.site_url}{below}/@@{self.place.prefix}"
        return f"{base}-{page}" if page else base

    def static(self, name: str) -> str:
        """The URL of a stylesheet or a script."""
        return f"{self.site_url}/++resource++pas.plugins.tokenauth/{name}"

    def go_to_list(self, message: str = "", kind: str = "info") -> str:
        """Back to the list, with a message there if there is one."""
        if message:
            api.portal.show_message(message, self.request, type=kind)
        self.request.response.redirect(self.url())
        return ""

    def links_to_parts(self, batch: Batch, query: Mapping[str, str]) -> str:
        """Plone's navigation in a list.

        Its own links repeat whatever was asked, and not everything fits into a URL.

        :param query: what stands in the links beside where the part begins
        """
        navigation = getMultiAdapter(
            (self.context, self.request), name="batchnavigation"
        )

        def make_link(number: int) -> str:
            start = str(max(number - 1, 0) * batch.pagesize)
            parameters = urlencode({**query, "b_start:int": start}, safe=":")
            return f"{self.request.ACTUAL_URL}?{parameters}"

        navigation.make_link = make_link
        return str(navigation(batch))

    def _answer(self) -> str:
        if self.request.method in ("GET", "HEAD"):
            return self.show()
        check_post(self.request)
        return self.submitted()


def _encodable(text: str) -> str:
    """The string without the surrogates that Zope makes of bytes it cannot decode."""
    return text.encode("utf-8", "replace").decode("utf-8")
