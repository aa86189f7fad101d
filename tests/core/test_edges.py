"""The last value that is taken, and the first that is not."""

from pas.plugins.tokenauth.core import claims
from pas.plugins.tokenauth.core import ipranges
from pas.plugins.tokenauth.core import jws
from pas.plugins.tokenauth.core import keys
from pas.plugins.tokenauth.core import tokens
from pas.plugins.tokenauth.core import uploads
from pas.plugins.tokenauth.core.bearer import access_token
from pas.plugins.tokenauth.core.errors import InvalidGrant
from pas.plugins.tokenauth.core.errors import KeyRefused
from pas.plugins.tokenauth.core.secret import Secret
from pas.plugins.tokenauth.core.text import cleaned
from pas.plugins.tokenauth.core.text import is_clean
from pas.plugins.tokenauth.core.tokens import ACCESS_TOKEN_PREFIX
from pas.plugins.tokenauth.core.tokens import make_token
from tests.core.attack.signatures import jwk_of
from tests.core.conftest import Client
from tests.core.conftest import NOW
from tests.core.conftest import rsa_key_of
from tests.core.conftest import segment
from tests.core.conftest import unsegment

import json
import pickle
import pytest


@pytest.mark.parametrize(
    "char", "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
def test_text_that_is_read_in_another_order_is_unclean(char: str) -> None:
    """JW-08: an administrator reads names in logs and tables."""
    assert not is_clean(f"jane{char}")
    assert cleaned(f"jane{char}doe", 20) == "janedoe"


def test_only_the_start_of_a_long_string_is_looked_at() -> None:
    """A client decides how long it is: four times of what is kept."""
    assert cleaned("\0" * 39 + "a", 10) == "a"
    assert cleaned("\0" * 40 + "a", 10) == ""


@pytest.mark.parametrize("last", "Xx09Az")
def test_a_token_may_end_with_any_letter(last: str) -> None:
    """RS-03: nothing but spaces is taken off it."""
    tokens = (
        make_token(ACCESS_TOKEN_PREFIX, bytes([n % 256, n // 256] * 16))
        for n in range(60_000)
    )
    token = next(token for token in tokens if token.endswith(last))
    assert access_token(f"Bearer  {token} ") == token


def test_limits_are_those_that_the_documentation_tells() -> None:
    """Tests that count in these names would follow them anywhere."""
    assert (jws.MAX_LENGTH, jws.MAX_KID_LENGTH, jws.MAX_CANDIDATES) == (8192, 256, 3)
    assert claims.MAX_TEXT_LENGTH == 256
    assert (ipranges.MAX_RANGES, uploads.MAX_LENGTH) == (100, 16_384)
    assert (keys.MIN_RSA_BITS, keys.MAX_RSA_BITS, keys.RSA_BITS) == (2048, 4096, 3072)
    assert (keys.RSA_EXPONENT, tokens.RANDOM_BYTES) == (65537, 32)
    assert (keys.DEFAULT_ALGORITHM, keys.ALIASES) == ("RS256", {"Ed25519": "EdDSA"})
    assert keys.ALGORITHMS == ("RS256", "PS256", "ES256", "EdDSA")


def test_a_key_id_may_have_256_characters(eddsa: Client) -> None:
    """JS-20."""
    kid = "x" * 256
    assert jws.parse(eddsa.jwt(kid=kid)).kid == kid
    with pytest.raises(jws.InvalidJWS, match=r"^the key id is not a short string$"):
        jws.parse(eddsa.jwt(kid=kid + "x"))


def test_the_last_second_of_the_calendar_is_the_last() -> None:
    """JW-03."""
    rules = claims.GrantRules(audiences=["a"], max_lifetime=3600, leeway=60)
    last = 253402300799
    good = {"iss": "a", "aud": "a", "iat": last - 10, "exp": last}
    assert claims.checked_claims(good, rules, last - 5).expires_at == last
    with pytest.raises(InvalidGrant, match=r"^The claim exp is no sensible time\.$"):
        claims.checked_claims({**good, "exp": last + 1}, rules, last - 5)


@pytest.mark.parametrize(
    "bits, exponent, problem, values",
    [
        (1024, 65537, "rsa_bits", {"bits": 1024, "minimum": 2048, "maximum": 4096}),
        (4097, 65537, "rsa_bits", {"bits": 4097, "minimum": 2048, "maximum": 4096}),
        (2048, 65539, "rsa_exponent", {"exponent": 65537}),
    ],
)
def test_an_rsa_key_is_refused_with_the_number_that_is_wrong(
    bits: int, exponent: int, problem: str, values: dict[str, int]
) -> None:
    """JS-13."""
    with pytest.raises(KeyRefused) as refused:
        keys.public_key_of(rsa_key_of(bits, exponent), NOW)
    assert (refused.value.problem, refused.value.values) == (problem, values)


def test_a_key_pair_is_live_until_its_end() -> None:
    """JB-33: to the moment."""
    key = keys.PublicKey("a", "EdDSA", "b", 1.0, 10.0)
    assert key.is_live(9.999)
    assert not key.is_live(10.0)


def test_an_ip_range_that_cannot_be_used_says_which_and_where() -> None:
    with pytest.raises(ipranges.IPRangeError) as refused:
        ipranges.normalized("10.0.0.0/8, 10.0.0.1/8")
    assert str(refused.value) == "host_bits_set: '10.0.0.1/8' at column 13"


def test_whether_an_address_is_inside_is_yes_or_no() -> None:
    assert ipranges.contains("10.0.0.0/8", "no address") is False
    assert ipranges.contains("10.0.0.0/8", "10.1.2.3") is True


def test_a_coordinate_has_its_full_length_and_no_more(es256: Client) -> None:
    """JS-12: the same number in another length is another spelling of one key."""
    jwk = jwk_of(es256)
    assert uploads.uploaded_public_key(json.dumps(jwk), NOW).kid == es256.public_key.kid
    longer = {**jwk, "x": segment(b"\0" + unsegment(jwk["x"]))}
    with pytest.raises(KeyRefused, match="unreadable"):
        uploads.uploaded_public_key(json.dumps(longer), NOW)


def test_a_jwk_with_keys_in_it_is_still_one_jwk(eddsa: Client) -> None:
    """JW-10: members that nobody knows are ignored."""
    jwk = {**jwk_of(eddsa), "keys": []}
    assert uploads.uploaded_public_key(json.dumps(jwk), NOW).kid == eddsa.public_key.kid


def test_a_stored_key_that_cannot_be_read_says_so() -> None:
    """JS-13: and nothing else."""
    damaged = keys.PublicKey("kid", "RS256", "-----BEGIN PUBLIC KEY-----", NOW)
    with pytest.raises(KeyRefused) as refused:
        keys.verification_key(damaged)
    assert refused.value.problem == "unreadable"


def test_an_unknown_algorithm_is_told_which_are_known() -> None:
    with pytest.raises(KeyRefused) as refused:
        keys.known_algorithm("HS256")
    assert refused.value.values == {"algorithms": "RS256, PS256, ES256, EdDSA"}


def test_an_unverified_jws_does_not_show_its_source() -> None:
    """JS-28: not in a log, not in a report of an error."""
    unverified = jws.UnverifiedJWS("eyJ.secret.text", "RS256", None, {})
    assert "eyJ" not in repr(unverified)


def test_a_secret_says_that_it_is_one() -> None:
    assert repr(Secret("x")) == "<secret>"
    with pytest.raises(TypeError) as refused:
        pickle.dumps(Secret("x"))
    assert str(refused.value) == "A secret is not stored."


def test_a_token_says_how_many_bytes_it_needs() -> None:
    """TE-21."""
    with pytest.raises(ValueError) as refused:
        make_token(ACCESS_TOKEN_PREFIX, bytes(31))
    assert str(refused.value) == "A token needs 32 random bytes."
