"""Sites that keep sessions, and browsers in which people log in."""

from collections.abc import Iterator
from pas.plugins.tokenauth.core.tokens import digest
from pas.plugins.tokenauth.signin.interfaces import INeedsSessions
from tests.delegation.conftest import Browser
from typing import Any
from zope.component import getGlobalSiteManager

import pytest
import time


@pytest.fixture
def keeps_sessions() -> Iterator[None]:
    """Something of the site needs sessions."""
    manager = getGlobalSiteManager()

    def needed(site: Any) -> bool:
        return True

    manager.registerUtility(needed, INeedsSessions, "test")
    yield
    manager.unregisterUtility(needed, INeedsSessions, "test")


class SessionBrowser(Browser):
    """A browser of which the test knows the session."""

    @property
    def cookies(self) -> dict[str, str]:
        """Our cookies, by name."""
        return {
            str(name): str(value)
            for name, value in self.session.cookies.items()
            if name.removeprefix("__Host-").startswith("tokenauth-session-")
        }

    @property
    def record(self) -> Any:
        """What the site knows of the session of this browser; None for nothing."""
        self.site.sync()
        store = self.site.context.storage["sessions"]
        found = [store.get(digest(v), time.time()) for v in self.cookies.values()]
        return found[0] if found else None


@pytest.fixture
def browser(site: Any, keeps_sessions: None) -> SessionBrowser:
    """A browser in which nobody is logged in; there are alice and bob."""
    site.add_user("alice")
    site.add_user("bob")
    return SessionBrowser(site)


class Response:
    """The answer to a request, as far as sessions look at it."""

    def __init__(self) -> None:
        self.cookies: dict[str, Any] = {}
        self.attributes: dict[str, dict[str, Any]] = {}

    def setCookie(self, name: str, value: str, **attributes: Any) -> None:
        self.cookies[name] = value
        self.attributes[name] = attributes

    def expireCookie(self, name: str, **attributes: Any) -> None:
        self.cookies[name] = None


class Request(dict[str, str]):
    """A request of a browser, likewise."""

    def __init__(self, url: str = "http://localhost", **cookies: str) -> None:
        super().__init__(SERVER_URL=url)
        self.cookies = cookies
        self.form: dict[str, str] = {}
        self.response = Response()
        self.environ: dict[str, Any] = {}
