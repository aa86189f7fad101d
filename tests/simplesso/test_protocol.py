"""What itsdangerous 0.24 signs and loads, vector by vector (``sso.json``)."""

from pas.plugins.tokenauth.simplesso.protocol import _mac
from pas.plugins.tokenauth.simplesso.protocol import BadSignature
from pas.plugins.tokenauth.simplesso.protocol import sign
from pas.plugins.tokenauth.simplesso.protocol import sign_url_safe
from pas.plugins.tokenauth.simplesso.protocol import SignatureExpired
from pas.plugins.tokenauth.simplesso.protocol import signed_value
from pathlib import Path
from typing import Any

import json
import pytest


VECTORS = json.loads((Path(__file__).parent / "sso.json").read_text())["vectors"]
SIGNED = [each for each in VECTORS if each["kind"] == "sign"]
#: Bodies only: what stands in a URL is read by the clients.
LOADED = [
    each
    for each in VECTORS
    if each["kind"] == "load" and each["serializer"] == "TimedSerializer"
]
#: The package takes them, and this does not.
REFUSED = {
    # no limit to the age
    *("sso-072", "sso-074"),
    # signed an hour ahead: it could be used again and again until then
    *("sso-077", "sso-078"),
    # another spelling of the same signature
    "sso-081",
}


@pytest.mark.parametrize("vector", SIGNED, ids=[each["id"] for each in SIGNED])
def test_what_the_package_signs_is_signed_to_the_last_byte(
    vector: dict[str, Any],
) -> None:
    """Conformance: SS-01."""
    is_body = vector["serializer"] == "TimedSerializer"
    make = sign if is_body else sign_url_safe
    made = make(vector["object"], vector["secret_key"].encode(), vector["now"])
    assert made == vector["signed"]


@pytest.mark.parametrize("vector", LOADED, ids=[each["id"] for each in LOADED])
def test_what_the_package_loads_is_read_or_refused_for_a_reason(
    vector: dict[str, Any],
) -> None:
    """Conformance: SS-02."""
    arguments = vector["signed"], vector["secret_key"].encode(), vector["now"]
    if "object" in vector["expected"] and vector["id"] not in REFUSED:
        assert signed_value(*arguments) == vector["expected"]["object"]
        return
    is_expired = vector["note"].startswith("age")
    with pytest.raises(SignatureExpired if is_expired else BadSignature):
        signed_value(*arguments)


@pytest.mark.parametrize(
    "payload", ['{"a": 1, "a": 2}', '{"a": NaN}', "[" * 100_000, "x"]
)
def test_what_has_no_one_value_is_refused(payload: str) -> None:
    """Conformance: SS-02: also where it is signed."""
    good = sign({}, b"secret", 1800000000)
    time = good.split(".")[1]
    signed = f"{payload}.{time}"
    with pytest.raises(BadSignature):
        signed_value(f"{signed}.{_mac(signed, b'secret')}", b"secret", 1800000000)
