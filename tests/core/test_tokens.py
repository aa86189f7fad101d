"""Opaque access tokens."""

from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from pas.plugins.tokenauth.core.tokens import ACCESS_TOKEN_PREFIX
from pas.plugins.tokenauth.core.tokens import base62
from pas.plugins.tokenauth.core.tokens import digest
from pas.plugins.tokenauth.core.tokens import is_well_formed
from pas.plugins.tokenauth.core.tokens import make_token
from pas.plugins.tokenauth.core.tokens import PERSONAL_ACCESS_TOKEN_PREFIX
from pas.plugins.tokenauth.core.tokens import prefix_of

import hashlib
import pytest
import string
import zlib


PROPERTY = settings(deadline=None, derandomize=True, database=None)
ALPHANUMERIC = set(string.ascii_letters + string.digits)
RANDOM = bytes(range(32))
TOKEN = make_token(ACCESS_TOKEN_PREFIX, RANDOM)


@PROPERTY
@given(st.binary(min_size=32, max_size=32))
def test_a_token_is_a_prefix_43_random_characters_and_6_of_checksum(
    random: bytes,
) -> None:
    """One shape, which secret scanners can be taught."""
    token = make_token(ACCESS_TOKEN_PREFIX, random)
    assert token.startswith("pta_")
    assert len(token) == 4 + 43 + 6
    assert set(token[4:]) <= ALPHANUMERIC
    assert is_well_formed(token)


@pytest.mark.parametrize("random", [bytes(32), b"\xff" * 32, bytes(31) + b"\1"])
def test_the_smallest_and_the_largest_randomness_have_the_same_shape(
    random: bytes,
) -> None:
    """43 characters of base 62 hold every number of 256 bits."""
    token = make_token(ACCESS_TOKEN_PREFIX, random)
    assert len(token) == 53
    assert is_well_formed(token)


def test_the_checksum_is_the_crc32_of_all_that_precedes_it() -> None:
    """Written down here, so that a scanner's rule stays right."""
    value = 0
    for char in TOKEN[-6:]:
        value = value * 62 + (
            string.digits + string.ascii_uppercase + string.ascii_lowercase
        ).index(char)
    assert value == zlib.crc32(TOKEN[:-6].encode())


@pytest.mark.parametrize("length", [0, 1, 16, 31, 33, 64])
def test_other_than_32_bytes_of_randomness_are_refused(length: int) -> None:
    """TE-21: a token is never weaker than 256 bits by mistake."""
    with pytest.raises(ValueError, match="32 random bytes"):
        make_token(ACCESS_TOKEN_PREFIX, bytes(length))


@pytest.mark.parametrize("position", range(len(TOKEN)))
def test_the_checksum_notices_every_change_of_one_character(position: int) -> None:
    """A mistyped token is known without a look into the database."""
    for char in sorted(ALPHANUMERIC | {"_", "-", " ", "ä"}):
        changed = TOKEN[:position] + char + TOKEN[position + 1 :]
        assert is_well_formed(changed) == (changed == TOKEN)


@pytest.mark.parametrize(
    "token",
    [
        "",
        "pta_",
        TOKEN[:-1],
        TOKEN + "0",
        TOKEN + "\n",
        " " + TOKEN,
        TOKEN.upper(),
        TOKEN.swapcase(),
        TOKEN.replace("pta_", "PTA_"),
        TOKEN.replace("pta_", "pub_"),
        TOKEN[4:],
        TOKEN[:4] + "\u0660" * 49,
        TOKEN[:4] + "\ud800" * 49,
        TOKEN[:20] + TOKEN[21] + TOKEN[20] + TOKEN[22:],
        "x" * 1_000_000,
    ],
)
def test_a_string_that_does_not_look_like_ours_is_not_well_formed(token: str) -> None:
    """RS-03: anything else, without an exception."""
    assert not is_well_formed(token)


@pytest.mark.parametrize("length", [0, 1, 42, 44, 100])
def test_a_good_checksum_does_not_make_a_wrong_length_right(length: int) -> None:
    """RS-03: prefix, length, alphabet and checksum, all four."""
    body = "pta_" + "x" * length
    crc = zlib.crc32(body.encode()).to_bytes(4, "big")
    assert not is_well_formed(body + base62(crc, 6))


def test_storage_knows_the_sha256_of_the_whole_token() -> None:
    """Stored only as SHA-256 digest."""
    assert digest(TOKEN) == hashlib.sha256(TOKEN.encode("ascii")).digest()
    assert RANDOM not in digest(TOKEN)


@PROPERTY
@given(st.lists(st.binary(min_size=32, max_size=32), unique=True, max_size=50))
def test_different_randomness_makes_different_tokens(randoms: list[bytes]) -> None:
    """Padding never lets two numbers look the same."""
    assert len({make_token(ACCESS_TOKEN_PREFIX, random) for random in randoms}) == len(
        randoms
    )


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "0000"),
        (b"\0", "0000"),
        (b"\x09", "0009"),
        (b"\x0a", "000A"),
        (b"\x24", "000a"),
        (b"\x3d", "000z"),
        (b"\x3e", "0010"),
        (b"\x00\x3e", "0010"),
    ],
)
def test_base62_counts_digits_then_capitals_then_small_letters(
    data: bytes, expected: str
) -> None:
    """The alphabet, padded with zeros on the left."""
    assert base62(data, 4) == expected


@pytest.mark.parametrize("prefix", ["pta_", "ptp_", "ptr_", "ptz_"])
def test_the_prefix_tells_the_type_of_a_token(prefix: str) -> None:
    """Whatever starts like this is ours, also where the site has no such type."""
    token = make_token(prefix, RANDOM)
    assert is_well_formed(token)
    assert prefix_of(token) == prefix


@pytest.mark.parametrize(
    "other", ["", "pta", "pt_x", "PTA_x", "ptaa_x", "pt1_x", " pta_"]
)
def test_nothing_else_starts_like_a_token(other: str) -> None:
    assert prefix_of(other) == ""
    assert not is_well_formed(other)


def test_a_token_does_not_change_its_kind_by_another_prefix() -> None:
    """The checksum covers the prefix."""
    assert not is_well_formed(PERSONAL_ACCESS_TOKEN_PREFIX + TOKEN[4:])
