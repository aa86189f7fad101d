"""Credentials of others: every page and every form refuses them; nothing changes."""

from typing import Any

import lxml.html
import pytest


REFUSED = [
    ("GET", "@@manage-service-keys-edit", {"id": ...}),
    ("POST", "@@manage-service-keys-edit", {"id": ..., "title": "Mine"}),
    ("GET", "@@manage-service-keys-logs", {"id": ...}),
    ("POST", "@@manage-service-keys-logs", {"id": ...}),
    ("GET", "@@manage-service-keys-logs-csv", {"id": ...}),
    ("GET", "@@manage-service-keys-rotate", {"id": ...}),
    ("POST", "@@manage-service-keys-rotate", {"id": ..., "overlap": "0"}),
    ("GET", "@@manage-service-keys-revoke", {"ids:list": ...}),
    ("POST", "@@manage-service-keys-revoke", {"ids:list": ...}),
    (
        "POST",
        "@@manage-service-keys-revoke",
        {"ids:list": ..., "confirmed": "1"},
    ),
    ("GET", "@@manage-personal-access-tokens-edit", {"id": ...}),
    ("POST", "@@manage-personal-access-tokens-edit", {"id": ..., "title": "Mine"}),
    ("GET", "@@manage-personal-access-tokens-logs", {"id": ...}),
    ("GET", "@@manage-personal-access-tokens-logs-csv", {"id": ...}),
    ("GET", "@@manage-personal-access-tokens-revoke", {"id": ...}),
    (
        "POST",
        "@@manage-personal-access-tokens-revoke",
        {"ids:list": ..., "confirmed": "1"},
    ),
]


@pytest.mark.parametrize("method, page, form", REFUSED)
@pytest.mark.parametrize("whose", ["another user's", "nobody's", "of another kind"])
def test_a_credential_of_somebody_else_is_refused(
    site: Any,
    owner: Any,
    other: Any,
    new_key: Any,
    new_token: Any,
    method: str,
    page: str,
    form: dict[str, Any],
    whose: str,
) -> None:
    key_id = new_key(title="A secret title")["client_id"]
    token_id = new_token(title="A secret title").credential.credential_id
    mine = {
        "service": new_key("other")["client_id"],
        "access": new_token("other").credential.credential_id,
    }
    is_for_tokens = "access-tokens" in page
    credential_id = {
        "another user's": token_id if is_for_tokens else key_id,
        "nobody's": "pat-0" if is_for_tokens else "svc-0",
        "of another kind": mine["service" if is_for_tokens else "access"],
    }[whose]
    values = {name: credential_id if v is ... else v for name, v in form.items()}
    if method == "GET":
        response = other.get(page, **values)
    else:
        response = other.post(page, _authenticator=other.authenticator(), **values)
    assert response.status_code == 403
    assert "A secret title" not in response.text
    site.sync()
    for each in (key_id, token_id):
        kept = site.context.storage.credential(each)
        assert (kept.title, kept.revoked_at) == ("A secret title", None)
    for each in mine.values():
        assert site.context.storage.credential(each).revoked_at is None


def test_revoking_is_all_or_nothing(
    site: Any, owner: Any, other: Any, new_key: Any
) -> None:
    mine = new_key("other")
    theirs = new_key("owner")
    response = other.post(
        "@@manage-service-keys-revoke",
        _authenticator=other.authenticator(),
        confirmed="1",
        **{"ids:list": [mine["client_id"], theirs["client_id"]]},
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
        html = lxml.html.fromstring(other.get(page, id=client_id).text)
        (content,) = html.cssselect("#content")
        answers.append(content.text_content())
    assert answers[0] == answers[1]
