"""Who gets which answer on which route: written by hand, one line for each."""

from collections.abc import Callable
from typing import Any

import pytest


#: The order of the columns. Each key below is the owner's.
WHO = (
    "anonymous",
    "member",
    "owner",
    "other",
    "administrator",
    "manager",
    "root_user",
    "token_holder",
)

ISSUE = {"title": "New", "algorithm": "ES256"}
ISSUE_FOR_OWNER = {**ISSUE, "owner": "owner"}
RENAME = {"title": "Other"}
TIGHTEN = {"ip_ranges": "192.0.2.1"}
ROTATE = {"overlap": 0, "algorithm": "ES256"}

ROUTES = [
    ("GET", "", None, "401 401 200 200 200 200 403 403"),
    ("GET", "?scope=all", None, "401 401 403 403 200 200 200 403"),
    ("GET", "/{key}", None, "401 401 200 404 200 200 200 403"),
    ("GET", "/{key}/usage", None, "401 401 200 404 200 200 200 403"),
    ("GET", "/{key}/rotate", None, "401 401 404 404 404 404 404 403"),
    ("GET", "/unknown", None, "401 401 404 404 404 404 404 403"),
    ("POST", "", ISSUE, "401 401 201 201 201 201 403 403"),
    ("POST", "", ISSUE_FOR_OWNER, "401 401 201 403 403 201 201 403"),
    ("POST", "", {"nonsense": 1}, "401 401 400 400 400 400 400 403"),
    ("POST", "/{key}", ISSUE, "401 401 404 404 404 404 404 403"),
    ("POST", "/{key}/rotate", ROTATE, "401 401 200 404 403 200 200 403"),
    ("POST", "/unknown/rotate", ROTATE, "401 401 404 404 404 404 404 403"),
    ("PUT", "", ISSUE, "401 401 404 404 404 404 404 403"),
    ("PUT", "/owner/new", ISSUE, "401 401 201 403 403 201 201 403"),
    ("PUT", "/owner/named", ISSUE, "401 401 200 403 403 200 200 403"),
    ("PUT", "/nobody/new", ISSUE, "401 401 403 403 403 400 400 403"),
    ("PATCH", "", RENAME, "401 401 404 404 404 404 404 403"),
    ("PATCH", "/{key}", RENAME, "401 401 204 404 400 204 204 403"),
    ("PATCH", "/{key}", TIGHTEN, "401 401 204 404 204 204 204 403"),
    ("PATCH", "/unknown", RENAME, "401 401 404 404 404 404 404 403"),
    ("DELETE", "", None, "401 401 404 404 404 404 404 403"),
    ("DELETE", "/{key}", None, "401 401 204 404 204 204 204 403"),
    ("DELETE", "/unknown", None, "401 401 404 404 404 404 404 403"),
]
CASES = [
    pytest.param(*route[:3], who, int(status), id=f"{route[0]} {route[1]} {who}")
    for route in ROUTES
    for who, status in zip(WHO, route[3].split(), strict=True)
]


@pytest.fixture
def key(owner: Any, new_key: Any) -> str:
    """A key of the owner that has a name."""
    client_id: str = new_key(name="named")
    return client_id


@pytest.fixture
def act_as(
    request: Any, site: Any, key: str, client: Callable[..., Any]
) -> Callable[[str], Any]:
    """Makes a client that acts as somebody."""

    def act_as(who: str) -> Any:
        if who == "anonymous":
            return type(request.getfixturevalue("root_user"))(site)
        if who == "member":
            return client("member", "Member")
        if who == "token_holder":
            anonymous = act_as("anonymous")
            token = site.token(site.issue("token-manager", algorithm="ES256"))
            anonymous.session.headers["Authorization"] = f"Bearer {token}"
            return anonymous
        return request.getfixturevalue(who)

    return act_as


@pytest.mark.parametrize("method, path, members, who, status", CASES)
def test_everybody_gets_exactly_what_they_may(
    act_as: Any,
    key: str,
    snapshot: Any,
    method: str,
    path: str,
    members: Any,
    who: str,
    status: int,
) -> None:
    somebody = act_as(who)
    before = snapshot()
    response = somebody.request(method, path.format(key=key), json=members)
    assert response.status_code == status, response.text
    assert response.headers["Cache-Control"] == "no-store"
    changed = snapshot() != before
    assert changed == (method != "GET" and status < 300)
    if status >= 400:
        assert_is_refusal(response)


def test_who_lacks_the_permission_is_answered_as_by_plone_restapi(
    site: Any, act_as: Any
) -> None:
    for who in ("anonymous", "member"):
        session = act_as(who).session
        ours = session.get(f"{site.url}/@service-keys", timeout=60)
        theirs = session.get(f"{site.url}/@controlpanels", timeout=60)
        assert ours.status_code == theirs.status_code == 401
        assert ours.json().keys() == theirs.json().keys()
        assert ours.json()["type"] == theirs.json()["type"]
        name = "WWW-Authenticate"
        assert ours.headers[name] == theirs.headers[name]


def test_the_endpoint_is_gone_where_the_package_is_not_installed(
    site: Any, manager: Any
) -> None:
    site.portal.portal_setup.runAllImportStepsFromProfile(
        "profile-pas.plugins.tokenauth:uninstall"
    )
    site.commit()
    assert manager.get().status_code == 404
    assert manager.post(title="A").status_code == 404


def assert_is_refusal(response: Any) -> None:
    """The answer is JSON with a type and a message, and shows no key."""
    document = response.json()
    assert document["type"]
    assert document["message"]
    assert "client_id" not in response.text
