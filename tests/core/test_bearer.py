"""The Authorization header of a request."""

from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from pas.plugins.tokenauth.core.bearer import access_token
from pas.plugins.tokenauth.core.errors import AccessRefused
from pas.plugins.tokenauth.core.tokens import ACCESS_TOKEN_PREFIX
from pas.plugins.tokenauth.core.tokens import make_token
from pas.plugins.tokenauth.core.tokens import PERSONAL_ACCESS_TOKEN_PREFIX

import pytest


PROPERTY = settings(deadline=None, derandomize=True, database=None)
TOKEN = make_token(ACCESS_TOKEN_PREFIX, bytes(range(32)))
OTHER = make_token(ACCESS_TOKEN_PREFIX, bytes(32))
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZG1pbiJ9.c2lnbmF0dXJl"


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "bEaReR"])
@pytest.mark.parametrize("spaces", [" ", "  ", "     "])
def test_a_token_of_ours_is_found_whatever_the_case_and_the_spaces(
    scheme: str, spaces: str
) -> None:
    """RS-01, RS-02: the scheme is case-insensitive, one or more spaces follow."""
    assert access_token(f"{scheme}{spaces}{TOKEN}") == TOKEN


def test_spaces_at_the_end_do_not_matter() -> None:
    """RS-02: optional white space around a field value is not part of it."""
    assert access_token(f"Bearer {TOKEN}  ") == TOKEN


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        " ",
        "Bearer",
        "Bearer ",
        "bearer   ",
        "Bearer,",
        f"Bearer {JWT}",
        f"Bearer  {JWT}",
        "Bearer opaque-token-of-somebody",
        "Bearer pub_" + TOKEN[4:],
        "Bearer PTA_" + TOKEN[4:],
        "Bearer a b",
        "Bearer a,b",
        "Bearer \u00e4",
        "Bearer \ud800",
        "Basic YWRtaW46c2VjcmV0",
        "Token 9944b09199c62bcf9418ad846dd0e4bb",
        'Digest username="mary", realm="pta"',
        "Bearer x.pta_y",
        "Bearer x-ptp_y",
        "Bearer xptp_" + "y" * 20,
        "Negotiate YIIptaB/ptp+",
    ],
)
def test_a_header_that_is_not_ours_is_left_to_others(header: "str | None") -> None:
    """RS-03, RS-08: a foreign token is none of our business."""
    assert access_token(header) is None


@pytest.mark.parametrize(
    "header",
    [
        TOKEN,
        f'Bearer "{TOKEN}"',
        "Bearer pta_",
        f"Bearer {TOKEN[:-1]}",
        f"Bearer {TOKEN}0",
        f"Bearer {TOKEN[:-1]}-",
        f"Bearer {TOKEN[:-1]}\u00e4",
        f"Bearer {TOKEN[:-1]}\u0660",
        f"Bearer {TOKEN[:-1]}\ud800",
        f"Bearer {TOKEN}=",
        f"Bearer pta_{JWT}",
        f"Bearer {TOKEN.lower()}",
        "Bearer pta_" + "x" * 100_000,
    ],
)
def test_a_damaged_token_of_ours_is_refused(header: str) -> None:
    """RS-03, RS-09: whatever starts with pta_ is ours, bad checksum included."""
    with pytest.raises(AccessRefused) as caught:
        access_token(header)
    assert "pta_" not in str(caught.value)


@pytest.mark.parametrize(
    "header",
    [
        f"Bearer\t{TOKEN}",
        f"Bearer \t{TOKEN}",
        f"Bearer {TOKEN}\t",
        f"Bearer\n{TOKEN}",
        f"Bearer {TOKEN}\n",
        f"Bearer {TOKEN}\r\n",
        f"Bearer\u00a0{TOKEN}",
        f"Bearer \u00a0{TOKEN}",
        f"Bearer\u3000{TOKEN}",
        f"Bearer\x1c{TOKEN}",
        f" Bearer {TOKEN}",
        f"\tBearer {TOKEN}",
        f"Bearer {TOKEN} {OTHER}",
        f"Bearer {TOKEN} x",
        f"Bearer x {TOKEN}",
        f"Bearer {JWT} {TOKEN}",
        f"Bearer {TOKEN},",
        f"Bearer ,{TOKEN}",
        f"Bearer,{TOKEN}",
        f"Bearer {TOKEN},{OTHER}",
        f"Bearer {JWT}, Bearer {TOKEN}",
        f"Basic YWRtaW46c2VjcmV0, Bearer {TOKEN}",
        f"Token {TOKEN}",
        f"token {TOKEN}",
        f"Token token={TOKEN}",
        f'Token token="{TOKEN}"',
        f"ApiKey {TOKEN}",
        f"Api-Key {TOKEN}",
        f"Bearer: {TOKEN}",
        f"Bearer token={TOKEN}",
        f"Bearer token:{TOKEN}",
        f"Bearer <{TOKEN}>",
        f"Bearer ({TOKEN})",
        f"Bearer ${{{TOKEN}}}",
        f"Bearer b'{TOKEN}'",
        f"Authorization: Bearer {TOKEN}",
        f"OAuth {TOKEN}",
        f"GoogleLogin auth={TOKEN}",
        f"Basic {TOKEN}",
        f"Basic :{TOKEN}",
        f"Digest username={TOKEN}",
        f"Bearer{TOKEN}",
        f"BearerToken {TOKEN}",
        f"NotBearer {TOKEN}",
        f"DPoP {TOKEN}",
        f"Bearer x{TOKEN}",
        f"Bearer x.{TOKEN}",
        f"Token {TOKEN[:20]}",
        f"ApiKey={TOKEN[:-1]}",
        f"Bearer {TOKEN}, Basic YWRtaW46c2VjcmV0",
        f"Bearer Bearer {TOKEN}",
    ],
)
def test_a_token_of_ours_in_a_malformed_header_is_refused(header: str) -> None:
    """Threat GHSA-gv94-wp4h-vv8p: never parsed in part, never served as Anonymous.

    It is recognised by itself, whatever people write before it.
    """
    with pytest.raises(AccessRefused):
        access_token(header)


@PROPERTY
@given(
    st.lists(
        st.sampled_from(
            ["Bearer", "bearer", " ", "  ", "\t", ",", TOKEN, OTHER, JWT, "pta_", "x"]
        )
        | st.characters(),
        max_size=8,
    )
)
def test_every_header_is_ours_foreign_or_refused(parts: list[str]) -> None:
    """RS-03: one of three answers, and a token only if it is all there is."""
    header = "".join(parts)
    try:
        found = access_token(header)
    except AccessRefused:
        assert "pta_" in header
        return
    if found is not None:
        scheme, *rest = header.split(" ")
        assert scheme.lower() == "bearer"
        assert [part for part in rest if part] == [found]


# -- personal access tokens ----------------------------------------------------

PERSONAL = make_token(PERSONAL_ACCESS_TOKEN_PREFIX, bytes(range(32)))


def test_a_personal_access_token_is_found_too() -> None:
    assert access_token(f"Bearer {PERSONAL}") == PERSONAL


@pytest.mark.parametrize(
    "header",
    [
        PERSONAL,
        f"Bearer {PERSONAL}x",
        f"Bearer {PERSONAL[:-1]}",
        f"Bearer {PERSONAL} {PERSONAL}",
        f"Bearer {JWT} {PERSONAL}",
        "Bearer ptp_",
    ],
)
def test_the_client_of_a_damaged_personal_access_token_learns_that_it_is(
    header: str,
) -> None:
    with pytest.raises(AccessRefused) as refused:
        access_token(header)
    assert "damaged" in refused.value.description
    assert "ptp_" not in str(refused.value)


def test_the_client_of_another_damaged_token_learns_nothing() -> None:
    """Always the one sentence that old clients know."""
    with pytest.raises(AccessRefused) as refused:
        access_token(f"Bearer {TOKEN}x")
    assert refused.value.description == ""
