"""What the verifier refuses is refused over HTTP as well, and leaves nothing behind.

A sample: tests/core/attack holds the strategies, and runs them without a site.
"""

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from pas.plugins.tokenauth.servicekeys.kind import SERVICE_KEY
from tests.authorization_server.endpoints.conftest import Answer
from tests.authorization_server.endpoints.conftest import NOW
from tests.core.attack.drafts import Draft
from tests.core.attack.drafts import drafts
from tests.core.attack.effort import effort
from tests.core.attack.reasons import Reason
from tests.core.attack.table import TABLE
from tests.core.attack.world import GRANT
from tests.core.attack.world import Kind
from tests.core.attack.world import KINDS
from tests.core.attack.world import World
from tests.core.conftest import Client
from tests.core.conftest import client_with
from typing import Any

import pytest
import time


#: As long as the body of a request may be, less what stands around the assertion.
MAX_LENGTH = 60_000


@pytest.fixture
def world(site: Any, monkeypatch: pytest.MonkeyPatch) -> World:
    """The site, with a key of each algorithm, at a moment of its own."""
    clients = [
        client_with(rsa.generate_private_key(65537, 2048), "RS256"),
        client_with(rsa.generate_private_key(65537, 2048), "PS256"),
        client_with(ec.generate_private_key(ec.SECP256R1()), "ES256"),
        client_with(ed25519.Ed25519PrivateKey.generate(), "EdDSA"),
    ]
    now = float(int(time.time()))
    monkeypatch.setattr(NOW, lambda: now)
    site.add_user("owner", "Manager")
    found = {
        client.public_key.algorithm: (_registered(site, client, now), client)
        for client in clients
    }
    site.commit()
    return World(now, site.url, site.endpoint, found)


def _registered(site: Any, client: Client, now: float) -> str:
    key = client.public_key
    issued = SERVICE_KEY.issue(
        site.context,
        site.requester("owner"),
        {"title": key.algorithm},
        now,
        idempotency_key=key.kid,
        material={"algorithm": key.algorithm, "public_key": key.pem},
    )
    return issued.credential.client_id


def _sent(endpoint: Any, kind: Kind, assertion: str) -> Answer:
    answer: Answer = (
        endpoint.post(assertion) if kind is GRANT else endpoint.client(assertion)
    )
    return answer


def _is_about_keys(draft: Draft) -> bool:
    """Whether the case is one because the site keeps other keys than it does here."""
    kept = [client.public_key for _, client in draft.world.clients.values()]
    return draft.keys[-1:] != [draft.client.public_key] or any(
        key not in kept for key in draft.keys
    )


def _can_be_sent(assertion: str) -> bool:
    """Whether the form is one that the endpoint reads."""
    return (
        len(assertion) < MAX_LENGTH
        and "\0" not in assertion
        and not any("\ud800" <= char <= "\udfff" for char in assertion)
    )


def _attack(reason: Reason, kind: Kind, world: World, endpoint: Any) -> int:
    """How many assertions were sent, and refused for this reason."""
    sent = 0

    @effort(f"over HTTP {kind} {reason.name}", sample=2)
    @given(reason.cases(world, kind))
    def attack(case: tuple[Draft, str]) -> None:
        nonlocal sent
        draft, assertion = case
        if _is_about_keys(draft) or not _can_be_sent(assertion):
            return
        sent += 1
        answer = _sent(endpoint, kind, assertion)
        description = answer.check_refused(kind.error.error)
        assert description == reason.description(kind)

    attack()
    return sent


@pytest.mark.parametrize("third", range(3))
def test_refused_assertions_write_nothing_and_fail_nowhere(
    world: World, endpoint: Any, third: int
) -> None:
    """TE-18, TE-19; threat senaite PR#90: the one error, no 5xx, no transaction."""
    part = TABLE[third::3]
    sent = [_attack(reason, kind, world, endpoint) for reason, kind in part]
    assert sum(map(bool, sent)) > len(part) * 0.8


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_the_same_assertions_are_good_when_nobody_spoils_them(
    world: World, endpoint: Any, kind: Kind
) -> None:
    """TE-01: else nothing would be proved by refusals."""

    @effort(f"good over HTTP {kind}", sample=6)
    @given(drafts(world, kind))
    def attack(draft: Draft) -> None:
        draft.claims.pop("scope", None)
        if kind is GRANT:
            draft.claims.pop("sub", None)
        # Examples may be alike, and an identifier is good for one time.
        draft.claims["jti"] = f"{draft.claims.get('jti', '')[:200]}-{time.time_ns()}"
        _sent(endpoint, kind, draft.signed()).check_success()

    attack()
