"""What a server with django-simple-sso answers, vector by vector (``sso.json``)."""

from collections.abc import Iterator
from pas.plugins.tokenauth.simplesso.protocol import sign
from pas.plugins.tokenauth.simplesso.protocol import signed_value
from tests.simplesso.conftest import Register
from tests.simplesso.test_protocol import VECTORS
from typing import Any

import pytest
import requests
import secrets


ASKED = [each for each in VECTORS if each["kind"] == "provider"]
#: With which the vectors are signed, and what the server has for a random token.
PRIVATE_KEY, TOKEN = "PRIV" + 60 * "s", 64 * "r"
PUBLIC_KEY = "PUB" + 61 * "p"
#: What is answered otherwise, and why.
OTHERWISE = {
    # signed in the form for URLs, at which the package fails
    "sso-101": (400, "Bad Signature"),
    # signed ten seconds ahead: it could be used again and again until then
    "sso-102": (400, "Signature expired"),
}


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """What is made at random: the private key first, then tokens."""
    made = iter((PRIVATE_KEY, TOKEN))
    monkeypatch.setattr(secrets, "token_urlsafe", lambda size: next(made))
    return made


@pytest.mark.parametrize("vector", ASKED, ids=[each["id"] for each in ASKED])
def test_a_request_token_is_answered_as_by_the_package_or_refused_for_a_reason(
    keys: Any,
    register: Register,
    monkeypatch: pytest.MonkeyPatch,
    vector: dict[str, Any],
) -> None:
    """Conformance: SS-01, SS-09: to the last byte."""
    consumer = register(urls=("https://x.example/",))
    monkeypatch.setattr("pas.plugins.tokenauth.site.view.now", lambda: vector["now"])
    answer = requests.request(
        vector["method"],
        f"{consumer.server_url}request-token/",
        data=vector["body"].encode(),
        headers={
            name: consumer.public_key if value == PUBLIC_KEY else value
            for name, value in vector["header"].items()
        },
        timeout=30,
    )
    expected = vector["expected"]
    status, text = OTHERWISE.get(vector["id"]) or (expected["status"], expected["body"])
    assert answer.status_code == status, answer.text
    if status == 405:
        assert answer.headers["Allow"].split(", ") == text
    elif status == 200:
        # The provider of the vectors echoes the place, django-simple-sso does not.
        value = signed_value(text, PRIVATE_KEY.encode(), vector["now"])
        del value["redirect_to"]
        assert answer.text == sign(value, PRIVATE_KEY.encode(), vector["now"])
    else:
        assert answer.text == text


def test_every_vector_of_the_server_is_asked() -> None:
    """Conformance: SS-09."""
    assert (len(ASKED), len(OTHERWISE)) == (12, 2)
