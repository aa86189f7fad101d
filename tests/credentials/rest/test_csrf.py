"""A browser that is tricked into a request changes nothing; a program is let alone."""

from collections.abc import Iterator
from typing import Any

import pytest
import re
import requests


PASSWORD = "correct-horse-battery-1"
KEY, TOKEN = "/@service-keys", "/@personal-access-tokens"
WRITES = [
    ("POST", KEY, {"title": "New", "algorithm": "ES256"}, 201),
    ("POST", f"{KEY}/{{key}}/rotate", {"overlap": 0, "algorithm": "ES256"}, 200),
    ("PUT", f"{KEY}/owner/new", {"title": "New", "algorithm": "ES256"}, 201),
    ("PUT", f"{KEY}/owner/named", {"title": "New"}, 200),
    ("PATCH", f"{KEY}/{{key}}", {"title": "New"}, 204),
    ("POST", f"{KEY}/{{key}}/disable", None, 200),
    ("DELETE", f"{KEY}/{{key}}", None, 204),
    ("POST", TOKEN, {"title": "New", "expires": "2099-12-31"}, 201),
    ("PATCH", f"{TOKEN}/{{token}}", {"title": "New"}, 204),
    ("DELETE", f"{TOKEN}/{{token}}", None, 204),
]
ACTIONS = ("rotate", "disable", "enable")
PARAMETERS = "method, path, members, status"


@pytest.fixture
def ids(owner: Any, new_key: Any, new_token: Any) -> dict[str, str]:
    """The ids of a key and a token of the owner."""
    return {"key": new_key(name="named"), "token": new_token()}


@pytest.fixture
def browser(site: Any, owner: Any) -> Iterator[Any]:
    """The owner, logged in with a cookie, as a script of this site would be."""
    browser = type(owner)(site)
    form = {"__ac_name": "owner", "__ac_password": PASSWORD, "buttons.login": "Log in"}
    browser.session.headers["Accept"] = "text/html"
    browser.session.post(f"{site.url}/login", data=form, timeout=60)
    assert browser.session.cookies.get("__ac")
    browser.session.headers["Accept"] = "application/json"
    yield browser
    browser.session.close()


@pytest.fixture
def authenticator(site: Any, browser: Any) -> str:
    """The authenticator that every page of the site has for its scripts."""
    page = browser.session.get(site.url, headers={"Accept": "text/html"}, timeout=60)
    found = re.search('data-token="([0-9a-f]{40})"', page.text)
    assert found is not None
    return found[1]


def test_reading_needs_no_authenticator(browser: Any, ids: dict[str, str]) -> None:
    for reader, credential_id in (
        (browser, ids["key"]),
        (browser.tokens, ids["token"]),
    ):
        assert reader.get().json()["items_total"] == 1
        assert reader.get(f"/{credential_id}").status_code == 200


@pytest.mark.parametrize(PARAMETERS, WRITES)
@pytest.mark.parametrize("authenticator", [None, "", "0" * 40])
def test_a_cookie_alone_changes_nothing(
    browser: Any,
    ids: dict[str, str],
    snapshot: Any,
    method: str,
    path: str,
    members: Any,
    status: int,
    authenticator: str | None,
) -> None:
    before = snapshot()
    headers = {} if authenticator is None else {"X-CSRF-TOKEN": authenticator}
    route = browser.at(path.format(**ids))
    response = route.request(method, json=members, headers=headers)
    assert response.status_code == 403
    assert response.json()["type"] == "Forbidden"
    assert snapshot() == before


@pytest.mark.parametrize(PARAMETERS, WRITES)
def test_a_script_of_this_site_changes_a_credential(
    browser: Any,
    ids: dict[str, str],
    snapshot: Any,
    authenticator: str,
    method: str,
    path: str,
    members: Any,
    status: int,
) -> None:
    before = snapshot()
    route = browser.at(path.format(**ids))
    headers = {"X-CSRF-TOKEN": authenticator}
    response = route.request(method, json=members, headers=headers)
    assert response.status_code == status, response.text
    assert snapshot() != before


@pytest.mark.parametrize(PARAMETERS, WRITES)
def test_a_program_with_the_log_in_token_of_the_api_needs_none(
    site: Any,
    owner: Any,
    ids: dict[str, str],
    snapshot: Any,
    method: str,
    path: str,
    members: Any,
    status: int,
) -> None:
    credentials = {"login": "owner", "password": PASSWORD}
    answer = site.api("POST", "/@login", json=credentials).json()
    program = type(owner)(site)
    program.session.headers["Authorization"] = f"Bearer {answer['token']}"
    before = snapshot()
    response = program.at(path.format(**ids)).request(method, json=members)
    assert response.status_code == status, response.text
    assert snapshot() != before


@pytest.mark.parametrize(
    "media_type", ["text/plain", "application/x-www-form-urlencoded", None]
)
@pytest.mark.parametrize(
    "path",
    [KEY, TOKEN, *(f"{KEY}/{{key}}/{each}" for each in ACTIONS)],
)
def test_a_password_that_a_browser_sends_by_itself_changes_nothing(
    site: Any,
    owner: Any,
    ids: dict[str, str],
    snapshot: Any,
    path: str,
    media_type: str | None,
) -> None:
    """What a foreign page can send without asking the site first (CORS)."""
    before = snapshot()
    headers = {} if media_type is None else {"Content-Type": media_type}
    response = requests.post(
        f"{site.url}/++api++{path.format(**ids)}",
        data=b'{"title": "New"}',
        headers={**headers, "Origin": "null"},
        auth=("owner", PASSWORD),
        timeout=60,
    )
    assert response.status_code == 403
    assert snapshot() == before


def test_a_program_with_a_password_needs_no_body(
    site: Any, owner: Any, ids: dict[str, str]
) -> None:
    """It names no origin, as browsers do."""
    url = f"{site.url}/++api++{KEY}/{ids['key']}"
    for name, status in (("disable", 200), ("enable", 200), ("rotate", 415)):
        answer = requests.post(f"{url}/{name}", auth=("owner", PASSWORD), timeout=60)
        assert answer.status_code == status
