"""Refresh tokens: what they have in common, and how a successor is kept."""

from pas.plugins.tokenauth.core.refreshtokens import FAMILY_BYTES
from pas.plugins.tokenauth.core.refreshtokens import family_bytes
from pas.plugins.tokenauth.core.refreshtokens import family_name
from pas.plugins.tokenauth.core.refreshtokens import make_access_token
from pas.plugins.tokenauth.core.refreshtokens import make_refresh_token
from pas.plugins.tokenauth.core.refreshtokens import make_successor
from pas.plugins.tokenauth.core.refreshtokens import open_successor
from pas.plugins.tokenauth.core.refreshtokens import OWN_BYTES
from pas.plugins.tokenauth.core.refreshtokens import seal_successor
from pas.plugins.tokenauth.core.refreshtokens import start_of_name
from pas.plugins.tokenauth.core.secret import Secret
from pas.plugins.tokenauth.core.tokens import base62
from pas.plugins.tokenauth.core.tokens import is_well_formed
from pas.plugins.tokenauth.core.tokens import make_token
from pas.plugins.tokenauth.core.tokens import prefix_of
from pas.plugins.tokenauth.core.tokens import random_of

import pytest
import zlib


FAMILY = b"f" * FAMILY_BYTES
OWN = b"o" * OWN_BYTES
NONCE = b"n" * 12


def test_a_refresh_token_is_a_token_like_any_other() -> None:
    """Conformance: CR-31: letters and digits, and more than 128 bits of its own."""
    token = make_refresh_token(FAMILY, OWN)
    assert token.startswith("ptr_")
    assert is_well_formed(token)
    assert token.isascii()
    assert token.replace("_", "").isalnum()
    assert isinstance(token, Secret)
    assert OWN_BYTES * 8 >= 160


@pytest.mark.parametrize("data", [bytes(32), b"\xff" * 32, bytes(range(32))])
def test_the_random_bytes_of_a_token_are_found_again(data: bytes) -> None:
    assert random_of(make_token("ptr_", data)) == data


def too_large() -> str:
    unchecked = "ptr_" + "z" * 43
    crc = zlib.crc32(unchecked.encode())
    return unchecked + base62(crc.to_bytes(4, "big"), 6)


def test_a_token_that_no_bytes_make_has_none() -> None:
    assert is_well_formed(too_large())
    with pytest.raises(ValueError, match="larger"):
        random_of(too_large())


def test_all_tokens_of_a_family_begin_alike() -> None:
    token = make_refresh_token(FAMILY, OWN)
    successor = make_successor(token, b"p" * OWN_BYTES)
    assert successor != token
    assert family_bytes(token) == family_bytes(successor) == FAMILY
    assert random_of(successor)[FAMILY_BYTES:] == b"p" * OWN_BYTES


@pytest.mark.parametrize(
    "text",
    ["", "x", "ptr_x", make_token("pta_", bytes(32)), "ptr_\u00e9", too_large()],
    ids=["empty", "x", "short", "access token", "foreign", "too large"],
)
def test_what_is_no_refresh_token_has_no_family(text: str) -> None:
    """Conformance: RT-12."""
    assert family_bytes(text) is None


def test_the_name_of_a_family_makes_no_token() -> None:
    name = family_name(FAMILY)
    assert len(name) == 32
    assert FAMILY not in name
    assert name != family_name(b"g" * FAMILY_BYTES)


def test_a_successor_opens_with_its_predecessor_only() -> None:
    """Conformance: CR-24."""
    token = make_refresh_token(FAMILY, OWN)
    successor = make_successor(token, b"p" * OWN_BYTES)
    sealed = seal_successor(token, successor, NONCE)
    assert successor.encode() not in sealed
    found = open_successor(token, sealed)
    assert found == successor
    assert repr(found) == "<secret>"
    assert open_successor(successor, sealed) is None
    assert open_successor(token, sealed[:-1] + b"x") is None


def test_an_access_token_tells_its_family_and_no_refresh_token() -> None:
    """CR-24: who has one makes no refresh token of it, to end the family with."""
    name = family_name(FAMILY)
    token = make_access_token(name, OWN)
    assert prefix_of(token) == "pta_"
    assert is_well_formed(token)
    start = start_of_name(token)
    assert start == name[:FAMILY_BYTES]
    assert start != FAMILY


def test_a_token_that_nobody_has_made_tells_no_family() -> None:
    assert start_of_name("pta_" + "z" * 49) is None
