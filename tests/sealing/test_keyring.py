"""Sealing with AES-256-GCM under a ring of keys."""

from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from pas.plugins.tokenauth.sealing.keyring import CannotOpen
from pas.plugins.tokenauth.sealing.keyring import KeyRing
from pas.plugins.tokenauth.sealing.keyring import make_key
from pas.plugins.tokenauth.sealing.keyring import MAX_KEYS
from pas.plugins.tokenauth.sealing.keyring import parse_keys
from pas.plugins.tokenauth.sealing.keyring import UnusableKey

import base64
import pytest


OLD, NEW = b"o" * 32, b"n" * 32
RING = KeyRing([NEW, OLD])


@given(st.binary(max_size=200), st.binary(max_size=40))
@settings(deadline=None, derandomize=True, database=None)
def test_what_was_sealed_opens(data: bytes, associated: bytes) -> None:
    assert RING.open(associated, RING.seal(associated, data)) == data


def test_the_first_key_seals_and_all_open() -> None:
    """Conformance: OD-14."""
    sealed_by_old = KeyRing([OLD]).seal(b"x", b"data")
    assert RING.open(b"x", sealed_by_old) == b"data"
    assert not RING.is_sealed_by_newest(sealed_by_old)
    sealed = RING.seal(b"x", b"data")
    assert RING.is_sealed_by_newest(sealed)
    assert KeyRing([NEW]).open(b"x", sealed) == b"data"


def test_another_key_opens_nothing() -> None:
    """Conformance: OD-13."""
    with pytest.raises(CannotOpen):
        KeyRing([OLD]).open(b"x", KeyRing([NEW]).seal(b"x", b"data"))
    assert not KeyRing([OLD]).knows(KeyRing([NEW]).seal(b"x", b"data"))


def test_what_was_sealed_for_something_else_does_not_open() -> None:
    with pytest.raises(CannotOpen):
        RING.open(b"y", RING.seal(b"x", b"data"))


def test_nothing_opens_with_one_bit_changed_or_cut_anywhere() -> None:
    sealed = RING.seal(b"x", b"data")
    for at in range(len(sealed)):
        for changed in (
            sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :],
            sealed[:at],
        ):
            with pytest.raises(CannotOpen):
                RING.open(b"x", changed)


def test_the_same_is_sealed_differently_each_time() -> None:
    assert len({RING.seal(b"x", b"data") for _ in range(100)}) == 100


def test_a_line_is_a_key() -> None:
    first, second = make_key(), make_key()
    assert first != second
    ring = parse_keys(f"{first}\n{second}\n")
    assert ring.open(b"", parse_keys(second).seal(b"", b"data")) == b"data"


def test_a_key_in_the_alphabet_for_urls_is_one() -> None:
    key = b"\xfb\xff" * 16
    ring = parse_keys(base64.urlsafe_b64encode(key).decode())
    assert ring.open(b"", KeyRing([key]).seal(b"", b"data")) == b"data"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "no key"),
        ("  \n ", "no key"),
        ("short", "key 1 is not 32 bytes"),
        (base64.b64encode(b"x" * 31).decode(), "key 1"),
        (base64.b64encode(b"x" * 33).decode(), "key 1"),
        (base64.b64encode(b"x" * 32).decode() + " secret-word", "key 2"),
        ("é" * 44, "key 1"),
        ("\n".join([base64.b64encode(b"x" * 32).decode()] * (MAX_KEYS + 1)), "more"),
    ],
)
def test_what_is_no_key_is_refused_without_being_shown(text: str, problem: str) -> None:
    """Conformance: OD-12."""
    with pytest.raises(UnusableKey, match=problem) as refused:
        parse_keys(text)
    assert "secret" not in str(refused.value)


def test_a_ring_shows_no_key() -> None:
    assert "nnn" not in repr(RING) + repr(vars(RING))
