"""Tokens that programs send, of either kind, found by what was sent."""

from collections.abc import Callable
from pas.plugins.tokenauth.core.tokens import ACCESS_TOKEN_PREFIX
from pas.plugins.tokenauth.core.tokens import digest
from pas.plugins.tokenauth.core.tokens import make_token
from pas.plugins.tokenauth.storage.accesstokens import AccessToken
from pas.plugins.tokenauth.tokens import find as tokens
from pas.plugins.tokenauth.tokens.find import find_token
from pas.plugins.tokenauth.tokens.find import UnknownToken
from typing import Any

import pytest


NOW = 1_800_000_000.0
TOKEN = make_token(ACCESS_TOKEN_PREFIX, b"x" * 32)


def add(site: Any, credential: Any) -> None:
    record = AccessToken(
        credential=credential, subject="owner", issued_at=NOW, expires_at=NOW + 3600
    )
    site.context.storage["access_tokens"].add(digest(TOKEN), record)


class TestAnotherProcess:
    """It may have issued a token that this one has not heard of."""

    @pytest.fixture
    def look_ups(self, site: Any, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
        found: list[Any] = []
        get = type(site.context.storage["access_tokens"]).get

        def counting(self: Any, *arguments: Any) -> Any:
            found.append(arguments)
            return get(self, *arguments)

        monkeypatch.setattr(
            type(site.context.storage["access_tokens"]), "get", counting
        )
        return found

    def test_a_token_issued_meanwhile_is_found(
        self, site: Any, issue: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        key = issue()

        def sync_storage(storage: Any) -> bool:
            add(site, key)
            return True

        monkeypatch.setattr(tokens, "sync_storage", sync_storage)
        assert find_token(site.context, TOKEN, NOW).credential is key

    def test_no_second_look_up_follows_where_nothing_is_new(
        self, site: Any, look_ups: list[Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """RS-09: an unknown token costs one look-up."""
        monkeypatch.setattr(tokens, "sync_storage", lambda storage: False)
        with pytest.raises(UnknownToken):
            find_token(site.context, TOKEN, NOW)
        assert len(look_ups) == 1

    def test_a_token_that_nobody_has_issued_is_unknown(
        self, site: Any, look_ups: list[Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """RS-09: whatever else is new."""
        monkeypatch.setattr(tokens, "sync_storage", lambda storage: True)
        with pytest.raises(UnknownToken):
            find_token(site.context, TOKEN, NOW)
        assert len(look_ups) == 2
