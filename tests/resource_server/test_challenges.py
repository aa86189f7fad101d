"""WWW-Authenticate as it comes over the wire, one value for each header line."""

from typing import Any

import pytest
import requests


def challenges(answer: requests.Response) -> list[str]:
    """What follows each header; requests itself would join them."""
    return list(answer.raw.headers.getlist("WWW-Authenticate"))


@pytest.mark.parametrize("accept", ["*/*", "application/json", "text/html"])
def test_a_refused_token_gets_one_challenge(site: Any, accept: str) -> None:
    """RS-12, RS-13, RS-14: none for Basic, which makes browsers ask for a password."""
    for path in ("", "/++api++/@users/owner"):
        answer = site.get(path, "pta_x", headers={"Accept": accept})
        assert answer.status_code == 401
        (challenge,) = challenges(answer)
        assert challenge.startswith('Bearer realm="')
        assert challenge.count("error=") == 1


@pytest.mark.parametrize("path", ["/@users/owner", "/++api++/@users/owner"])
@pytest.mark.parametrize("header", [{}, {"Authorization": "Basic eDp5"}])
def test_a_program_without_a_token_gets_one_challenge(
    site: Any, path: str, header: dict[str, str]
) -> None:
    """RS-07, RS-08, RS-14."""
    answer = site.api("GET", path, headers=header)
    assert answer.status_code == 401
    (challenge,) = challenges(answer)
    assert challenge.startswith('Bearer realm="')
    assert "error" not in challenge


@pytest.mark.parametrize(
    ("method", "scope"),
    [
        ("GET", "plone.read"),
        ("POST", "plone.read plone.write"),
        ("PATCH", "plone.read plone.write"),
        ("DELETE", "plone.read plone.write"),
    ],
)
@pytest.mark.parametrize("token", [None, "pta_x"])
def test_a_challenge_names_what_the_request_needs(
    site: Any, method: str, scope: str, token: str | None
) -> None:
    """DR-35: and no more, whatever a client could have."""
    site.portal.invokeFactory("Folder", "news")
    for permission in ("View", "Modify portal content"):
        site.portal.news.manage_permission(permission, ["Manager"])
    site.commit()
    answer = site.api(method, "/++api++/news", token, json={})
    assert answer.status_code == 401
    (challenge,) = challenges(answer)
    assert f'scope="{scope}"' in challenge
    assert '/oauth-protected-resource/++api++/news"' in challenge


def test_a_service_that_answers_401_by_itself_gets_a_challenge(site: Any) -> None:
    """RS-07, RS-14: some of plone.restapi raise nothing."""
    site.add_user("alice")
    answer = site.api("PATCH", "/@users/alice", json={"fullname": "Alice"})
    assert answer.status_code == 401
    (challenge,) = challenges(answer)
    assert 'scope="plone.read plone.write"' in challenge
    assert 'oauth-protected-resource/@users/alice"' in challenge
