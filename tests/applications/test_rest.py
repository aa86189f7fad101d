"""``@applications``: the same as in Site Setup, for programs of administrators."""

from pas.plugins.tokenauth.core.tokens import digest
from tests.applications.registering import Register
from tests.applications.registering import URI
from typing import Any

import pytest


AUTH = ("boss", "correct-horse-battery-1")


@pytest.fixture
def boss(site: Any) -> Any:
    """Requests of a Manager to the endpoint."""
    site.add_user("boss", "Manager")

    def ask(method: str, path: str = "", body: Any = None) -> Any:
        return site.api(method, f"/@applications{path}", auth=AUTH, json=body)

    return ask


def test_an_application_is_registered_and_its_secret_is_in_the_answer(
    site: Any, boss: Any
) -> None:
    """Once; what else it says can be asked for at any time."""
    body = {
        "title": "Shop",
        "token_endpoint_auth_method": "client_secret_post",
        "redirect_uris": [URI],
        "scopes": ["plone.write"],
        "default_scopes": [],
    }
    answer = boss("POST", body=body)
    assert answer.status_code == 201, answer.text
    document = answer.json()
    secret = document.pop("client_secret")
    site.sync()
    application = site.context.storage.credential(document["client_id"])
    assert application.secrets[0].digest == digest(secret)
    assert {name: document[name] for name in body} == body
    assert document["expires"] is None and "owner" not in document
    again = boss("GET", f"/{document['client_id']}").json()
    assert again.items() <= document.items()
    assert secret not in boss("GET").text


def test_all_applications_are_listed(boss: Any, register: Register) -> None:
    """They are the site's, and nobody's own."""
    client_id = register().credential.client_id
    answer = boss("GET").json()
    assert [each["client_id"] for each in answer["items"]] == [client_id]


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("owner", "boss"),
        ("redirect_uris", URI),
        ("redirect_uris", [URI, URI]),
        ("token_endpoint_auth_method", "client_secret_jwt"),
        ("is_first_party", "yes"),
        ("runs_as", None),
        ("groups", ["nobody-is-in-it"]),
        ("public_key", ""),
        ("client_secret", "chosen by me"),
    ],
)
def test_what_cannot_be_used_is_refused(
    site: Any, boss: Any, member: str, value: Any
) -> None:
    """Nothing is registered, and the answer names the member."""
    answer = boss("POST", body={"title": "Shop", member: value})
    assert (answer.status_code, answer.json()["field"]) == (400, member)
    site.sync()
    assert list(site.context.storage["application"].all()) == []


def test_an_application_is_changed_rotated_and_revoked(
    site: Any, boss: Any, register: Register
) -> None:
    """By the verbs that every kind has."""
    path = f"/{register().credential.client_id}"
    assert boss("PATCH", path, {"runs_as": "boss"}).status_code == 204
    rotated = boss("POST", f"{path}/rotate", {"overlap": 0}).json()
    assert rotated["client_secret"].startswith("pts_")
    assert len(rotated["client_secrets"]) == 1
    assert boss("POST", f"{path}/disable", {}).json()["state"] == "disabled"
    assert boss("DELETE", path).status_code == 204
    assert boss("GET", path).json()["state"] == "revoked"


def test_a_key_is_no_part_of_a_rotation_of_a_secret(
    boss: Any, register: Register
) -> None:
    """And a public application has nothing to rotate."""
    path = f"/{register().credential.client_id}/rotate"
    answer = boss("POST", path, {"public_key": "x"})
    assert (answer.status_code, answer.json()["field"]) == (400, "public_key")
    public = register(authentication="none").credential.client_id
    assert boss("POST", f"/{public}/rotate", {}).status_code == 404


def test_an_application_is_not_transferred(boss: Any, register: Register) -> None:
    """It belongs to the site."""
    path = f"/{register().credential.client_id}/transfer"
    assert boss("POST", path, {"owner": "boss"}).status_code == 403
