"""GET: the list of keys, and one of them."""

from typing import Any

import pytest
import time


DAY = 24 * 60 * 60


def client_ids(response: Any) -> list[str]:
    assert response.status_code == 200, response.text
    return [item["client_id"] for item in response.json()["items"]]


def titles(response: Any) -> list[str]:
    assert response.status_code == 200, response.text
    return [item["title"] for item in response.json()["items"]]


def test_own_keys_are_listed_the_newest_first(
    owner: Any, other: Any, new_key: Any
) -> None:
    now = time.time()
    older = new_key(issued_at=now - 10)
    newer = new_key(issued_at=now - 5)
    new_key("other")
    assert client_ids(owner.get()) == [newer, older]


def test_an_administrator_lists_all_keys(
    owner: Any, administrator: Any, new_key: Any
) -> None:
    theirs = new_key()
    assert client_ids(administrator.get()) == []
    assert client_ids(administrator.get(scope="own")) == []
    assert client_ids(administrator.get(scope="all")) == [theirs]


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
    assert public_key == {"algorithm": "ES256", "expires": None}
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
        "ip_ranges": "192.0.2.1, 2001:db8::/32",
        "may_impersonate": False,
        "may_manage_users": False,
        "require_jti": True,
        "revoked": None,
        "revoked_by": "",
    }
    assert owner.get().json()["items"] == [response.json()]


def test_the_last_use_is_shown(owner: Any, site: Any) -> None:
    keyfile = site.issue(algorithm="ES256")
    site.token(keyfile)
    document = owner.get(f"/{keyfile['client_id']}").json()
    assert document["last_used"] >= document["issued"]


def test_no_secret_is_ever_listed(owner: Any, manager: Any, new_key: Any) -> None:
    client_id = new_key()
    for response in (
        owner.get(),
        owner.get(f"/{client_id}"),
        manager.get(scope="all"),
    ):
        assert "PRIVATE" not in response.text
        assert "keyfile" not in response.text


@pytest.mark.parametrize(
    "query, expected",
    [
        ({"search": "BACKUP"}, ["Backup"]),
        ({"search": "other"}, ["Of another"]),
        ({"owner": "other"}, ["Of another"]),
        ({"owner": "nobody"}, []),
        ({"state": "expiring"}, ["Backup"]),
        ({"state": "active", "owner": "owner"}, ["Nightly", "Backup"]),
        ({"state": "revoked"}, []),
        ({"state": ""}, ["Of another", "Nightly", "Backup"]),
        ({"sort_on": "title"}, ["Backup", "Nightly", "Of another"]),
        (
            {"sort_on": "title", "sort_order": "descending"},
            ["Of another", "Nightly", "Backup"],
        ),
        ({"sort_order": "ascending"}, ["Backup", "Nightly", "Of another"]),
        ({"sort_on": "expires"}, ["Backup", "Of another", "Nightly"]),
    ],
)
def test_keys_are_filtered_and_sorted(
    owner: Any,
    other: Any,
    manager: Any,
    new_key: Any,
    query: dict[str, str],
    expected: list[str],
) -> None:
    now = time.time()
    new_key(title="Backup", issued_at=now - 9, expires_at=now + DAY)
    new_key(title="Nightly", issued_at=now - 6)
    new_key("other", title="Of another", issued_at=now - 3, expires_at=now + 40 * DAY)
    assert titles(manager.get(scope="all", **query)) == expected


def test_own_keys_are_sorted_too(owner: Any, new_key: Any) -> None:
    for title in ("B", "A", "C"):
        new_key(title=title)
    assert titles(owner.get(sort_on="title")) == ["A", "B", "C"]


@pytest.mark.parametrize(
    "query, field",
    [
        ("scope=everything", "scope"),
        ("scope=all&scope=own", "scope"),
        ("scope=all&state=unheard-of", "state"),
        ("scope=all&sort_on=password", "sort_on"),
        ("sort_order=reverse", "sort_order"),
        ("search=a", "search"),
        ("owner=other", "owner"),
        ("state=active", "state"),
        ("scope=all&user=me", "user"),
        ("b_start=x", "b_start"),
        ("b_start=-1", "b_start"),
        ("b_start:float=1e400", "b_start"),
        ("b_start=1&b_start=2", "b_start"),
        ("b_size=" + "9" * 50, "b_size"),
        ("b_size=٣٣", "b_size"),
        ("scope:record=all", ""),
        ("b_size=", "b_size"),
        ("BODY=" + "[" * 3000, "BODY"),
    ],
)
def test_a_query_that_means_nothing_is_refused(
    manager: Any, query: str, field: str
) -> None:
    response = manager.request("GET", f"?{query}")
    assert response.status_code == 400, response.text
    assert response.json()["type"] == "InvalidInput"
    assert response.json()["field"] == field


def test_lists_are_batched_as_in_plone_restapi(
    owner: Any, site: Any, new_key: Any
) -> None:
    now = time.time()
    ids = [new_key(issued_at=now - number) for number in range(5)]
    url = f"{site.url}/@service-keys"
    response = owner.get(b_start=2, b_size=2)
    assert client_ids(response) == ids[2:4]
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
    assert client_ids(last) == ids[4:]


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
    owner: Any, new_key: Any, query: dict[str, Any], count: int
) -> None:
    for _number in range(3):
        new_key()
    response = owner.get(**query)
    assert len(client_ids(response)) == count
    assert "batching" not in response.json()


def test_a_batch_keeps_filter_and_order(owner: Any, manager: Any, new_key: Any) -> None:
    for title in ("B", "A", "C"):
        new_key(title=title)
    query = {"scope": "all", "owner": "owner", "sort_on": "title", "b_size": 1}
    first = manager.get(**query)
    following = manager.session.get(first.json()["batching"]["next"])
    assert titles(first) + titles(following) == ["A", "B"]


def test_the_list_works_below_the_api_traverser(
    site: Any, owner: Any, new_key: Any
) -> None:
    client_id = new_key()
    url = f"{site.url}/++api++/@service-keys"
    response = owner.session.get(url, headers={"Accept": "*/*"})
    assert client_ids(response) == [client_id]
    assert response.json()["items"][0]["@id"].endswith(f"/@service-keys/{client_id}")


def test_a_revoked_key_stays_visible(owner: Any, new_key: Any) -> None:
    client_id = new_key()
    owner.delete(f"/{client_id}")
    document = owner.get(f"/{client_id}").json()
    assert document["state"] == "revoked"
    assert document["revoked"].endswith("+00:00")
    assert document["revoked_by"] == "owner"
