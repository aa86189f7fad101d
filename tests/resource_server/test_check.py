"""The check endpoint answers who makes a request."""

from typing import Any

import pytest


PASSWORD = "correct-horse-battery-1"
PATH = "/@@tokenauth-check"


def test_nobody_is_401_with_a_challenge(site: Any) -> None:
    answer = site.get(PATH)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer ")
    assert "X-Plone-User" not in answer.headers


def test_a_token_is_204_with_its_user_and_scopes(site: Any) -> None:
    answer = site.get(PATH, site.personal_access_token())
    assert (answer.status_code, answer.text) == (204, "")
    assert answer.headers["X-Plone-User"] == "owner"
    assert answer.headers["X-Plone-Scopes"] == "plone.read plone.write"
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_person_is_204_without_scopes(site: Any) -> None:
    site.add_user("person")
    answer = site.get(f"{PATH}?scope=plone.admin", auth=("person", PASSWORD))
    assert answer.status_code == 204
    assert answer.headers["X-Plone-User"] == "person"
    assert "X-Plone-Scopes" not in answer.headers


def test_a_token_that_is_not_valid_is_401(site: Any) -> None:
    token = site.personal_access_token()
    assert site.get(PATH, token[:-1]).status_code == 401


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("scope=plone.write", 204),
        ("scope=plone.admin", 403),
        ("scope=plone.write&scope=plone.write", 403),
        ("group=Reviewers", 204),
        ("group=Administrators", 403),
        ("scope=plone.write&group=Administrators", 403),
    ],
)
def test_a_token_needs_the_scope_and_the_group_that_are_asked_for(
    site: Any, query: str, status: int
) -> None:
    token = site.personal_access_token()
    site.portal.portal_groups.addPrincipalToGroup("owner", "Reviewers")
    site.commit()
    assert site.get(f"{PATH}?{query}", token).status_code == status
