"""Strings that hide."""

from pas.plugins.tokenauth.core.secret import Secret

import copy
import json
import pickle
import pytest


HIDDEN = Secret("open sesame")


def test_a_secret_is_a_string_like_any_other() -> None:
    assert HIDDEN == "open sesame"
    assert hash(HIDDEN) == hash("open sesame")
    assert f"{HIDDEN}!" == "open sesame!"
    assert str(HIDDEN) == "open sesame"
    assert json.dumps([HIDDEN]) == '["open sesame"]'
    assert HIDDEN.encode() == b"open sesame"


def test_a_secret_does_not_show_itself_wherever_it_stands() -> None:
    assert "sesame" not in repr({"a": [HIDDEN], "b": (HIDDEN,)})
    assert "sesame" not in f"{HIDDEN!r}"


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_secret_is_not_stored(protocol: int) -> None:
    with pytest.raises(TypeError, match="not stored"):
        pickle.dumps({"a": HIDDEN}, protocol)


def test_a_secret_is_not_copied_without_notice() -> None:
    with pytest.raises(TypeError, match="not stored"):
        copy.copy(HIDDEN)
