"""UserInfo: who somebody is."""

from tests.openid.people import add_person
from tests.openid.people import token_of
from tests.plone_fixtures import PASSWORD
from typing import Any

import pytest
import requests


USERINFO = "/@@oauth2-userinfo"
EMAIL = {"email": "jane@example.org", "email_verified": False}


@pytest.fixture
def jane(provider: Any) -> Any:
    add_person(provider)
    return provider


def ask(site: Any, **kwargs: Any) -> requests.Response:
    return site.request("POST", USERINFO, **kwargs)


def test_an_application_learns_what_its_scopes_allow(jane: Any) -> None:
    """Conformance: UI-01, UI-05, UI-10, CS-05, CS-10."""
    response = jane.get(USERINFO, token_of(jane, scope="openid email"))
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["Cache-Control"] == "no-store"
    members = response.json()
    jane.sync()
    subject = jane.context.storage["subjects"].get("jane", "")
    assert members == {"sub": subject, **EMAIL}


def test_without_more_scopes_there_is_a_subject_alone(jane: Any) -> None:
    """Conformance: UI-13."""
    assert jane.get(USERINFO, token_of(jane)).json().keys() == {"sub"}


@pytest.mark.parametrize("scope", ["openid address", "openid phone"])
def test_scopes_that_say_nothing_here_are_no_error(jane: Any, scope: str) -> None:
    """Conformance: OC-09, CS-11, CS-12."""
    assert jane.get(USERINFO, token_of(jane, scope=scope)).json().keys() == {"sub"}


def test_all_scopes_of_the_specification_work_at_once(jane: Any) -> None:
    """Conformance: OC-09, CS-13."""
    scope = "openid profile email address phone"
    told = jane.get(USERINFO, token_of(jane, scope=scope)).json()
    assert told.keys() >= {"sub", "email", "email_verified"}


def test_a_header_of_a_post_request_carries_the_token(jane: Any) -> None:
    """With and without a body. Conformance: UI-01, CS-06."""
    token = token_of(jane)
    for kwargs in ({}, {"data": {"x": "y"}}, {"data": b"", "headers": {"X": "y"}}):
        assert jane.request("POST", USERINFO, token, **kwargs).status_code == 200


@pytest.mark.parametrize("data", ["", "access_token=x"])
def test_the_body_of_a_get_request_says_nothing(jane: Any, data: str) -> None:
    """Nor does its type, which some clients always send. Conformance: UI-01."""
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    asked = {"data": data, "headers": headers}
    assert jane.request("GET", USERINFO, token_of(jane), **asked).status_code == 200
    assert jane.request("GET", USERINFO, **asked).status_code == 401


def test_the_body_carries_the_token(jane: Any) -> None:
    """Conformance: UI-02, CS-07."""
    response = ask(jane, data={"access_token": token_of(jane)})
    assert response.status_code == 200
    assert response.json().keys() == {"sub"}


def test_a_token_is_sent_in_one_place(jane: Any) -> None:
    """Conformance: UI-03."""
    token = token_of(jane)
    both = jane.request("POST", USERINFO, token, data={"access_token": token})
    twice = ask(jane, data=[("access_token", token)] * 2)
    for response in (both, twice):
        assert response.status_code == 400
        assert response.json()["error"] == "invalid_request"


def test_a_token_in_the_uri_is_none(jane: Any) -> None:
    """Conformance: UI-04."""
    token = token_of(jane)
    response = jane.get(f"{USERINFO}?access_token={token}")
    assert response.status_code == 401
    response = ask(jane, data={"x": "y"}, params={"access_token": token})
    assert response.status_code == 400
    assert token not in response.text


def test_a_request_without_a_token_is_told_so(jane: Any) -> None:
    """Conformance: UI-06."""
    for method in ("GET", "POST"):
        response = jane.request(method, USERINFO)
        assert response.status_code == 401
        assert response.headers["WWW-Authenticate"] == 'Bearer realm="Plone"'


@pytest.mark.parametrize(
    "authorization",
    [
        "Bearer eyJhbGciOiJSUzI1NiJ9.e30.x",
        "Bearer pta_x",
        "Bearer pta_" + "0" * 49,
        "Token pta_" + "0" * 49,
        "Bearer x y",
    ],
)
def test_another_token_is_refused(jane: Any, authorization: str) -> None:
    """Conformance: UI-06, CR-16."""
    response = jane.get(USERINFO, headers={"Authorization": authorization})
    assert response.status_code == 401
    assert 'error="invalid_token"' in response.headers["WWW-Authenticate"]


def test_a_body_with_another_token_is_refused(jane: Any) -> None:
    """Conformance: CR-16, UI-06."""
    response = ask(jane, data={"access_token": "a.b.c"})
    assert response.status_code == 401
    assert 'error="invalid_token"' in response.headers["WWW-Authenticate"]


def test_a_token_without_the_scope_is_refused(jane: Any) -> None:
    """Conformance: UI-07."""
    keyfile = jane.issue("admin")
    others = [jane.token(keyfile), jane.personal_access_token("admin")]
    for token in (*others, token_of(jane, scope="email profile")):
        response = jane.get(USERINFO, token)
        assert response.status_code == 403
        challenge = response.headers["WWW-Authenticate"]
        assert 'error="insufficient_scope"' in challenge
        assert 'scope="openid"' in challenge


def test_a_user_who_is_gone_is_nobody(jane: Any) -> None:
    """Conformance: UI-08."""
    token = token_of(jane)
    jane.portal.acl_users.userFolderDelUsers(["jane"])
    jane.commit()
    response = jane.get(USERINFO, token)
    assert response.status_code == 401
    assert response.json()["error"] == "invalid_token"


def test_scripts_of_other_sites_may_ask(jane: Any) -> None:
    """Conformance: UI-11, CR-33; also where they are refused."""
    preflight = jane.request(
        "OPTIONS",
        USERINFO,
        headers={
            "Origin": "https://rp.example",
            "Access-Control-Request-Method": "GET",
            "Access-Control-Request-Headers": "authorization",
        },
    )
    assert preflight.status_code == 204
    assert "Authorization" in preflight.headers["Access-Control-Allow-Headers"]
    refused = jane.get(USERINFO, headers={"Origin": "https://rp.example"})
    for response in (preflight, refused):
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in response.headers


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_are_refused(jane: Any, method: str) -> None:
    """Conformance: UI-12."""
    response = jane.request(method, USERINFO, token_of(jane))
    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, POST"


def test_a_cookie_says_nothing_here(jane: Any) -> None:
    session = requests.Session()
    form = {"__ac_name": "jane", "__ac_password": PASSWORD, "buttons.login": "Log in"}
    session.post(f"{jane.url}/login", data=form)
    assert "__ac" in session.cookies
    response = session.get(jane.url + USERINFO)
    assert response.status_code == 401
    assert "Set-Cookie" not in response.headers


def test_there_is_no_userinfo_where_openid_is_off(jane: Any) -> None:
    """Conformance: OD-03."""
    token = token_of(jane)
    jane.plugin.openid_enabled = False
    jane.commit()
    assert jane.get(USERINFO, token).status_code == 404


def test_userinfo_is_told_over_https_alone(jane: Any) -> None:
    token = token_of(jane)
    jane.plugin.issuer = "https://www.example.org"
    jane.commit()
    for method in ("GET", "POST"):
        response = jane.request(
            method,
            USERINFO,
            token,
            headers={"Host": "www.example.org"},
        )
        assert response.status_code == 400
        assert "https" in response.json()["error_description"]


def test_it_is_at_one_place(jane: Any) -> None:
    """Conformance: UI-15."""
    jane.portal.invokeFactory("Folder", "folder")
    jane.commit()
    token = token_of(jane)
    assert jane.get(USERINFO, token).status_code == 200
    assert jane.get(f"/folder{USERINFO}", token).status_code == 404
