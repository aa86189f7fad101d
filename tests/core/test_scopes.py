"""Scopes as the protocol spells them."""

from pas.plugins.tokenauth.core.errors import InvalidScope
from pas.plugins.tokenauth.core.scopes import format_scope
from pas.plugins.tokenauth.core.scopes import is_name
from pas.plugins.tokenauth.core.scopes import parse_scope

import pytest


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", set()),
        ("a", {"a"}),
        ("plone.read plone.write", {"plone.read", "plone.write"}),
        ("b a", {"a", "b"}),
        ("a a", {"a"}),
        ("A a", {"A", "a"}),
        ("!#[]~ https://example.org/x", {"!#[]~", "https://example.org/x"}),
    ],
)
def test_a_scope_is_a_set_of_names(text: str, names: set[str]) -> None:
    """TE-06: neither order nor repetition matters, case does."""
    assert parse_scope(text) == names


@pytest.mark.parametrize(
    "text",
    [
        " ",
        " a",
        "a ",
        "a  b",
        "a\tb",
        "a\n",
        "\na",
        'a"b',
        "a\\b",
        "a\0",
        "a\x7f",
        "é",
        "a\u00a0b",
        "\ud800",
        "a,b é",
    ],
)
def test_anything_else_is_malformed(text: str) -> None:
    """TE-06: quotes, backslashes, control characters, other spaces, not ASCII."""
    with pytest.raises(InvalidScope):
        parse_scope(text)


def test_a_long_scope_is_judged_at_once() -> None:
    """TE-06: no expression that backtracks."""
    with pytest.raises(InvalidScope):
        parse_scope("a " * 30_000)
    assert parse_scope("a" * 60_000) == {"a" * 60_000}


def test_names_are_spelled_in_one_order() -> None:
    """TE-04."""
    assert format_scope({"b", "c", "a"}) == "a b c"
    assert format_scope(()) == ""


@pytest.mark.parametrize(
    ("name", "fits"),
    [
        ("plone.read", True),
        ("x", True),
        ("", False),
        ("a b", False),
        ("\xe9", False),
    ],
)
def test_a_name_is_what_the_protocol_can_spell(name: str, fits: bool) -> None:
    """TE-06."""
    assert is_name(name) == fits


def test_a_quote_is_in_no_name() -> None:
    """TE-06."""
    assert not is_name('a"b')
    assert not is_name("a\\b")
