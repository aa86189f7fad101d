"""What the pages for service keys have in common."""

from ..clock import now
from ..plugin.lookup import current_actor
from ..plugin.lookup import server_at
from ..plugin.zmi import check_post
from ..publisher.breeding import IClosedToTokens
from ..usecases.actor import Actor
from ..usecases.errors import AlreadyEnded
from ..usecases.errors import AlreadyIssued
from ..usecases.errors import NoIssuer
from ..usecases.errors import NotAllowed
from ..usecases.errors import NotASiteUser
from ..usecases.server import AuthorizationServer
from .times import localized
from .times import site_timezone
from functools import cached_property
from plone import api
from Products.Five import BrowserView
from zExceptions import Forbidden
from zExceptions import NotFound
from zope.interface import implementer


#: Parts of a Plone page that belong to content, not to what a user manages.
_NOT_SHOWN = ("disable_border", "disable_plone.leftcolumn", "disable_plone.rightcolumn")


@implementer(IClosedToTokens)
class ServiceKeysView(BrowserView):
    """A page about the user's own service keys.

    A subclass says what to `show`, and what to do when a form is `submitted`.
    """

    def __call__(self) -> str:
        for part in _NOT_SHOWN:
            self.request.set(part, 1)
        try:
            return self._answer()
        except (AlreadyEnded, AlreadyIssued) as reason:
            return self.go_to_list(reason.args[0], "warning")
        except (NoIssuer, NotASiteUser):
            # The list explains these itself.
            return self.go_to_list()
        except NotAllowed as reason:
            raise Forbidden(str(reason)) from None

    def show(self) -> str:
        """The page; it changes nothing."""
        raise NotImplementedError

    def submitted(self) -> str:
        """The answer to a POST request from a form of this site."""
        return self.show()

    @cached_property
    def server(self) -> AuthorizationServer:
        """The authorization server of the site."""
        server = server_at(api.portal.get())
        if server is None:
            raise NotFound()
        return server

    @cached_property
    def actor(self) -> Actor:
        """Who looks at the page."""
        return current_actor(self.server, self.request)

    @cached_property
    def now(self) -> float:
        """The one time at which this request happens."""
        return now()

    @cached_property
    def timezone(self) -> str:
        """Name of the time zone in which the pages show times."""
        return site_timezone()

    def localized(self, seconds: float) -> str:
        """A time in the language of the visitor."""
        return localized(seconds, self.timezone)

    def text(self, name: str) -> str:
        """A text from the query or the form; empty if there is none, or several."""
        value = self.request.form.get(name, "")
        return _encodable(value) if isinstance(value, str) else ""

    def texts(self, name: str) -> list[str]:
        """All texts of that name, each once."""
        value = self.request.form.get(name, [])
        values = value if isinstance(value, list) else [value]
        texts = [_encodable(text) for text in values if isinstance(text, str)]
        return list(dict.fromkeys(texts))

    def url(self, page: str = "") -> str:
        """The URL of the list of keys, or of the page of that name below it."""
        base = f"{self.context.absolute_url()}/@@manage-service-keys"
        return f"{base}-{page}" if page else base

    def static(self, name: str) -> str:
        """The URL of a stylesheet or a script."""
        site = api.portal.get().absolute_url()
        return f"{site}/++resource++pas.plugins.tokenauth/{name}"

    def go_to_list(self, message: str = "", kind: str = "info") -> str:
        """Back to the list of keys, with a message there if there is one."""
        if message:
            api.portal.show_message(message, self.request, type=kind)
        self.request.response.redirect(self.url())
        return ""

    def _answer(self) -> str:
        if self.request.method in ("GET", "HEAD"):
            return self.show()
        check_post(self.request)
        return self.submitted()


def _encodable(text: str) -> str:
    """The text without the surrogates that Zope makes of bytes it cannot decode."""
    return text.encode("utf-8", "replace").decode("utf-8")
