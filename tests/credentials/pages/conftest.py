"""A visitor of the pages: somebody with a browser that knows no JavaScript."""

from collections.abc import Callable
from pas.plugins.tokenauth.personaltokens.kind import IssuedPersonalAccessToken
from typing import Any

import base64
import json
import lxml.html
import pytest
import requests


# Helpers with assertions, and plugins of the tests that drive Chromium.
pytest.register_assert_rewrite(
    "tests.credentials.pages.chromium", "tests.credentials.pages.pages"
)

PASSWORD = "correct-horse-battery-1"


class Visitor:
    """A user who looks at pages and sends their forms."""

    def __init__(self, site: Any, user_id: str, password: str = PASSWORD) -> None:
        self.site = site
        self.user_id = user_id
        self.session = requests.Session()
        self.session.auth = (user_id, password)
        self.session.headers["Accept"] = "text/html"

    def get(self, page: str, **query: Any) -> requests.Response:
        """The answer to a GET request; redirects are not followed."""
        return self._request("GET", page, params=query)

    def post(self, page: str, **form: Any) -> requests.Response:
        """The answer to a POST request with exactly this form."""
        return self._request("POST", page, data=form)

    def see(self, page: str, **query: Any) -> lxml.html.HtmlElement:
        """A page as parsed HTML."""
        return parsed(self.get(page, **query))

    def form(self, page: str, **query: Any) -> dict[str, Any]:
        """The fields of a page's form, with the values that they hold."""
        return form_of(self.see(page, **query))

    def submit(self, page: str, form: dict[str, Any]) -> requests.Response:
        """The answer to a form that was filled in."""
        return self.post(page, **form)

    def authenticator(self) -> str:
        """The proof that a form comes from this site."""
        return self.form("@@manage-service-keys-issue")["_authenticator"]

    def message(self, response: requests.Response) -> str:
        """The status message on the list that a response leads to."""
        assert response.status_code == 302, response.status_code
        page = response.headers["Location"].rpartition("/")[2]
        assert page in ("@@manage-service-keys", "@@manage-personal-access-tokens")
        (message,) = self.see(page).cssselect(".portalMessage")
        return text_of(message)

    def _request(self, method: str, page: str, **kwargs: Any) -> requests.Response:
        url = f"{self.site.url}/{page}"
        return self.session.request(
            method, url, allow_redirects=False, timeout=60, **kwargs
        )


def parsed(response: requests.Response) -> lxml.html.HtmlElement:
    """The HTML of a response that is a page."""
    assert response.status_code == 200, response.status_code
    return lxml.html.fromstring(response.text)


def form_of(html: lxml.html.HtmlElement) -> dict[str, Any]:
    """The fields of the form in the content of a page."""
    (form,) = html.cssselect("#content-core form")
    return dict(form.form_values())


def text_of(html: lxml.html.HtmlElement) -> str:
    """The text of an element, with single spaces."""
    return " ".join(html.text_content().split())


@pytest.fixture
def visitor(site: Any) -> Callable[..., Visitor]:
    """Makes a user of the site with some roles."""

    def make(user_id: str, *roles: str) -> Visitor:
        site.add_user(user_id, *roles)
        return Visitor(site, user_id)

    return make


@pytest.fixture
def owner(visitor: Callable[..., Visitor]) -> Visitor:
    """A user who may have service keys, and no more than that."""
    return visitor("owner", "Site Administrator")


@pytest.fixture
def other(visitor: Callable[..., Visitor]) -> Visitor:
    """Another such user."""
    return visitor("other", "Site Administrator")


@pytest.fixture
def root_user(site: Any, site_owner_auth: tuple[str, str]) -> Visitor:
    """A Manager of the Zope root."""
    return Visitor(site, *site_owner_auth)


@pytest.fixture
def read() -> Callable[[requests.Response], str]:
    """Reads the content of a page, as text with single spaces."""

    def read(response: requests.Response) -> str:
        (content,) = parsed(response).cssselect("#content")
        return text_of(content)

    return read


@pytest.fixture
def new_key(site: Any) -> Callable[..., dict[str, Any]]:
    """Issues a key to the owner, or to another user who exists."""

    def new_key(owner: str = "owner", **options: Any) -> dict[str, Any]:
        return site.issue(owner, algorithm="ES256", **options)

    return new_key


@pytest.fixture
def new_token(site: Any) -> Callable[..., IssuedPersonalAccessToken]:
    """Issues a personal access token to the owner, or to another user who exists."""

    def new_token(owner: str = "owner", **options: Any) -> IssuedPersonalAccessToken:
        return site.issue_personal_access_token(owner, **options)

    return new_token


def downloaded(response: requests.Response) -> dict[str, Any]:
    """The keyfile that the page offers."""
    html = lxml.html.fromstring(response.text)
    link = html.xpath("//a[@download]/@href")[0]
    return json.loads(base64.b64decode(link.partition(",")[2]))
