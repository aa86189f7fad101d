"""Keys of other users: every page and every form refuses them, and nothing changes."""

from typing import Any

import lxml.html
import pytest


REFUSED = [
    ("GET", "@@manage-service-keys-edit", {"client_id": ...}),
    ("POST", "@@manage-service-keys-edit", {"client_id": ..., "title": "Mine"}),
    ("GET", "@@manage-service-keys-logs", {"client_id": ...}),
    ("POST", "@@manage-service-keys-logs", {"client_id": ...}),
    ("GET", "@@manage-service-keys-logs-csv", {"client_id": ...}),
    ("GET", "@@manage-service-keys-rotate", {"client_id": ...}),
    ("POST", "@@manage-service-keys-rotate", {"client_id": ..., "overlap": "0"}),
    ("GET", "@@manage-service-keys-revoke", {"client_ids:list": ...}),
    ("POST", "@@manage-service-keys-revoke", {"client_ids:list": ...}),
    (
        "POST",
        "@@manage-service-keys-revoke",
        {"client_ids:list": ..., "confirmed": "1"},
    ),
]


@pytest.mark.parametrize("method, page, form", REFUSED)
@pytest.mark.parametrize("whose", ["another user's", "nobody's"])
def test_a_key_of_somebody_else_is_refused(
    site: Any,
    owner: Any,
    other: Any,
    new_key: Any,
    method: str,
    page: str,
    form: dict[str, Any],
    whose: str,
) -> None:
    keyfile = new_key(title="A secret title")
    client_id = keyfile["client_id"] if whose == "another user's" else "svc-0"
    values = {name: client_id if v is ... else v for name, v in form.items()}
    if method == "GET":
        response = other.get(page, **values)
    else:
        response = other.post(page, _authenticator=other.authenticator(), **values)
    assert response.status_code == 403
    assert "A secret title" not in response.text
    key = site.service_key(keyfile)
    assert (key.title, key.revoked_at) == ("A secret title", None)


def test_revoking_is_all_or_nothing(
    site: Any, owner: Any, other: Any, new_key: Any
) -> None:
    mine = new_key("other")
    theirs = new_key("owner")
    response = other.post(
        "@@manage-service-keys-revoke",
        _authenticator=other.authenticator(),
        confirmed="1",
        **{"client_ids:list": [mine["client_id"], theirs["client_id"]]},
    )
    assert response.status_code == 403
    assert site.service_key(mine).revoked_at is None
    assert site.service_key(theirs).revoked_at is None


def test_the_list_holds_only_the_visitors_own_keys(
    owner: Any, other: Any, new_key: Any, read: Any
) -> None:
    new_key(title="Of the owner")
    assert "Of the owner" not in read(other.get("@@manage-service-keys"))


def test_an_unknown_key_and_a_foreign_key_get_the_same_answer(
    owner: Any, other: Any, new_key: Any
) -> None:
    foreign = new_key()["client_id"]
    page = "@@manage-service-keys-logs"
    answers = []
    for client_id in (foreign, "svc-0123456789012345678901"):
        html = lxml.html.fromstring(other.get(page, client_id=client_id).text)
        (content,) = html.cssselect("#content")
        answers.append(content.text_content())
    assert answers[0] == answers[1]
