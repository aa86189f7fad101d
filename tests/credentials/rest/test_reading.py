"""The parts that read requests, without a site."""

from io import BytesIO
from pas.plugins.tokenauth.core.times import moment
from pas.plugins.tokenauth.credentials.rest.body import json_object
from pas.plugins.tokenauth.credentials.rest.errors import UnreadableBody
from pas.plugins.tokenauth.servicekeys.interfaces import IKeyMaterial
from pas.plugins.tokenauth.site.errors import InvalidInput
from pas.plugins.tokenauth.site.fields import given_in_json
from typing import Any

import pytest


class Request(dict[str, Any]):
    """A request with a body of JSON."""

    environ = {"CONTENT_TYPE": "application/json"}

    def __init__(self, body: bytes) -> None:
        super().__init__(BODYFILE=BytesIO(body))


@pytest.mark.parametrize(
    "body", [b'{"title": ' + b"[" * 30000, b'{"a":' * 10000 + b"1" + b"}" * 10000]
)
def test_a_body_is_refused_however_deep_it_is(body: bytes) -> None:
    with pytest.raises(UnreadableBody):
        json_object(Request(body))


def test_a_jwk_is_refused_however_deep_it_is() -> None:
    jwk: dict[str, Any] = {}
    for _level in range(10000):
        jwk = {"kty": jwk}
    given = given_in_json(IKeyMaterial, {"public_key": jwk})
    assert isinstance(given["public_key"], InvalidInput)


@pytest.mark.parametrize(
    "text, seconds",
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T00:00:00.999999999Z", 0),
        ("1970-01-01T01:00:00+01:00", 0),
        ("1969-12-31T18:30:00-05:30", 0),
        ("1970-01-01", 24 * 60 * 60 - 1),
        ("9999-12-31T23:59:59Z", 253402300799),
    ],
)
def test_times_are_read(text: str, seconds: float) -> None:
    assert moment(text, "UTC") == seconds


def test_a_day_ends_in_its_zone() -> None:
    """In Auckland, 13 hours before it ends in UTC."""
    expected = moment("2026-11-29T10:59:59Z", "UTC")
    assert moment("2026-11-29", "Pacific/Auckland") == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "never",
        "0",
        "1970-01-01T00:00:00",
        "1970-01-01T00:00Z",
        "1970-01-01 00:00:00Z",
        "1970-01-01T00:00:00z",
        "1970-01-01T24:00:00Z",
        "1970-01-01T00:00:60Z",
        "1970-02-30",
        "19700101",
        "1970-W01-1",
        "1970-01-01Z",
        "1970-01-01T00:00:00+24:00",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00",
        "0000-01-01",
        " 1970-01-01",
        "1970-01-01\n",
        "１９７０-01-01",  # noqa: RUF001
    ],
)
def test_a_string_that_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        moment(text, "UTC")
