"""Who gets which answer on which route: written by hand, one line for each."""

from collections.abc import Callable
from pas.plugins.tokenauth.permissions import MANAGE_OWN_PERSONAL_ACCESS_TOKENS
from typing import Any

import pytest


#: The order of the columns. Each key and token below is the owner's.
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
TIGHTEN = {"ip_ranges": ["192.0.2.1"]}
NARROW = {"scopes": ["plone.read"]}
WIDEN = {"scopes": ["plone.write"]}
ROTATE = {"overlap": 0, "algorithm": "ES256"}
ISSUE_TOKEN = {"title": "New", "expires": "2099-12-31"}
ISSUE_TOKEN_FOR_OWNER = {**ISSUE_TOKEN, "owner": "owner"}

KEY_ROUTES = [
    ("GET", "", None, "401 401 200 200 200 200 403 403"),
    ("GET", "?whose=all", None, "401 401 403 403 200 200 200 403"),
    ("GET", "/{key}", None, "401 401 200 404 200 200 200 403"),
    ("GET", "/{token}", None, "401 401 404 404 404 404 404 403"),
    ("GET", "/{key}/usage", None, "401 401 200 404 200 200 200 403"),
    ("GET", "/{token}/usage", None, "401 401 404 404 404 404 404 403"),
    ("GET", "/{key}/rotate", None, "401 401 404 404 404 404 404 403"),
    ("GET", "/unknown", None, "401 401 404 404 404 404 404 403"),
    ("POST", "", ISSUE, "401 401 201 201 201 201 403 403"),
    ("POST", "", ISSUE_FOR_OWNER, "401 401 201 403 403 201 201 403"),
    ("POST", "", {"nonsense": 1}, "401 401 400 400 400 400 400 403"),
    ("POST", "/{key}", ISSUE, "401 401 404 404 404 404 404 403"),
    ("POST", "/{key}/rotate", ROTATE, "401 401 200 404 403 200 200 403"),
    ("POST", "/{token}/rotate", ROTATE, "401 401 404 404 404 404 404 403"),
    ("POST", "/unknown/rotate", ROTATE, "401 401 404 404 404 404 404 403"),
    ("PUT", "", ISSUE, "401 401 404 404 404 404 404 403"),
    ("PUT", "/owner/new", ISSUE, "401 401 201 403 403 201 201 403"),
    ("PUT", "/owner/named", ISSUE, "401 401 200 403 403 200 200 403"),
    ("PUT", "/nobody/new", ISSUE, "401 401 403 403 403 400 400 403"),
    ("PATCH", "", RENAME, "401 401 404 404 404 404 404 403"),
    ("PATCH", "/{key}", RENAME, "401 401 204 404 400 204 204 403"),
    ("PATCH", "/{key}", TIGHTEN, "401 401 204 404 204 204 204 403"),
    ("PATCH", "/{key}", NARROW, "401 401 204 404 204 204 204 403"),
    ("PATCH", "/{token}", TIGHTEN, "401 401 404 404 404 404 404 403"),
    ("PATCH", "/unknown", RENAME, "401 401 404 404 404 404 404 403"),
    ("DELETE", "", None, "401 401 404 404 404 404 404 403"),
    ("DELETE", "/{key}", None, "401 401 204 404 204 204 204 403"),
    ("DELETE", "/{token}", None, "401 401 404 404 404 404 404 403"),
    ("DELETE", "/unknown", None, "401 401 404 404 404 404 404 403"),
]
TOKEN_ROUTES = [
    ("GET", "", None, "401 401 200 200 200 200 403 403"),
    ("GET", "?whose=all", None, "401 401 403 403 200 200 200 403"),
    ("GET", "/{token}", None, "401 401 200 404 200 200 200 403"),
    ("GET", "/{key}", None, "401 401 404 404 404 404 404 403"),
    ("GET", "/{token}/usage", None, "401 401 200 404 200 200 200 403"),
    ("GET", "/{key}/usage", None, "401 401 404 404 404 404 404 403"),
    ("GET", "/{token}/nonsense", None, "401 401 404 404 404 404 404 403"),
    ("GET", "/unknown", None, "401 401 404 404 404 404 404 403"),
    ("POST", "", ISSUE_TOKEN, "401 401 201 201 201 201 403 403"),
    ("POST", "", ISSUE_TOKEN_FOR_OWNER, "401 401 201 403 403 201 201 403"),
    ("POST", "", {"nonsense": 1}, "401 401 400 400 400 400 400 403"),
    ("POST", "/{token}", ISSUE_TOKEN, "401 401 404 404 404 404 404 403"),
    ("POST", "/{token}/rotate", {"overlap": 0}, "401 401 200 404 403 200 200 403"),
    ("POST", "/{key}/rotate", ROTATE, "401 401 404 404 404 404 404 403"),
    ("PATCH", "", RENAME, "401 401 404 404 404 404 404 403"),
    ("PATCH", "/{token}", RENAME, "401 401 204 404 400 204 204 403"),
    ("PATCH", "/{token}", TIGHTEN, "401 401 204 404 204 204 204 403"),
    ("PATCH", "/{token}", WIDEN, "401 401 204 404 400 204 204 403"),
    ("PATCH", "/{key}", TIGHTEN, "401 401 404 404 404 404 404 403"),
    ("PATCH", "/unknown", RENAME, "401 401 404 404 404 404 404 403"),
    ("DELETE", "", None, "401 401 404 404 404 404 404 403"),
    ("DELETE", "/{token}", None, "401 401 204 404 204 204 204 403"),
    ("DELETE", "/{key}", None, "401 401 404 404 404 404 404 403"),
    ("DELETE", "/unknown", None, "401 401 404 404 404 404 404 403"),
]
ENDPOINTS = {"/@service-keys": KEY_ROUTES, "/@personal-access-tokens": TOKEN_ROUTES}
CASES = [
    pytest.param(
        *(endpoint, *route[:3], who, int(status)),
        id=f"{route[0]} {endpoint}{route[1]} {who}",
    )
    for endpoint, routes in ENDPOINTS.items()
    for route in routes
    for who, status in zip(WHO, route[3].split(), strict=True)
]


@pytest.fixture
def key(owner: Any, new_key: Any) -> str:
    """A key of the owner that has a name."""
    return new_key(name="named", scopes=("plone.write",))


@pytest.fixture
def token(owner: Any, new_token: Any) -> str:
    """A token of the owner that may only read."""
    return new_token()


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


@pytest.mark.long
@pytest.mark.parametrize("endpoint, method, path, members, who, status", CASES)
def test_everybody_gets_exactly_what_they_may(
    act_as: Any,
    key: str,
    token: str,
    snapshot: Any,
    endpoint: str,
    method: str,
    path: str,
    members: Any,
    who: str,
    status: int,
) -> None:
    somebody = act_as(who).at(endpoint)
    before = snapshot()
    path = path.format(key=key, token=token)
    response = somebody.request(method, path, json=members)
    assert response.status_code == status, response.text
    assert response.headers["Cache-Control"] == "no-store"
    changed = snapshot() != before
    assert changed == (method != "GET" and status < 300)
    if status >= 400:
        assert_is_refusal(response)


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_a_credential_of_somebody_else_is_answered_like_a_missing_one(
    other: Any, key: str, token: str, endpoint: str
) -> None:
    somebody = other.at(endpoint)
    for path, request in (
        ("", {"method": "GET"}),
        ("/usage", {"method": "GET"}),
        ("", {"method": "PATCH", "json": {"title": "Mine"}}),
        ("", {"method": "PATCH", "json": {"title": 1}}),
        ("", {"method": "DELETE"}),
    ):
        answers = {
            (response.status_code, response.text)
            for response in (
                somebody.request(path=f"/{credential_id}{path}", **request)
                for credential_id in (key, token, "svc-unknown", "pat-unknown")
            )
        }
        assert len(answers) == 1


@pytest.mark.parametrize("as_password", [False, True])
@pytest.mark.parametrize("scope", ["plone.read", "plone.write"])
@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_a_personal_access_token_cannot_be_used_to_get_more_credentials(
    site: Any,
    manager: Any,
    issue_token: Any,
    snapshot: Any,
    endpoint: str,
    scope: str,
    as_password: bool,
) -> None:
    site.plugin.personal_access_tokens_as_passwords = True
    issued = issue_token("manager", scopes=(scope,))
    program = type(manager)(site, endpoint=endpoint)
    if as_password:
        program.session.auth = ("manager", issued.token)
    else:
        program.session.headers["Authorization"] = f"Bearer {issued.token}"
    assert program.session.get(f"{site.url}/@users/manager").status_code == 200
    before = snapshot()
    own = f"/{issued.credential.credential_id}"
    responses = [
        program.get(),
        program.get(own),
        program.post(**ISSUE_TOKEN),
        program.patch(own, scopes=["plone.write"]),
        program.delete(own),
    ]
    assert [response.status_code for response in responses] == [403] * 5
    assert snapshot() == before


def test_the_permission_for_keys_is_none_for_tokens(client: Any, site: Any) -> None:
    somebody = client("somebody", "Contributor")
    site.portal.manage_permission(MANAGE_OWN_PERSONAL_ACCESS_TOKENS, ["Manager"])
    site.commit()
    assert somebody.get().status_code == 200
    assert somebody.tokens.get().status_code == 401
    assert somebody.tokens.post(**ISSUE_TOKEN).status_code == 401


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_a_user_without_the_permission_is_answered_as_by_plone_restapi(
    site: Any, act_as: Any, endpoint: str
) -> None:
    for who in ("anonymous", "member"):
        session = act_as(who).session
        ours = session.get(f"{site.url}{endpoint}", timeout=60)
        theirs = session.get(f"{site.url}/@controlpanels", timeout=60)
        assert ours.status_code == theirs.status_code == 401
        assert ours.json().keys() == theirs.json().keys()
        assert ours.json()["type"] == theirs.json()["type"]
        # They differ in what was asked for, which the challenge names.
        challenges = [
            answer.headers["WWW-Authenticate"].replace(path, "")
            for answer, path in ((ours, endpoint), (theirs, "/@controlpanels"))
        ]
        assert challenges[0] == challenges[1]


def test_the_endpoints_are_gone_where_the_package_is_not_installed(
    site: Any, manager: Any
) -> None:
    site.portal.portal_setup.runAllImportStepsFromProfile(
        "profile-pas.plugins.tokenauth:uninstall"
    )
    site.commit()
    for endpoint in (manager, manager.tokens):
        assert endpoint.get().status_code == 404
        assert endpoint.post(title="A").status_code == 404


def assert_is_refusal(response: Any) -> None:
    """The answer is JSON with a type and a message, and shows no credential."""
    document = response.json()
    assert document["type"]
    assert document["message"]
    assert "client_id" not in response.text
    assert "token_id" not in response.text
