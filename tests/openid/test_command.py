"""``tokenauth signing-keys``."""

from tests.cli.commandline import Tokenauth
from tests.cli.commandline import tokenauth as tokenauth
from typing import Any


def states(result: Any) -> list[str]:
    return [key["state"] for key in result.json if key["algorithm"] == "RS256"]


def test_a_site_without_keys_says_so(provider: Any, tokenauth: Tokenauth) -> None:
    assert tokenauth("signing-keys").out == "There are no signing keys.\n"
    assert tokenauth("signing-keys", "--json").json == []


def test_keys_are_rotated(provider: Any, tokenauth: Tokenauth) -> None:
    """Conformance: OD-09."""
    assert states(tokenauth("signing-keys", "--rotate", "--json")) == ["signing"]
    rotated = tokenauth("signing-keys", "--rotate", "--json")
    assert states(rotated) == ["published", "signing"]
    assert set(rotated.json[0]) == {"kid", "algorithm", "state", "made", "until"}
    assert tokenauth("signing-keys", "--json").json == rotated.json
    again = tokenauth("signing-keys", "--rotate")
    assert again.code == 1
    assert "already" in again.err


def test_keys_are_replaced(provider: Any, tokenauth: Tokenauth) -> None:
    """Conformance: OD-10."""
    before = tokenauth("signing-keys", "--rotate", "--json").json
    after = tokenauth("signing-keys", "--replace", "--json").json
    assert [key["state"] for key in after] == ["signing"] * 3
    assert not {key["kid"] for key in before} & {key["kid"] for key in after}
    text = tokenauth("signing-keys").out
    assert all(key["kid"] in text for key in after)


def test_without_a_sealing_key_it_fails(
    provider: Any, tokenauth: Tokenauth, zope_conf: dict[str, str]
) -> None:
    """Conformance: OD-12."""
    zope_conf.clear()
    for argument in ("--rotate", "--replace"):
        result = tokenauth("signing-keys", argument)
        assert result.code == 1
        assert "Nothing can be sealed: no sealing key is configured." in result.err
