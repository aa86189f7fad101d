"""A browser that is tricked into a request changes nothing; a program is let alone."""

from collections.abc import Iterator
from typing import Any

import pytest
import re
import requests


PASSWORD = "correct-horse-battery-1"
WRITES = [
    ("POST", "", {"title": "New", "algorithm": "ES256"}, 201),
    ("POST", "/{key}/rotate", {"overlap": 0, "algorithm": "ES256"}, 200),
    ("PUT", "/owner/new", {"title": "New", "algorithm": "ES256"}, 201),
    ("PUT", "/owner/named", {"title": "New"}, 200),
    ("PATCH", "/{key}", {"title": "New"}, 204),
    ("DELETE", "/{key}", None, 204),
]
PARAMETERS = "method, path, members, status"


@pytest.fixture
def key(owner: Any, new_key: Any) -> str:
    """A key of the owner."""
    client_id: str = new_key(name="named")
    return client_id


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


def test_reading_needs_no_authenticator(browser: Any, key: str) -> None:
    assert browser.get().json()["items_total"] == 1
    assert browser.get(f"/{key}").status_code == 200


@pytest.mark.parametrize(PARAMETERS, WRITES)
@pytest.mark.parametrize("authenticator", [None, "", "0" * 40])
def test_a_cookie_alone_changes_nothing(
    browser: Any,
    key: str,
    snapshot: Any,
    method: str,
    path: str,
    members: Any,
    status: int,
    authenticator: str | None,
) -> None:
    before = snapshot()
    headers = {} if authenticator is None else {"X-CSRF-TOKEN": authenticator}
    response = browser.request(
        method, path.format(key=key), json=members, headers=headers
    )
    assert response.status_code == 403
    assert response.json()["type"] == "Forbidden"
    assert snapshot() == before


@pytest.mark.parametrize(PARAMETERS, WRITES)
def test_a_script_of_this_site_changes_what_it_says(
    browser: Any,
    key: str,
    snapshot: Any,
    authenticator: str,
    method: str,
    path: str,
    members: Any,
    status: int,
) -> None:
    before = snapshot()
    response = browser.request(
        method,
        path.format(key=key),
        json=members,
        headers={"X-CSRF-TOKEN": authenticator},
    )
    assert response.status_code == status, response.text
    assert snapshot() != before


@pytest.mark.parametrize(PARAMETERS, WRITES)
def test_a_program_with_the_log_in_token_of_the_api_needs_none(
    site: Any,
    owner: Any,
    key: str,
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
    response = program.request(method, path.format(key=key), json=members)
    assert response.status_code == status, response.text
    assert snapshot() != before


@pytest.mark.parametrize(
    "media_type", ["text/plain", "application/x-www-form-urlencoded", None]
)
@pytest.mark.parametrize("path", ["", "/{key}/rotate"])
def test_a_password_that_a_browser_sends_by_itself_changes_nothing(
    site: Any, owner: Any, key: str, snapshot: Any, path: str, media_type: str | None
) -> None:
    """What a foreign page can send without asking the site first (CORS)."""
    before = snapshot()
    response = requests.post(
        f"{site.url}/++api++/@service-keys{path.format(key=key)}",
        data=b'{"title": "New", "overlap": 0}',
        headers={} if media_type is None else {"Content-Type": media_type},
        auth=("owner", PASSWORD),
        timeout=60,
    )
    assert response.status_code == 415
    assert snapshot() == before
