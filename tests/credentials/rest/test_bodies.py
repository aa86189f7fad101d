"""Whatever is sent: a clear refusal, never a failure, and nothing is changed."""

from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from typing import Any

import json
import pytest


JSON_TYPE = {"Content-Type": "application/json"}
ROUTES = [
    ("POST", "/@service-keys"),
    ("POST", "/@service-keys/{key}/rotate"),
    ("PUT", "/@service-keys/owner/named"),
    ("PUT", "/@service-keys/owner/new"),
    ("PATCH", "/@service-keys/{key}"),
    ("POST", "/@personal-access-tokens"),
    ("PATCH", "/@personal-access-tokens/{token}"),
]
BODIES = {
    "empty": (b"", 400),
    "blank": (b" ", 400),
    "no JSON": (b"title=A", 400),
    "array": (b'[{"title": "A"}]', 400),
    "text": (b'"title"', 400),
    "null": (b"null", 400),
    "true": (b"true", 400),
    "number": (b"1", 400),
    "half": (b'{"title": "A"', 400),
    "two": (b'{"title": "A"}{}', 400),
    "comment": (b'{"title": "A"} // no', 400),
    # Where it is deeper, plone.restapi fails while it looks for a log-in.
    "deep arrays": (b'{"title": ' + b"[" * 700 + b"]" * 700 + b"}", 400),
    "deep key": (b'{"public_key": ' + b'{"a":' * 700 + b"1" + b"}" * 701, 400),
    "huge number": (b'{"title": ' + b"9" * 60000 + b"}", 400),
    "huge exponent": (b'{"title": 1e999999}', 400),
    "NaN": (b'{"title": NaN}', 400),
    "infinity": (b'{"expires": -Infinity}', 400),
    "repeated": (b'{"title": "A", "title": "A"}', 400),
    "repeated deep inside": (b'{"public_key": {"a": 1, "a": 1}}', 400),
    "Latin-1": ('{"title": "Schlüssel"}'.encode("latin-1"), 400),
    "UTF-16": ('{"title": "A"}'.encode("utf-16"), 400),
    "byte order mark": (b'\xef\xbb\xbf{"title": "A"}', 400),
    "zero bytes": (b"\0" * 100, 400),
    "too large": (b'{"title": "' + b"A" * 65536 + b'"}', 413),
    "far too large": (b" " * 3_000_000, 413),
}
MEDIA_TYPES = [
    None,
    "",
    "text/plain",
    "text/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/jsonx",
    "application/octet-stream",
    "; charset=utf-8",
]
#: What cannot be the scopes of anything.
SCOPES = [
    None,
    [],
    {},
    "plone.read",
    True,
    [1],
    [None],
    [["plone.read"]],
    [{}],
    [""],
    ["\ud800"],
    ["plone.fly"],
    ["plone.read", "plone.fly"],
    ["plone.read", "plone.read"],
    ["PLONE.READ"],
    [" plone.read"],
    ["plone.read plone.write"],
    ["x" * 1000],
]
COMMON = [
    ("title", 1),
    ("title", None),
    ("title", ["A"]),
    ("title", {"a": "A"}),
    ("title", "\ud800"),
    ("title", ""),
    ("title", "\0\x07"),
    ("ip_ranges", "192.0.2.1"),
    ("ip_ranges", None),
    ("ip_ranges", ["nowhere"]),
    ("ip_ranges", ["\udcff"]),
    ("ip_ranges", [""]),
    ("ip_ranges", ["192.0.2.1, ::1"]),
    ("expires", True),
    ("expires", 0),
    ("expires", 1e300),
    ("expires", 4102444800),
    ("expires", ""),
    ("expires", "never"),
    ("expires", "90d"),
    ("expires", "2030-12-31T18:00:00"),
    ("expires", "2030-12-31 18:00:00Z"),
    ("expires", "2030-02-30"),
    ("expires", "0001-01-01T00:00:00+23:00"),
    ("expires", "9999-12-31T23:59:59-23:00"),
    ("expires", "2030-12-31T18:00:00+99:99"),
    ("expires", "1999-12-31"),
    ("expires", "٢٠٣٠-١٢-٣١"),
    ("owner", 1),
    ("owner", "nobody"),
    ("owner", "\udcff"),
    *(("scopes", value) for value in SCOPES),
]
KEYS_ONLY = [
    ("may_impersonate", 1),
    ("may_impersonate", "true"),
    ("may_impersonate", None),
    ("require_jti", 0),
    ("algorithm", None),
    ("algorithm", "none"),
    ("algorithm", "HS256"),
    ("algorithm", ["RS256"]),
    ("public_key", None),
    ("public_key", []),
    ("public_key", {}),
    ("public_key", {"kty": None}),
    ("public_key", {"kty": "RSA", "n": 1, "e": 1}),
    ("public_key", "\ud800"),
    ("public_key", "no key"),
    ("public_key", 1),
    ("name", 1),
    ("name", "No Name"),
    ("name", "\ud800"),
]
WRONG_VALUES = [
    *(("/@service-keys", *wrong) for wrong in (*COMMON, *KEYS_ONLY)),
    *(("/@personal-access-tokens", *wrong) for wrong in COMMON),
    ("/@personal-access-tokens", "expires", None),
]
UNKNOWN = ["Title", "client_id", "issued_by", "", "\ud800", "x" * 1000, "<b>"]


@pytest.fixture
def ids(manager: Any, owner: Any, new_key: Any, new_token: Any) -> dict[str, str]:
    """The ids of the key and the token that the routes are about."""
    return {"key": new_key(name="named"), "token": new_token()}


@pytest.mark.parametrize("route", ROUTES, ids=" ".join)
def test_a_body_that_cannot_be_read_is_refused(
    manager: Any, ids: dict[str, str], snapshot: Any, route: tuple[str, str]
) -> None:
    before = snapshot()
    for name, (body, status) in BODIES.items():
        response = send(manager, route, ids, body)
        assert (name, response.status_code) == (name, status)
        assert_is_refusal(response)
    assert snapshot() == before


@pytest.mark.parametrize("route", ROUTES, ids=" ".join)
def test_only_json_is_read(
    manager: Any, ids: dict[str, str], snapshot: Any, route: tuple[str, str]
) -> None:
    before = snapshot()
    for media_type in MEDIA_TYPES:
        headers = {} if media_type is None else {"Content-Type": media_type}
        response = send(manager, route, ids, b'{"title": "A"}', headers)
        # Zope reads forms itself, and refuses what it cannot read.
        assert response.status_code in (415, 400), media_type
    assert snapshot() == before


def test_parameters_of_a_media_type_do_no_harm(
    manager: Any, ids: dict[str, str]
) -> None:
    headers = {"Content-Type": "Application/JSON ;charset=utf-8"}
    response = send(
        manager, ("PATCH", "/@service-keys/{key}"), ids, b'{"title": "A"}', headers
    )
    assert response.status_code == 204


@pytest.mark.parametrize("endpoint, name, value", WRONG_VALUES)
def test_a_value_of_a_wrong_type_is_refused_and_named(
    manager: Any, snapshot: Any, endpoint: str, name: str, value: Any
) -> None:
    body = json.dumps({"title": "A", "expires": "2099-12-31", name: value})
    response = send(manager, ("POST", endpoint), {}, body.encode())
    assert response.status_code == 400, response.text
    assert response.json()["field"] == name
    assert_is_refusal(response)
    assert snapshot() == []


@pytest.mark.parametrize("value", SCOPES, ids=str)
def test_scopes_that_are_none_are_refused_by_all_routes(
    manager: Any, ids: dict[str, str], snapshot: Any, value: Any
) -> None:
    before = snapshot()
    for route in ROUTES:
        if route[1].endswith("/rotate"):
            continue
        body = {"title": "A", "expires": "2099-12-31", "scopes": value}
        response = send(manager, route, ids, json.dumps(body).encode())
        assert (response.status_code, response.json()["field"]) == (400, "scopes")
    assert snapshot() == before


@pytest.mark.parametrize(
    "name", ["may_impersonate", "require_jti", "algorithm", "public_key", "name"]
)
@pytest.mark.parametrize("route", [ROUTES[-2], ROUTES[-1]], ids=" ".join)
def test_a_member_that_only_keys_have_is_unknown_of_tokens(
    manager: Any, ids: dict[str, str], route: tuple[str, str], name: str
) -> None:
    body = json.dumps({"title": "A", "expires": "2099-12-31", name: True})
    response = send(manager, route, ids, body.encode())
    assert (response.status_code, response.json()["field"]) == (400, name)


@pytest.mark.parametrize("route", ROUTES, ids=" ".join)
@pytest.mark.parametrize("name", UNKNOWN)
def test_a_member_of_an_unknown_name_is_refused_and_named(
    manager: Any, ids: dict[str, str], snapshot: Any, route: tuple[str, str], name: str
) -> None:
    before = snapshot()
    response = send(manager, route, ids, json.dumps({name: 1}).encode())
    assert response.status_code == 400
    assert response.json()["type"] == "InvalidInput"
    assert name.startswith(response.json()["field"]) or name == "\ud800"
    assert len(response.text) < 1000
    assert snapshot() == before


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda values: st.lists(values) | st.dictionaries(st.text(), values),
    max_leaves=5,
)
NAMES = st.sampled_from(
    [
        "title",
        "ip_ranges",
        "expires",
        "may_impersonate",
        "require_jti",
        "algorithm",
        "public_key",
        "owner",
        "name",
        "overlap",
        "scopes",
    ]
)


@pytest.mark.long
@settings(max_examples=200, derandomize=True)
@given(
    members=st.dictionaries(NAMES, JSON, min_size=1),
    route=st.sampled_from(ROUTES),
)
def test_no_members_make_the_server_fail(
    manager: Any, ids: dict[str, str], members: dict[str, Any], route: tuple[str, str]
) -> None:
    response = send(manager, route, ids, json.dumps(members).encode())
    assert response.status_code < 500, response.text


@settings(max_examples=100, derandomize=True)
@given(body=st.binary(max_size=200), route=st.sampled_from(ROUTES))
def test_no_bytes_make_the_server_fail(
    manager: Any, ids: dict[str, str], body: bytes, route: tuple[str, str]
) -> None:
    response = send(manager, route, ids, body)
    assert response.status_code == 400, response.text


PATHS = [
    "/%00",
    "/_private",
    "/__class__",
    "/@@view",
    "/++resource++x",
    "/%25",
    "/" + "x" * 5000,
    "/" + "x/" * 100,
    "/acl_users/token_auth",
]


@pytest.mark.parametrize("method", ["GET", "DELETE", "PATCH", "PUT", "POST"])
@pytest.mark.parametrize("path", PATHS)
def test_no_path_makes_the_server_fail(
    manager: Any,
    endpoint: str,
    ids: dict[str, str],
    snapshot: Any,
    method: str,
    path: str,
) -> None:
    before = snapshot()
    response = manager.at(endpoint).request(
        method, path, json=None if method == "GET" else {"title": "A"}
    )
    assert 300 <= response.status_code < 500, response.text
    assert snapshot() == before


def send(
    client: Any,
    route: tuple[str, str],
    ids: dict[str, str],
    body: bytes,
    headers: Any = JSON_TYPE,
) -> Any:
    method, path = route
    client = client.at(path.format(**ids))
    return client.request(method, data=body, headers=headers)


def assert_is_refusal(response: Any) -> None:
    document = response.json()
    assert document["type"]
    assert document["message"]
    assert "PRIVATE" not in response.text
    assert "ptp_" not in response.text
