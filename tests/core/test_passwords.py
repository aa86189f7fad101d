"""Passwords that people choose are kept so that nobody can read them."""

from pas.plugins.tokenauth.core.passwords import hash_password
from pas.plugins.tokenauth.core.passwords import is_password
from pas.plugins.tokenauth.core.passwords import MAX_LENGTH
from pas.plugins.tokenauth.core.passwords import SALT_BYTES

import pytest


SALT = bytes(range(SALT_BYTES))


@pytest.mark.parametrize("password", ["a", "Grüße", "x" * MAX_LENGTH, " ", "\ud800"])
def test_a_password_is_recognised(password: str) -> None:
    assert is_password(password, hash_password(password, SALT))


@pytest.mark.parametrize("other", ["", "corr", "Correct", "correct ", "x" * 201])
def test_another_password_is_not(other: str) -> None:
    assert not is_password(other, hash_password("correct", SALT))


def test_what_is_kept_holds_neither_the_password_nor_says_who_has_the_same() -> None:
    kept = hash_password("correct", SALT)
    assert "correct" not in kept
    assert kept != hash_password("correct", bytes(SALT_BYTES))
    assert is_password("correct", kept)


def test_a_password_costs_what_it_should() -> None:
    """As RFC 7914 says, with N = 16384 and r = 8."""
    assert hash_password("pleaseletmein", b"SodiumChloride").endswith(
        "$7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
        "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887"
    )
