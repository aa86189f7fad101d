"""Two front ends on one database: what one did is in force at the other."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contention import make_keys
from contextlib import closing
from databases import Address
from databases import ZEOAddress
from frontends import FrontEnd
from pas.plugins.tokenauth.authorization_server.clients import find_client
from pas.plugins.tokenauth.core.tokens import ACCESS_TOKEN_PREFIX
from pas.plugins.tokenauth.core.tokens import make_token
from pas.plugins.tokenauth.storage import sync as freshness
from pas.plugins.tokenauth.tokens import find as tokens
from relay import Relay
from relay import relay
from stand_in import NOW
from typing import Any

import pytest


PAIRS = 300


@pytest.fixture
def slow(zeo: ZEOAddress) -> Iterator[Relay]:
    """A network that delivers when the test says so."""
    with relay(zeo.port) as running:
        yield running


@pytest.fixture
def first(zeo: ZEOAddress) -> Iterator[FrontEnd]:
    with closing(FrontEnd(zeo)) as front_end:
        yield front_end


@pytest.fixture
def second(slow: Relay) -> Iterator[FrontEnd]:
    """It learns what the first one did when the network delivers it."""
    with closing(FrontEnd(ZEOAddress(slow.port))) as front_end:
        yield front_end


def test_a_token_that_one_has_issued_is_accepted_by_the_other_at_once(
    address: Address,
) -> None:
    """RS-09: no wrong 401, in either direction."""
    grant = make_keys(address, 1)[0]
    with closing(FrontEnd(address)) as one, closing(FrontEnd(address)) as two:
        pairs = [(one, two), (two, one)] * (PAIRS // 2)
        assert all(using.accepts(issuing.issue(grant)) for issuing, using in pairs)


class TestALateMessage:
    """The ZEO server's message about a commit has not come yet."""

    def test_keeps_nobody_out(
        self, zeo: ZEOAddress, first: FrontEnd, second: FrontEnd, slow: Relay
    ) -> None:
        grant = make_keys(zeo, 1)[0]
        assert second.accepts(first.issue(grant))
        slow.hold()
        token = first.issue(grant)
        with ThreadPoolExecutor() as executor:
            accepted = executor.submit(second.accepts, token)
            assert not accepted.done()
            slow.release()
            assert accepted.result()

    def test_would_keep_somebody_out_if_the_server_were_not_asked(
        self,
        zeo: ZEOAddress,
        first: FrontEnd,
        second: FrontEnd,
        slow: Relay,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """The test above means something."""
        grant = make_keys(zeo, 1)[0]
        assert second.accepts(first.issue(grant))
        look_at_all_tokens(second)
        slow.hold()
        token = first.issue(grant)
        monkeypatch.setattr(tokens, "sync_storage", lambda storage: False)
        assert not second.accepts(token)

    def test_that_tells_of_a_revocation_ends_the_token_with_the_next_request(
        self, zeo: ZEOAddress, first: FrontEnd, second: FrontEnd, slow: Relay
    ) -> None:
        """RV-01: as soon as it comes."""
        grant = make_keys(zeo, 1)[0]
        token = first.issue(grant)
        assert second.accepts(token)
        slow.hold()
        first.revoke("svc-0")
        # All that it needs is there; nobody has told it of the revocation.
        assert second.accepts(token)
        slow.release()
        second.db.storage.ping()
        assert not second.accepts(token)

    def test_that_tells_of_a_key_does_not_make_its_first_grant_invalid(
        self, zeo: ZEOAddress, first: FrontEnd, second: FrontEnd, slow: Relay
    ) -> None:
        make_keys(zeo, 1)
        assert keys_of(second, "svc-0")
        slow.hold()
        with first.request() as (server, manager):
            key = server.storage["service_key"].get("svc-0")
            server.storage["service_key"].add(type(key)("svc-new", **state_of(key)))
            manager.commit()
        with ThreadPoolExecutor() as executor:
            found = executor.submit(keys_of, second, "svc-new")
            slow.release()
            assert len(found.result()) == 1


def look_at_all_tokens(front_end: FrontEnd) -> None:
    """What is cached needs no network."""
    with front_end.request() as (server, _):
        tokens = server.storage["access_tokens"]._tokens
        families = server.storage["refresh_families"]._families
        for shard in (*tokens._shards, *families._shards):
            for group in shard.values():
                list(group)


def state_of(key: Any) -> dict[str, Any]:
    return {
        "owner": key.owner,
        "title": key.title,
        "public_key": key.public_keys[0],
        "issued_at": NOW,
    }


def keys_of(front_end: FrontEnd, client_id: str) -> Any:
    """What the real server of a front end finds."""
    with front_end.request() as (server, _):
        client = find_client(server, client_id)
        return () if client is None else client.live_public_keys(NOW)


class TestAskingTheServer:
    def test_happens_for_an_unknown_token_alone(
        self, zeo: ZEOAddress, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Checking a token that is known costs no round trip."""
        grant = make_keys(zeo, 1)[0]
        with closing(FrontEnd(zeo)) as front_end:
            asked: list[str] = []
            ping = front_end.db.storage.ping
            monkeypatch.setattr(
                front_end.db.storage, "ping", lambda: (asked.append("ping"), ping())
            )
            token = front_end.issue(grant)
            assert front_end.accepts(token)
            assert asked == []
            for known in range(2):
                unknown = make_token(ACCESS_TOKEN_PREFIX, bytes([known]) * 32)
                assert not front_end.accepts(unknown)
            assert asked == ["ping"] * 2

    def test_loses_no_change_of_the_transaction(self, zeo: ZEOAddress) -> None:
        """It stays away where something has changed already."""
        make_keys(zeo, 1)
        with (
            closing(FrontEnd(zeo)) as front_end,
            front_end.request() as (server, manager),
        ):
            key = server.storage["service_key"].get("svc-0")
            assert freshness.sync_storage(server.storage)
            key.title = "Changed"
            assert not freshness.sync_storage(server.storage)
            manager.savepoint()
            assert not freshness.sync_storage(server.storage)
            manager.commit()
        with (
            closing(FrontEnd(zeo)) as front_end,
            front_end.request() as (server, manager),
        ):
            assert server.storage["service_key"].get("svc-0").title == "Changed"

    def test_is_not_done_with_relstorage(self, postgresql: Address) -> None:
        """Which asks by itself when a transaction begins."""
        make_keys(postgresql, 1)
        with (
            closing(FrontEnd(postgresql)) as front_end,
            front_end.request() as (server, _),
        ):
            assert not freshness.sync_storage(server.storage)
