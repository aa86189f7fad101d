"""What errors say, letter by letter: programs compare codes, people read sentences."""

from pas.plugins.tokenauth.core import base64url
from pas.plugins.tokenauth.core import errors
from pas.plugins.tokenauth.core import scopes
from pas.plugins.tokenauth.core import strictjson
from pas.plugins.tokenauth.core.bearer import access_token
from pas.plugins.tokenauth.core.clientassertions import ASSERTION_TYPE
from pas.plugins.tokenauth.core.clientassertions import NOT_OURS as NO_CLIENT_OF_OURS
from pas.plugins.tokenauth.core.errors import AccessRefused
from pas.plugins.tokenauth.core.errors import InvalidClient
from pas.plugins.tokenauth.core.errors import InvalidScope
from pas.plugins.tokenauth.core.errors import OAuthError
from pas.plugins.tokenauth.core.grants import NOT_OURS

import pytest


CODES = {
    "OAuthError": "invalid_request",
    "InvalidRequest": "invalid_request",
    "InvalidClient": "invalid_client",
    "InvalidGrant": "invalid_grant",
    "GrantEnded": "invalid_grant",
    "UnauthorizedClient": "unauthorized_client",
    "InvalidScope": "invalid_scope",
    "InvalidTarget": "invalid_target",
    "UnsupportedTokenType": "unsupported_token_type",
    "UnsupportedGrantType": "unsupported_grant_type",
    "AccessDenied": "access_denied",
}
#: These have a status of their own (RFC 6750, RFC 6585).
OTHER_CODES = {
    "AccessRefused": "invalid_token",
    "TooManyRequests": "temporarily_unavailable",
}


def test_every_error_has_the_code_of_the_specification() -> None:
    """JB-02, JB-04, JB-25: no two of them are mixed up, and none is forgotten."""
    found = {
        name: kind.error
        for name, kind in vars(errors).items()
        if isinstance(kind, type) and issubclass(kind, OAuthError)
    }
    assert found == CODES | OTHER_CODES


@pytest.mark.parametrize("name", CODES)
def test_an_error_asks_for_nothing_by_itself(name: str) -> None:
    """TE-18: status 400 and no challenge, unless an endpoint says so."""
    kind = getattr(errors, name)
    assert (kind.status, kind.challenge) == (400, "")


def test_an_error_is_its_description_whatever_else_it_knows() -> None:
    """JS-28: what str() shows may be shown to anybody."""
    assert str(InvalidClient("Told.", "logged", "client-1")) == "Told."
    assert InvalidClient("Told.", "logged", "client-1").credential_id == "client-1"


def test_a_refusal_is_its_reason_and_tells_nothing_by_itself() -> None:
    assert str(AccessRefused("a reason", "client-1", "a description")) == "a reason"
    assert AccessRefused("a reason").description == ""


@pytest.mark.parametrize(
    "text, problem",
    [("A", "not base64url"), ("AB", "not canonical base64url")],
)
def test_base64url_says_what_is_wrong(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=f"^{problem}$"):
        base64url.decoded(text)


@pytest.mark.parametrize("last", range(256))
def test_base64url_gives_back_what_it_got(last: int) -> None:
    """JS-04: whatever letter the string ends with."""
    for data in (bytes([last]), bytes([0, last]), bytes([255, 0, last])):
        text = base64url.encoded(data)
        assert base64url.decoded(text) == data
        assert len(text) == {1: 2, 2: 3, 3: 4}[len(data)]


@pytest.mark.parametrize(
    "text, problem",
    [
        ('{"a": 1, "a": 1}', "duplicate member"),
        ("NaN", "NaN is not JSON"),
        ("-Infinity", "-Infinity is not JSON"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_json_says_what_is_wrong(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=f"^{problem}$"):
        strictjson.parsed(text)


def test_a_malformed_token_is_called_so() -> None:
    with pytest.raises(AccessRefused, match=r"^malformed token$") as refused:
        access_token("Bearer pta_")
    assert refused.value.description == ""
    with pytest.raises(AccessRefused, match=r"^malformed token$") as refused:
        access_token("Bearer ptp_")
    assert refused.value.description == (
        "The access token is damaged, or not sent as Bearer and one token"
    )


def test_a_malformed_scope_is_called_so() -> None:
    """TE-06."""
    with pytest.raises(InvalidScope) as refused:
        scopes.parse_scope("a  b")
    assert refused.value.description == (
        "The scope must be names with single spaces between them."
    )


def test_names_that_others_write_do_not_change() -> None:
    """JB-22: they stand in programs, settings and documentation."""
    assert (scopes.READ, scopes.WRITE) == ("plone.read", "plone.write")
    assert ASSERTION_TYPE == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    assert NOT_OURS == (
        "The assertion is not a JWT signed by a live service key of this site."
    )
    assert NO_CLIENT_OF_OURS == (
        "The client assertion is not signed by a live key of a client of this site."
    )
