"""GET: the list of keys or tokens, and one of them."""

from typing import Any

import pytest
import re
import time


DAY = 24 * 60 * 60


def ids(response: Any) -> list[str]:
    assert response.status_code == 200, response.text
    return [item["@id"].rpartition("/")[2] for item in response.json()["items"]]


def titles(response: Any) -> list[str]:
    assert response.status_code == 200, response.text
    return [item["title"] for item in response.json()["items"]]


def test_own_credentials_are_listed_the_newest_first(
    owner: Any, other: Any, endpoint: str, new: Any
) -> None:
    now = time.time()
    older = new(issued_at=now - 10)
    newer = new(issued_at=now - 5)
    new("other")
    assert ids(owner.at(endpoint).get()) == [newer, older]


def test_an_administrator_lists_all(
    owner: Any, administrator: Any, endpoint: str, new: Any
) -> None:
    administrator = administrator.at(endpoint)
    theirs = new()
    assert ids(administrator.get()) == []
    assert ids(administrator.get(whose="own")) == []
    assert ids(administrator.get(whose="all")) == [theirs]


def test_a_key_is_described(owner: Any, site: Any, new_key: Any) -> None:
    now = time.time()
    client_id = new_key(
        name="nightly",
        title="Nightly export",
        ip_ranges="192.0.2.1, 2001:db8::/32",
        expires_at=now + 10 * DAY + 60,
        require_jti=True,
    )
    response = owner.get(f"/{client_id}")
    assert response.headers["Content-Type"] == "application/json"
    document = response.json()
    (public_key,) = document.pop("public_keys")
    assert public_key.pop("pem").startswith("-----BEGIN PUBLIC KEY-----")
    assert public_key.pop("added") == document["issued"]
    assert len(public_key.pop("kid")) == 43
    assert public_key == {"algorithm": "ES256", "expires": None, "last_used": None}
    assert document.pop("issued").endswith("+00:00")
    assert document.pop("expires").endswith("+00:00")
    assert document == {
        "@id": f"{site.url}/@service-keys/{client_id}",
        "client_id": client_id,
        "owner": "owner",
        "name": "nightly",
        "title": "Nightly export",
        "state": "expiring",
        "issued_by": "owner",
        "days_left": 10,
        "last_used": None,
        "ip_ranges": ["192.0.2.1", "2001:db8::/32"],
        "scopes": ["plone.read"],
        "may_impersonate": False,
        "require_jti": True,
        "revoked": None,
        "revoked_by": None,
        "disabled": None,
        "disabled_by": None,
        "links": {
            name: f"{site.url}/@service-keys/{client_id}/{name}"
            for name in (
                *("disable", "enable", "end-secret", "rotate"),
                *("summary", "transfer", "usage"),
            )
        },
    }
    assert owner.get().json()["items"] == [response.json()]


def test_a_token_is_described(owner: Any, site: Any, new_token: Any) -> None:
    expires_at = time.time() + 10 * DAY + 60
    token_id = new_token(title="Nightly", ip_ranges="::1", expires_at=expires_at)
    response = owner.tokens.get(f"/{token_id}")
    assert response.headers["Content-Type"] == "application/json"
    document = response.json()
    added = document.pop("issued")
    assert added.endswith("+00:00")
    assert document.pop("expires").endswith("+00:00")
    (secret,) = document.pop("secrets")
    assert re.fullmatch("[0-9a-f]{16}", secret.pop("kid"))
    assert secret == {"added": added, "expires": None}
    assert document == {
        "@id": f"{site.url}/@personal-access-tokens/{token_id}",
        "token_id": token_id,
        "owner": "owner",
        "title": "Nightly",
        "state": "expiring",
        "issued_by": "owner",
        "days_left": 10,
        "last_used": None,
        "ip_ranges": ["::1"],
        "scopes": ["plone.read"],
        "revoked": None,
        "revoked_by": None,
        "disabled": None,
        "disabled_by": None,
        "links": {
            name: f"{site.url}/@personal-access-tokens/{token_id}/{name}"
            for name in (
                *("disable", "enable", "end-secret", "rotate"),
                *("summary", "transfer", "usage"),
            )
        },
    }
    assert owner.tokens.get().json()["items"] == [response.json()]


def test_each_endpoint_lists_its_own_kind(
    owner: Any, administrator: Any, new_key: Any, new_token: Any
) -> None:
    client_id, token_id = new_key(), new_token()
    assert ids(owner.get()) == [client_id]
    assert ids(owner.tokens.get()) == [token_id]
    assert ids(administrator.get(whose="all", search="a")) == [client_id]
    assert ids(administrator.tokens.get(whose="all", search="a")) == [token_id]


def test_the_last_use_is_shown(owner: Any, site: Any) -> None:
    keyfile = site.issue(algorithm="ES256")
    site.token(keyfile)
    document = owner.get(f"/{keyfile['client_id']}").json()
    assert document["last_used"] >= document["issued"]


def test_no_secret_is_ever_listed(
    owner: Any, manager: Any, endpoint: str, new: Any
) -> None:
    credential_id = new()
    for response in (
        owner.at(endpoint).get(),
        owner.at(endpoint).get(f"/{credential_id}"),
        manager.at(endpoint).get(whose="all"),
    ):
        assert credential_id in response.text
        for secret in ("PRIVATE", "keyfile", "ptp_", "digest"):
            assert secret not in response.text


@pytest.mark.parametrize(
    "query, expected",
    [
        ({"search": "BACKUP"}, ["Backup"]),
        ({"search": "other"}, ["Of another"]),
        ({"owner": "other"}, ["Of another"]),
        ({"owner": "nobody"}, []),
        ({"state": "expiring"}, ["Backup"]),
        ({"state": "active", "owner": "owner"}, ["Nightly", "Backup"]),
        ({"state": "anywhere"}, ["Of another", "Nightly", "Backup"]),
        ({"state": "revoked"}, ["Old"]),
        ({"ended": "true"}, ["Of another", "Nightly", "Backup", "Old"]),
        ({"ended": "false", "search": "OLD"}, []),
        ({"scope": "plone.write"}, []),
        ({"scope": "plone.read", "search": "night"}, ["Nightly"]),
        ({"state": ""}, ["Of another", "Nightly", "Backup"]),
        ({"sort_on": "title"}, ["Backup", "Nightly", "Of another"]),
        (
            {"sort_on": "title", "sort_order": "descending"},
            ["Of another", "Nightly", "Backup"],
        ),
        ({"sort_order": "ascending"}, ["Backup", "Nightly", "Of another"]),
        ({"sort_on": "expires"}, ["Backup", "Of another", "Nightly"]),
        ({"sort_on": "issued"}, ["Backup", "Nightly", "Of another"]),
    ],
)
def test_lists_are_filtered_and_sorted(
    owner: Any,
    other: Any,
    manager: Any,
    endpoint: str,
    new: Any,
    query: dict[str, str],
    expected: list[str],
) -> None:
    now = time.time()
    new(title="Backup", issued_at=now - 9, expires_at=now + DAY)
    new(title="Nightly", issued_at=now - 6)
    new("other", title="Of another", issued_at=now - 3, expires_at=now + 40 * DAY)
    owner.at(endpoint).delete(f"/{new(title='Old', issued_at=now - 12)}")
    assert titles(manager.at(endpoint).get(whose="all", **query)) == expected


def test_own_credentials_are_sorted_too(owner: Any, endpoint: str, new: Any) -> None:
    for title in ("B", "A", "C"):
        new(title=title)
    assert titles(owner.at(endpoint).get(sort_on="title")) == ["A", "B", "C"]


def test_own_credentials_are_filtered_too(
    owner: Any, other: Any, endpoint: str, new: Any
) -> None:
    """By what all are filtered by, but the owner."""
    for title in ("Export 1", "Export 2", "Backup"):
        new(title=title)
    new("other", title="Export of another")
    owner.at(endpoint).delete(f"/{new(title='Export 3')}")
    assert titles(owner.at(endpoint).get(search="EXP")) == ["Export 2", "Export 1"]
    assert titles(owner.at(endpoint).get(search="exp", ended="true"))[0] == "Export 3"
    assert titles(owner.at(endpoint).get(state="revoked")) == ["Export 3"]


@pytest.mark.parametrize(
    "query, field",
    [
        ("whose=everything", "whose"),
        ("whose=all&whose=own", "whose"),
        ("whose=all&state=unheard-of", "state"),
        ("whose=all&sort_on=password", "sort_on"),
        ("sort_order=reverse", "sort_order"),
        ("owner=other", "owner"),
        ("whose=all&user=me", "user"),
        ("b_start=x", "b_start"),
        ("b_start=-1", "b_start"),
        ("b_start:float=1e400", "b_start"),
        ("b_start=1&b_start=2", "b_start"),
        ("b_size=" + "9" * 50, "b_size"),
        ("b_size=٣٣", "b_size"),
        ("whose:record=all", ""),
        ("b_size=", "b_size"),
        ("BODY=" + "[" * 3000, "BODY"),
    ],
)
def test_a_query_that_means_nothing_is_refused(
    manager: Any, endpoint: str, query: str, field: str
) -> None:
    response = manager.at(endpoint).request("GET", f"?{query}")
    assert response.status_code == 400, response.text
    assert response.json()["type"] == "InvalidInput"
    assert response.json()["field"] == field


def test_lists_are_batched_as_in_plone_restapi(
    owner: Any, site: Any, endpoint: str, new: Any
) -> None:
    now = time.time()
    known = [new(issued_at=now - number) for number in range(5)]
    url = f"{site.url}{endpoint}"
    response = owner.at(endpoint).get(b_start=2, b_size=2)
    assert ids(response) == known[2:4]
    document = response.json()
    assert document["@id"] == url
    assert document["items_total"] == 5
    assert document["batching"] == {
        "@id": f"{url}?b_start=2&b_size=2",
        "first": f"{url}?b_start=0&b_size=2",
        "prev": f"{url}?b_start=0&b_size=2",
        "next": f"{url}?b_start=4&b_size=2",
        "last": f"{url}?b_start=4&b_size=2",
    }
    last = owner.session.get(document["batching"]["last"])
    assert ids(last) == known[4:]


@pytest.mark.parametrize(
    "query, count",
    [
        ({}, 3),
        ({"b_size": 999999999}, 3),
        ({"b_start": 999999999}, 0),
        ({"b_start": 0, "b_size": 3}, 3),
    ],
)
def test_odd_batches_are_no_errors(
    owner: Any, endpoint: str, new: Any, query: dict[str, Any], count: int
) -> None:
    for _number in range(3):
        new()
    response = owner.at(endpoint).get(**query)
    assert len(ids(response)) == count
    assert "batching" not in response.json()


def test_a_batch_keeps_filter_and_order(
    owner: Any, manager: Any, endpoint: str, new: Any
) -> None:
    for title in ("B", "A", "C"):
        new(title=title)
    query = {"whose": "all", "owner": "owner", "sort_on": "title", "b_size": 1}
    first = manager.at(endpoint).get(**query)
    following = manager.session.get(first.json()["batching"]["next"])
    assert titles(first) + titles(following) == ["A", "B"]


def test_the_list_works_below_the_api_traverser(
    site: Any, owner: Any, endpoint: str, new: Any
) -> None:
    known_id = new()
    url = f"{site.url}/++api++{endpoint}"
    response = owner.session.get(url, headers={"Accept": "*/*"})
    assert ids(response) == [known_id]
    assert response.json()["items"][0]["@id"].endswith(f"{endpoint}/{known_id}")


def test_a_revoked_credential_stays_visible(
    owner: Any, endpoint: str, new: Any
) -> None:
    owner, path = owner.at(endpoint), f"/{new()}"
    owner.delete(path)
    document = owner.get(path).json()
    assert document["state"] == "revoked"
    assert document["revoked"].endswith("+00:00")
    assert document["revoked_by"] == "owner"
