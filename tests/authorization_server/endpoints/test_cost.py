"""What a bad request costs the server: no more than it takes to know that it is bad.

Counted are the dear parts: verifying a signature (125 to 265 µs), loading a key and
asking a source of users. All bad requests are refused without a write.
"""

from jwt.algorithms import ECAlgorithm
from pas.plugins.tokenauth.core import keys
from Products.PlonePAS.plugins.user import UserManager
from tests.authorization_server.endpoints.conftest import client_assertion
from tests.authorization_server.endpoints.conftest import Endpoint
from typing import Any

import json
import jwt
import pytest
import time


NOBODY = "svc-" + "0" * 22
#: Parts of a request that cost something, and how often they are needed at most.
NOTHING = {"verifications": 0, "keys": 0, "users": 0}
ONE_SIGNATURE = {"verifications": 1, "keys": 1, "users": 0}


class Counter:
    """Counts calls of the dear functions."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        self._counts: dict[str, int] = {}
        self._watch("verifications", ECAlgorithm, "verify")
        self._watch("keys", keys, "load_pem_public_key")
        self._watch("users", UserManager, "enumerateUsers")
        self.start()

    def start(self) -> None:
        """Count from here on; nothing is remembered from before."""
        self._counts = dict.fromkeys(self._counts, 0)

    def cost(self) -> dict[str, int]:
        """How often each was called."""
        return self._counts

    def _watch(self, name: str, owner: Any, attribute: str) -> None:
        original = getattr(owner, attribute)
        self._counts[name] = 0

        def counted(*args: Any, **kwargs: Any) -> Any:
            self._counts[name] += 1
            return original(*args, **kwargs)

        self._monkeypatch.setattr(owner, attribute, counted)


@pytest.fixture
def counter(monkeypatch: pytest.MonkeyPatch) -> Counter:
    return Counter(monkeypatch)


def test_a_good_grant_is_counted(
    site: Any, endpoint: Endpoint, keyfile: Any, counter: Counter
) -> None:
    """What the other tests rely on: the counter sees what happens."""
    grant = site.grant(keyfile)
    counter.start()
    endpoint.post(grant).check_success()
    assert counter.cost()["verifications"] == 1
    assert counter.cost()["users"] > 0


def _expired(site: Any, keyfile: Any) -> str:
    return site.grant(keyfile, iat=time.time() - 900, exp=time.time() - 600)


def _wrong_audience(site: Any, keyfile: Any) -> str:
    return site.grant(keyfile, aud="https://other.example")


def _damaged(grant: str) -> str:
    """A signature of the right length that is wrong."""
    head, _, signature = grant.rpartition(".")
    return f"{head}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}"


def _signed_by_another(site: Any, keyfile: Any) -> str:
    other = site.issue(algorithm="ES256")
    mixed = {**keyfile, "private_key": other["private_key"]}
    return site.grant(mixed)


@pytest.mark.parametrize(
    "make",
    [
        lambda site, keyfile: "x",
        lambda site, keyfile: "a" * 9000,
        lambda site, keyfile: site.grant(keyfile).replace(".", "!"),
        lambda site, keyfile: site.grant(keyfile) + ".e30.e30",
        lambda site, keyfile: site.grant(keyfile, headers={"typ": "at+jwt"}),
        lambda site, keyfile: site.grant(keyfile, headers={"crit": ["x"]}),
        lambda site, keyfile: site.grant(keyfile, iss=NOBODY),
        lambda site, keyfile: site.grant(keyfile, iss=None),
        lambda site, keyfile: site.grant(keyfile, iss="x" * 300),
        lambda site, keyfile: site.grant(keyfile, headers={"kid": "another"}),
        lambda site, keyfile: jwt.encode(
            {"iss": keyfile["client_id"]}, "0" * 32, algorithm="HS256"
        ),
    ],
    ids=[
        "no JWT",
        "too long",
        "damaged",
        "five parts",
        "another type",
        "critical header",
        "unknown issuer",
        "no issuer",
        "endless issuer",
        "unknown key",
        "another algorithm",
    ],
)
def test_a_grant_without_a_known_client_and_key_costs_no_verification(
    site: Any, endpoint: Endpoint, keyfile: Any, counter: Counter, make: Any
) -> None:
    """No signature is verified, no key loaded and no user looked up."""
    grant = make(site, keyfile)
    counter.start()
    endpoint.post(grant).check_refused("invalid_grant")
    assert counter.cost() == NOTHING


@pytest.mark.parametrize(
    "make",
    [
        _signed_by_another,
        lambda site, keyfile: _damaged(site.grant(keyfile)),
        lambda site, keyfile: _damaged(_expired(site, keyfile)),
        lambda site, keyfile: _damaged(_wrong_audience(site, keyfile)),
    ],
    ids=["another key", "wrong", "wrong and expired", "wrong, for another server"],
)
def test_a_wrong_signature_costs_one_verification_and_has_one_answer(
    site: Any, endpoint: Endpoint, keyfile: Any, counter: Counter, make: Any
) -> None:
    """Claims of nobody are not judged, so the answer tells nothing of them."""
    grant = make(site, keyfile)
    counter.start()
    description = endpoint.post(grant).check_refused("invalid_grant")
    assert counter.cost() == ONE_SIGNATURE
    assert description.startswith("The assertion is not a JWT signed by a live")


@pytest.mark.parametrize(
    "make",
    [
        _expired,
        _wrong_audience,
        lambda site, keyfile: site.grant(keyfile, exp=time.time() + 90_000),
        lambda site, keyfile: site.grant(keyfile, jti=""),
    ],
    ids=["expired", "another server", "too long", "bad jti"],
)
def test_a_signed_grant_that_cannot_be_valid_asks_for_no_user(
    site: Any, endpoint: Endpoint, keyfile: Any, counter: Counter, make: Any
) -> None:
    """The claims are judged before anything is looked up for them."""
    grant = make(site, keyfile)
    counter.start()
    endpoint.post(grant).check_refused("invalid_grant")
    assert counter.cost() == ONE_SIGNATURE


def test_a_grant_without_kid_is_tried_with_three_keys_at_most(
    site: Any, endpoint: Endpoint, keyfile: Any, counter: Counter
) -> None:
    """Here the client has one."""
    grant = _damaged(site.grant(keyfile, headers={}))
    counter.start()
    endpoint.post(grant).check_refused("invalid_grant")
    assert counter.cost() == ONE_SIGNATURE


@pytest.mark.parametrize(
    "assertion, cost",
    [
        (lambda site, key: "x", NOTHING),
        (lambda site, key: client_assertion(site, key, iss=NOBODY), NOTHING),
        (lambda site, key: _damaged(client_assertion(site, key)), ONE_SIGNATURE),
        (lambda site, key: client_assertion(site, key, aud="x"), ONE_SIGNATURE),
        (lambda site, key: client_assertion(site, key, exp=1.0), ONE_SIGNATURE),
    ],
    ids=["no JWT", "unknown issuer", "wrong signature", "another server", "expired"],
)
@pytest.mark.parametrize("name", ["token", "introspect", "revoke"])
def test_the_same_holds_for_client_assertions(
    site: Any,
    endpoint: Endpoint,
    keyfile: Any,
    counter: Counter,
    name: str,
    assertion: Any,
    cost: dict[str, int],
) -> None:
    """At every endpoint that takes them."""
    signed = assertion(site, keyfile)
    counter.start()
    if name == "token":
        answer = endpoint.client(signed)
    else:
        answer = endpoint.ask(name, "pta_x", signed)
    assert json.loads(answer.body)["error"] == "invalid_client"
    assert answer.transactions == []
    assert counter.cost() == cost


@pytest.mark.parametrize("name", ["introspect", "revoke"])
@pytest.mark.parametrize("bearer", ["x", "pta_x", "pta_" + "0" * 49, "ptp_x"])
def test_a_made_up_token_asks_for_no_user(
    site: Any, endpoint: Endpoint, counter: Counter, name: str, bearer: str
) -> None:
    """IN-02: its shape is wrong, or its digest is not known."""
    answer = endpoint.ask_as(name, "pta_x", bearer)
    assert answer.status == 401
    assert counter.cost() == NOTHING


@pytest.mark.parametrize("token", ["pta_x", "pta_" + "0" * 49, "ptp_" + "0" * 49])
def test_a_made_up_token_asks_for_no_user_anywhere_in_the_site(
    site: Any, counter: Counter, token: str
) -> None:
    """Nor is it handed on to others, who would."""
    assert site.api("GET", "/@users", token).status_code == 401
    assert counter.cost() == NOTHING
