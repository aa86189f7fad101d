"""Strings from outside."""

from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from pas.plugins.tokenauth.core.text import cleaned
from pas.plugins.tokenauth.core.text import is_clean

import pytest


PROPERTY = settings(deadline=None, derandomize=True, database=None)


@pytest.mark.parametrize(
    "text", ["", "plain", "Übersicht", "日本語", "🔑", "a b", "é", "e\u0301", "\u200d"]
)
def test_ordinary_text_of_any_language_is_clean(text: str) -> None:
    """JW-12: code points are compared as they are, so all of them are accepted."""
    assert is_clean(text)


@pytest.mark.parametrize(
    "char",
    [
        "\0",
        "\t",
        "\n",
        "\r",
        "\x1b",
        "\x7f",
        "\x85",
        "\x9b",
        "\ud800",
        "\u2028",
        "\u202e",
    ],
)
def test_control_characters_and_lone_surrogates_are_not_clean(char: str) -> None:
    """JW-08: a claim that cannot be logged or encoded cannot be compared either."""
    assert not is_clean(f"a{char}b")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("agent/1.0", "agent/1.0"),
        ("  agent  ", "agent"),
        ("a\r\nSet-Cookie: x", "aSet-Cookie: x"),
        ("\x1b[31mred", "[31mred"),
        ("\x9b31mred", "31mred"),
        ("half \ud83d pair", "half  pair"),
        ("safe\u202egnp.exe", "safegnp.exe"),
        ("a\u2029b", "ab"),
        ("\n\n", ""),
        ("", ""),
    ],
)
def test_control_characters_go_and_the_rest_stays(text: str, expected: str) -> None:
    """Titles and user agents lose control characters on entry."""
    assert cleaned(text, 100) == expected


def test_text_is_cut_at_the_stated_length() -> None:
    """Cut at a stated length, to the character."""
    assert cleaned("x" * 10, 10) == "x" * 10
    assert cleaned("x" * 11, 10) == "x" * 10
    assert cleaned("x" * 9 + " x", 10) == "x" * 9


def test_a_huge_string_is_not_looked_through_to_its_end() -> None:
    """Threat: a client decides how much it sends, not how much we look at."""
    assert cleaned("\0" * 1_000_000 + "late", 10) == ""


@PROPERTY
@given(st.text(alphabet=st.characters()), st.integers(0, 50))
def test_a_cleaned_string_is_clean_and_short(text: str, length: int) -> None:
    """Holds for every string, surrogates included."""
    result = cleaned(text, length)
    assert is_clean(result)
    assert len(result) <= length
    result.encode("utf-8")
