"""What the services need to know about a site."""

from collections.abc import Callable
from pas.plugins.tokenauth.core.errors import InvalidGrant
from pas.plugins.tokenauth.core.keys import generate_key_pair
from pas.plugins.tokenauth.site import context as server
from pas.plugins.tokenauth.storage.servicekeys import ServiceKey
from typing import Any

import pytest


NOW = 1_800_000_000.0
HOUR = 3600


class TestAnotherProcess:
    """It may have issued a key that this one has not heard of."""

    def test_a_key_issued_meanwhile_is_found(
        self, site: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        public_key = generate_key_pair("ES256", NOW).public_key
        key = ServiceKey(
            "svc-new", owner="x", title="x", public_key=public_key, issued_at=NOW
        )

        def sync_storage(storage: Any) -> bool:
            storage["service_key"].add(key)
            return True

        monkeypatch.setattr(server, "sync_storage", sync_storage)
        assert site.context.public_keys_of("svc-new", NOW) == (public_key,)

    @pytest.mark.parametrize("is_something_new", [True, False])
    def test_nobody_has_no_public_keys(
        self, site: Any, is_something_new: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """JB-05: an unknown issuer, whatever else is new."""
        monkeypatch.setattr(server, "sync_storage", lambda storage: is_something_new)
        assert site.context.public_keys_of("svc-nobody", NOW) == ()

    def test_no_second_look_up_follows_where_nothing_is_new(
        self, site: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        keys, looked = type(site.context.storage["service_key"]), []
        monkeypatch.setattr(keys, "get", lambda self, name: looked.append(name))
        monkeypatch.setattr(server, "sync_storage", lambda storage: False)
        site.context.public_keys_of("svc-nobody", NOW)
        assert looked == ["svc-nobody"]

    def test_the_storage_server_is_not_asked_about_a_known_key(
        self, site: Any, issue: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked: list[Any] = []
        monkeypatch.setattr(server, "sync_storage", asked.append)
        key = issue()
        assert site.context.public_keys_of(key.client_id, NOW) == key.public_keys
        assert asked == []


def test_an_identifier_is_kept_as_long_as_its_grant_is_accepted(site: Any) -> None:
    """JB-14, JW-04: the leeway counts; another grant cannot use it meanwhile."""
    until = NOW + 300
    site.context.use_up("svc-1", "idempotency_key", until, NOW)
    last = until + site.context.settings.leeway - 1
    with pytest.raises(InvalidGrant, match="jti"):
        site.context.use_up("svc-1", "idempotency_key", until + 2 * HOUR, last)
    site.context.use_up("svc-1", "idempotency_key", until + 2 * HOUR, last + 1)


@pytest.mark.parametrize("issuer", ["", None])
def test_a_site_without_issuer_has_no_endpoint(site: Any, issuer: str | None) -> None:
    site.plugin.issuer = issuer
    assert (site.context.issuer, site.context.token_endpoint) == ("", "")
