"""What tests of real clients share: keyfiles, ended tokens, and no way out."""

from collections.abc import Callable
from pas.plugins.tokenauth.authorization_server.introspection import revoke_token
from pathlib import Path
from tests.applications.registering import register
from tests.clients.connections import Connections
from typing import Any

import json
import pytest
import time


__all__ = ["register"]

PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(autouse=True)
def connections(monkeypatch: pytest.MonkeyPatch) -> Connections:
    """No client talks to anything but this computer; what it tries is recorded."""
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    return Connections(monkeypatch)


@pytest.fixture
def save(tmp_path: Path) -> Callable[[dict[str, Any]], str]:
    """Write a keyfile where a program can read it, and tell where."""

    def write(keyfile: dict[str, Any]) -> str:
        path = tmp_path / "keyfile.json"
        path.write_text(json.dumps(keyfile), encoding="utf-8")
        return str(path)

    return write


@pytest.fixture
def end_token(site: Any) -> Callable[[str], None]:
    """End an access token before its time, so that the next use of it is a 401."""

    def end(token: str) -> None:
        site.sync()
        revoke_token(site.context, token, time.time(), "a test", None)
        site.commit()
        assert site.api("GET", "", token).status_code == 401

    return end
