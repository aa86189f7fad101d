"""What checking a token costs and writes."""

from typing import Any
from ZODB.Connection import Connection

import pytest


class Counter:
    """Counts objects that are registered with any ZODB connection for writing."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.names: list[str] = []
        original = Connection.register

        def register(connection: Connection, obj: Any) -> None:
            self.names.append(type(obj).__name__)
            original(connection, obj)

        monkeypatch.setattr(Connection, "register", register)


@pytest.fixture
def counter(monkeypatch: pytest.MonkeyPatch) -> Counter:
    return Counter(monkeypatch)


def test_the_counter_counts(site: Any, counter: Counter) -> None:
    site.portal.title = "Changed"
    assert counter.names == ["PloneSite"]


@pytest.mark.parametrize("path", ["/@users/owner", "/++api++/@types"])
def test_a_request_with_a_token_writes_nothing(
    site: Any, counter: Counter, path: str
) -> None:
    """Authentication writes nothing, so that it never conflicts."""
    token = site.token(site.issue())
    site.api("GET", path, token)
    counter.names.clear()
    assert site.api("GET", path, token).status_code == 200
    assert counter.names == []


def test_a_refused_token_writes_nothing(site: Any, counter: Counter) -> None:
    counter.names.clear()
    site.get(token="pta_x")
    assert counter.names == []


def test_the_user_source_is_asked_once(
    site: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At most one user enumeration for a token that acts as its owner."""
    from pas.plugins.tokenauth.tokens.checks import authenticate
    from Products.PlonePAS.plugins.user import UserManager

    import time

    token = site.token(site.issue())
    site.sync()
    asked = []
    original = UserManager.enumerateUsers

    def enumerate_users(self: Any, *args: Any, **kwargs: Any) -> Any:
        asked.append(kwargs)
        return original(self, *args, **kwargs)

    monkeypatch.setattr(UserManager, "enumerateUsers", enumerate_users)
    authenticate(site.context, token, "127.0.0.1", time.time())
    assert len(asked) == 1
