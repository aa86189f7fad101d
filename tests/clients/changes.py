"""What happens to a site while applications stay signed in."""

from pas.plugins.tokenauth.sealing.configuration import KEY_VARIABLE
from pas.plugins.tokenauth.sealing.keyring import make_key
from typing import Any

import pytest


def rotate_sealing_key(monkeypatch: pytest.MonkeyPatch, site: Any) -> None:
    """The key with which people were signed in is gone, too."""
    monkeypatch.setenv(KEY_VARIABLE, make_key())


def forget_everything_in_memory(monkeypatch: pytest.MonkeyPatch, site: Any) -> None:
    """As after a restart: what counts is in the database."""
    site.sync()
    site.app._p_jar.db().cacheMinimize()


CHANGES = [rotate_sealing_key, forget_everything_in_memory]
