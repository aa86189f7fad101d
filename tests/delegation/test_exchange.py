"""Codes at the token endpoint, over HTTP: how clients send them, and all at once."""

from concurrent.futures import ThreadPoolExecutor
from pas.plugins.tokenauth.authorization_server.endpoints.token import TokenEndpoint
from tests.delegation.conftest import REDIRECT_URI
from tests.delegation.conftest import VERIFIER
from typing import Any
from ZODB.POSException import ConflictError
from ZPublisher.HTTPRequest import HTTPRequest

import pytest
import requests
import transaction


def check_token(site: Any, answer: requests.Response) -> str:
    """The token in a good answer, which opens the site as alice."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    members = answer.json()
    assert sorted(members) == ["access_token", "expires_in", "scope", "token_type"]
    token: str = members["access_token"]
    opened = site.api("GET", "/@users/alice", token)
    assert (opened.status_code, opened.json()["id"]) == (200, "alice")
    return token


def check_error(answer: requests.Response, error: str) -> None:
    assert answer.json()["error"] == error
    assert "access_token" not in answer.json()


def test_a_token_acts_as_the_person_within_the_scope(
    site: Any, browser: Any, redeem: Any
) -> None:
    """Conformance: CR-14, AE-19."""
    site.portal.invokeFactory("Folder", "notes")
    site.portal.notes.manage_setLocalRoles("alice", ["Editor", "Contributor"])
    site.commit()
    new = {"@type": "Document", "title": "A note"}
    reads = check_token(site, redeem(browser.code(scope="plone.read")))
    assert site.api("POST", "/notes", reads, json=new).status_code == 403
    writes = check_token(site, redeem(browser.code()))
    assert site.api("POST", "/notes", writes, json=new).status_code == 201


def test_a_public_client_may_send_an_empty_secret(
    site: Any, browser: Any, redeem: Any
) -> None:
    """Conformance: CR-04, CR-03."""
    check_token(site, redeem(browser.code(), client_secret=""))
    answer = requests.post(
        site.endpoint,
        data={
            "grant_type": "authorization_code",
            "code": browser.code(),
            "code_verifier": VERIFIER,
        },
        auth=("app-1", ""),
        timeout=30,
    )
    check_token(site, answer)


@pytest.mark.parametrize("client_id", ["APP-1", "app-1 ", " app-1", "app-1\0", "app"])
def test_a_client_is_known_by_its_exact_id(
    site: Any, browser: Any, redeem: Any, client_id: str
) -> None:
    """Conformance: CR-02: to its code, too."""
    code = browser.code()
    answer = redeem(code, client_id=client_id)
    assert answer.json()["error"] in ("invalid_client", "invalid_request")
    check_token(site, redeem(code))


def test_parameters_that_mean_nothing_are_ignored(
    site: Any, browser: Any, redeem: Any
) -> None:
    """Conformance: CR-08."""
    more = {"state": "x", "scope": "plone.read", "data": "None", "foo:int": "x"}
    check_token(site, redeem(browser.code(), **more))


@pytest.mark.parametrize("in_header", [True, False])
def test_a_confidential_client_proves_itself(
    site: Any, browser: Any, apps: Any, in_header: bool
) -> None:
    """Conformance: CR-01, CR-05, CR-06, CA-06, CS-32: before its code is looked at."""
    apps.change(
        is_public=False,
    )
    code = browser.code()
    data = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": REDIRECT_URI,
        "code_verifier": VERIFIER,
    }

    def send(secret: str) -> requests.Response:
        if in_header:
            return requests.post(
                site.endpoint, data=data, auth=("app-1", secret), timeout=30
            )
        more = {"client_id": "app-1", "client_secret": secret}
        return requests.post(site.endpoint, data={**data, **more}, timeout=30)

    for secret in ("wrong", ""):
        check_error(send(secret), "invalid_client")
    check_token(site, send("s3cret"))


def test_a_code_is_no_access_token(site: Any, browser: Any, redeem: Any) -> None:
    """Conformance: CR-16."""
    code = browser.code()
    for path in ("", "/@users/alice"):
        assert site.api("GET", path, code).status_code == 401
    check_token(site, redeem(code))


def test_no_other_grant_rides_on_a_yes(site: Any, browser: Any, apps: Any) -> None:
    """Conformance: CO-13."""
    browser.code()
    for grant_type in ("client_credentials", "refresh_token", "password"):
        answer = requests.post(
            site.endpoint,
            data={"grant_type": grant_type, "client_id": "app-1"},
            timeout=30,
        )
        assert answer.status_code == 400
        assert "access_token" not in answer.json()


def test_of_many_requests_with_one_code_one_gets_a_token(
    site: Any, browser: Any, redeem: Any
) -> None:
    """Conformance: CR-11."""
    code = browser.code()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: redeem(code), range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 7
    for answer in answers:
        if answer.status_code == 400:
            check_error(answer, "invalid_grant")


def test_an_exchange_that_conflicts_is_no_replay(
    site: Any, browser: Any, redeem: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Conformance: CR-12: the publisher repeats the request, which has come once."""
    came: list[Any] = []
    answer = TokenEndpoint.answer

    def answered(self: Any, prepared: Any) -> Any:
        members = answer(self, prepared)
        came.append(members)
        if len(came) == 1:
            transaction.get().addBeforeCommitHook(conflict)
        return members

    def conflict() -> None:
        raise ConflictError()

    monkeypatch.setattr(TokenEndpoint, "answer", answered)
    monkeypatch.setattr(HTTPRequest, "delay_retry", lambda request: None)
    code = browser.code()
    check_token(site, redeem(code))
    assert len(came) == 2
    check_error(redeem(code), "invalid_grant")


def test_a_script_in_a_page_exchanges_its_code(
    site: Any, browser: Any, redeem: Any
) -> None:
    """TE-24: the token endpoint is for scripts, also where it refuses."""
    origin = {"Origin": "https://app.example.org"}
    preflight = requests.options(
        site.endpoint,
        headers={
            **origin,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization, content-type",
        },
        timeout=30,
    )
    assert preflight.status_code == 204
    for code in (browser.code(), "x"):
        answer = redeem(code)
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in answer.headers


def test_user_ids_may_hold_any_character(site: Any, stranger: Any, redeem: Any) -> None:
    """Conformance: PL-13."""
    user_id = "zoë@example.org"
    site.add_user(user_id)
    stranger.log_in(user_id)
    answer = redeem(stranger.code())
    assert answer.status_code == 200
    token = answer.json()["access_token"]
    site.sync()
    (recorded,) = site.context.storage["authorization"].all()
    assert recorded.owner == user_id
    assert site.api("GET", "", token).status_code == 200


def test_uninstalling_leaves_no_authorization_behind(
    site: Any, browser: Any, redeem: Any
) -> None:
    """Conformance: PL-17: nor a token of one; the session of the person stays."""
    token = check_token(site, redeem(browser.code()))
    site.portal.portal_setup.runAllImportStepsFromProfile(
        "pas.plugins.tokenauth:uninstall"
    )
    site.commit()
    assert site.plugin is None
    assert browser.authorize().status_code == 404
    assert site.api("GET", "/@users/alice", token).status_code == 401
    assert "alice" in browser.get(f"{site.url}/@@personal-preferences").text
