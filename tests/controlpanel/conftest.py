"""People who look at the panel in Site Setup."""

from App.config import getConfiguration
from collections.abc import Callable
from pas.plugins.tokenauth.permissions import MANAGE_OWN_PERSONAL_ACCESS_TOKENS
from pas.plugins.tokenauth.permissions import MANAGE_OWN_SERVICE_KEYS
from pas.plugins.tokenauth.personaltokens.kind import IssuedPersonalAccessToken
from pas.plugins.tokenauth.site.sections import setting_fields
from tests.credentials.pages.conftest import text_of
from tests.credentials.pages.conftest import Visitor as BrowserVisitor
from typing import Any

import lxml.html
import pytest
import requests


PANEL = "@@tokenauth-controlpanel"
#: A role of who may have keys and tokens, and no more than that.
KEY_OWNER = "Contributor"


class Visitor(BrowserVisitor):
    """A user who looks at the pages of the panel and sends their forms."""

    def authenticator(self) -> str:
        """The proof that a form comes from this site."""
        return self.form(f"{PANEL}-revoke-before")["_authenticator"]

    def message(self, response: requests.Response) -> str:
        """The status message on the page that a response leads to."""
        assert response.status_code == 302, response.status_code
        page = response.headers["Location"].rpartition("/")[2]
        assert page.startswith(PANEL)
        (message,) = self.see(page).cssselect(".portalMessage")
        return text_of(message)

    def titles(self, **query: Any) -> list[str]:
        """The titles in the list of keys, in its order."""
        html = self.see(PANEL, **query)
        return [text_of(title) for title in html.cssselect(".tokenauth-title")]


@pytest.fixture
def visitor(site: Any) -> Callable[..., Visitor]:
    """Makes a user of the site with some roles."""

    def make(user_id: str, *roles: str) -> Visitor:
        for permission in (MANAGE_OWN_SERVICE_KEYS, MANAGE_OWN_PERSONAL_ACCESS_TOKENS):
            site.portal.manage_permission(
                permission, ["Manager", "Site Administrator", KEY_OWNER]
            )
        site.add_user(user_id, *roles)
        return Visitor(site, user_id)

    return make


@pytest.fixture
def administrator(visitor: Callable[..., Visitor]) -> Visitor:
    """Manages the keys of everybody, and issues none to others."""
    return visitor("administrator", "Site Administrator")


@pytest.fixture
def manager(visitor: Callable[..., Visitor]) -> Visitor:
    """May do everything."""
    return visitor("manager", "Manager")


@pytest.fixture
def owner(visitor: Callable[..., Visitor]) -> Visitor:
    """Has keys, and manages those of nobody else."""
    return visitor("owner", KEY_OWNER)


@pytest.fixture
def root_user(site: Any, site_owner_auth: tuple[str, str]) -> Visitor:
    """A Manager of the Zope root, who cannot own keys."""
    return Visitor(site, *site_owner_auth)


@pytest.fixture
def new_key(site: Any, owner: Visitor) -> Callable[..., dict[str, Any]]:
    """Issues a key to the owner, or to another user who exists."""

    def new_key(owner: str = "owner", **options: Any) -> dict[str, Any]:
        return site.issue(owner, algorithm="ES256", **options)

    return new_key


@pytest.fixture
def new_token(site: Any, owner: Visitor) -> Callable[..., IssuedPersonalAccessToken]:
    """Issues a personal access token to the owner, or to another user who exists."""

    def new_token(owner: str = "owner", **options: Any) -> IssuedPersonalAccessToken:
        return site.issue_personal_access_token(owner, **options)

    return new_token


@pytest.fixture
def read() -> Callable[[requests.Response], str]:
    """Reads the content of a page, as text with single spaces."""

    def read(response: requests.Response) -> str:
        assert response.status_code == 200, response.status_code
        (content,) = lxml.html.fromstring(response.text).cssselect("#content")
        return text_of(content)

    return read


@pytest.fixture
def override_issuer(site: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Lets zope.conf name an issuer for the site."""

    def override_issuer(url: str) -> None:
        path = "/".join(site.portal.getPhysicalPath())
        products = {"pas.plugins.tokenauth": {"issuer": f"{path} {url}"}}
        monkeypatch.setattr(
            getConfiguration(), "product_config", products, raising=False
        )

    return override_issuer


def settings_of(site: Any) -> dict[str, Any]:
    """The settings in force."""
    site.sync()
    return {name: getattr(site.plugin, name) for name in setting_fields()}
