"""Tokens in a header of their own, beside a proxy's Basic."""

from App.config import getConfiguration
from pas.plugins.tokenauth.site.subscribers import check_configuration
from pas.plugins.tokenauth.web.tokenheader import token_header
from pas.plugins.tokenauth.web.tokenheader import variable_of
from typing import Any
from zope.component import getGlobalSiteManager
from ZPublisher.interfaces import IPubAfterTraversal

import pytest
import requests


CHECK = "/@@tokenauth-check"
HEADER = "X-Plone-Token"
PASSWORD = "correct-horse-battery-1"
PROXY = ("proxy", "of-the-proxy")


@pytest.fixture
def named(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Lets zope.conf name a header."""

    def named(header: str) -> None:
        products = {"pas.plugins.tokenauth": {"token-header": header}}
        monkeypatch.setattr(
            getConfiguration(), "product_config", products, raising=False
        )

    return named


@pytest.fixture
def token(site: Any, named: Any) -> str:
    """A personal access token, where the header is named."""
    named(HEADER)
    return site.personal_access_token()


def ask(site: Any, value: str, path: str = CHECK, **kwargs: Any) -> requests.Response:
    headers = {HEADER: value, **kwargs.pop("headers", {})}
    return site.get(path, headers=headers, **kwargs)


def test_no_header_is_named_by_default(site: Any, named: Any) -> None:
    assert token_header() == ""
    assert ask(site, site.personal_access_token()).status_code == 401


@pytest.mark.parametrize("value", ["{}", "Bearer {}", "bearer {}"])
def test_a_token_is_found_in_the_header(site: Any, token: str, value: str) -> None:
    response = ask(site, value.format(token))
    assert response.status_code == 204
    assert response.headers["X-Plone-User"] == "owner"


def test_an_access_token_is_found_in_the_header(site: Any, token: str) -> None:
    assert ask(site, site.token(site.issue())).status_code == 204


def test_the_basic_of_a_proxy_stands_beside_it(site: Any, token: str) -> None:
    assert ask(site, token, auth=PROXY).status_code == 204


def test_a_user_of_the_site_in_basic_is_not_who_asks(site: Any, token: str) -> None:
    """One request has one identity: that of the token."""
    site.add_user("other", "Manager")
    response = ask(site, token, auth=("other", PASSWORD))
    assert response.headers["X-Plone-User"] == "owner"


def test_two_tokens_are_refused(site: Any, token: str) -> None:
    response = ask(site, token, token=token)
    assert response.status_code == 401
    assert response.json()["error_description"] == "The request carries two tokens"


@pytest.mark.parametrize("damage", ["{}x", "{0},{0}", "Token {}", "ptp_short"])
def test_a_damaged_token_is_refused(site: Any, token: str, damage: str) -> None:
    response = ask(site, damage.format(token), auth=PROXY)
    assert response.status_code == 401
    assert response.json()["error"] == "invalid_token"


def test_what_is_no_token_of_ours_is_left_to_others(site: Any, token: str) -> None:
    seen = _environment(site, lambda: ask(site, "of somebody else"))
    assert seen["HTTP_X_PLONE_TOKEN"] == "of somebody else"
    site.add_user("other", "Manager")
    response = ask(site, "of somebody else", auth=("other", PASSWORD))
    assert response.headers["X-Plone-User"] == "other"


def test_nobody_else_sees_the_token(site: Any, token: str) -> None:
    seen = _environment(site, lambda: ask(site, token, auth=PROXY))
    assert HEADER.lower() not in str(seen).lower().replace("_", "-")
    assert token not in str(seen)


@pytest.mark.parametrize("endpoint", ["@@oauth2-introspect", "@@oauth2-token"])
def test_endpoints_do_not_read_it_and_hide_it(
    site: Any, token: str, endpoint: str
) -> None:
    def post() -> None:
        answer = requests.post(
            f"{site.url}/{endpoint}",
            data={"token": token},
            headers={HEADER: token},
            timeout=30,
        )
        assert answer.status_code in (400, 401)

    assert token not in str(_environment(site, post))


def test_a_request_with_the_header_writes_as_one_with_bearer(
    site: Any, token: str
) -> None:
    """Browsers do not send it by themselves, so no page can forge it."""
    response = site.request(
        "POST",
        headers={HEADER: token, "Accept": "application/json"},
        json={"@type": "Document", "title": "By the header"},
    )
    assert response.status_code == 201


def test_caches_keep_answers_apart_by_both_headers(site: Any, token: str) -> None:
    assert "X-Plone-Token" in ask(site, token, "/").headers["Vary"]
    varies = [each.strip() for each in site.get("/").headers["Vary"].split(",")]
    assert {"Authorization", "X-Plone-Token"} <= set(varies)


def test_without_the_header_answers_vary_by_one(site: Any) -> None:
    assert "X-Plone-Token" not in site.get("/").headers["Vary"]


@pytest.mark.parametrize("header", ["x-plone-token", "X-A-1"])
def test_a_name_is_one_of_a_header(named: Any, header: str) -> None:
    named(f" {header} ")
    assert token_header() == header
    assert variable_of("X-Plone-Token") == "HTTP_X_PLONE_TOKEN"


@pytest.mark.parametrize(
    "header",
    ["Authorization", "Cookie", "X-Forwarded-For", "X-Real-IP", "X-", "X-A B", "X_A"],
)
def test_zope_does_not_start_with_another(named: Any, header: str) -> None:
    named(header)
    with pytest.raises(ValueError, match="must be like X-Plone-Token"):
        check_configuration(None)


def _environment(site: Any, act: Any) -> dict[str, Any]:
    """What everybody sees of the request that something makes."""
    seen: dict[str, Any] = {}

    def note(event: IPubAfterTraversal) -> None:
        request = event.request
        seen.update(request.environ, auth=request._auth, other=dict(request.other))

    registry = getGlobalSiteManager()
    registry.registerHandler(note, (IPubAfterTraversal,))
    try:
        act()
    finally:
        registry.unregisterHandler(note, (IPubAfterTraversal,))
    return seen
