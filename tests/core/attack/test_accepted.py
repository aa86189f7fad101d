"""What is as it should be is accepted, by us and by an independent library."""

from hypothesis import given
from hypothesis import strategies as st
from pas.plugins.tokenauth.core.claims import GrantClaims
from pas.plugins.tokenauth.core.clientassertions import ClientAssertionClaims
from pas.plugins.tokenauth.core.errors import OAuthError
from pas.plugins.tokenauth.core.jws import MAX_LENGTH
from tests.core.attack.drafts import ANY
from tests.core.attack.drafts import Draft
from tests.core.attack.drafts import drafts
from tests.core.attack.effort import count
from tests.core.attack.effort import effort
from tests.core.attack.libraries import check_joserfc_accepts
from tests.core.attack.world import CLIENT
from tests.core.attack.world import GRANT
from tests.core.attack.world import Kind
from tests.core.attack.world import KINDS
from tests.core.attack.world import stranger
from tests.core.attack.world import world
from typing import Any

import pytest


pytestmark = pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")


def expected(draft: Draft) -> Any:
    """What the verifier must say of the draft."""
    claims = draft.claims
    if draft.kind is CLIENT:
        return ClientAssertionClaims(
            client_id=claims["iss"],
            jti=claims["jti"],
            expires_at=claims["exp"],
            kid=draft.client.public_key.kid,
        )
    subject = claims.get("sub")
    return GrantClaims(
        issuer=claims["iss"],
        subject=None if subject == claims["iss"] else subject,
        jti=claims.get("jti"),
        expires_at=claims["exp"],
        scope=claims.get("scope", ""),
        kid=draft.client.public_key.kid,
    )


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_a_good_assertion_is_accepted_in_every_spelling(kind: Kind) -> None:
    """JB-04, JB-24, JW-10, JS-16: all algorithms, all optional members."""

    @effort(f"good {kind}", sample=100)
    @given(drafts(world(), kind))
    def attack(draft: Draft) -> None:
        assertion = draft.signed()
        count(f"{kind}: good", assertion)
        assert draft.judged(assertion) == expected(draft)
        check_joserfc_accepts(draft, assertion)

    attack()


NAMES = ["alg", "typ", "kid", "crit", "b64", "cty", "zip", "enc", "jwk", "x5c", "x"]
CLAIMS = ["iss", "sub", "aud", "exp", "iat", "nbf", "jti", "scope", "x"]


@st.composite
def changed(draw: Any, kind: Kind) -> tuple[Draft, str]:
    """A draft in which one to three members are anything, or gone."""
    draft = draw(drafts(world(), kind))
    now = draft.world.now
    near = st.one_of(
        ANY,
        st.floats(now - 100, now + 4000),
        st.sampled_from(
            [draft.client_id, draft.world.issuer, [draft.world.issuer], "JWT", "EdDSA"]
        ),
        st.sampled_from([*draft.header.values(), *draft.claims.values()]),
    )
    for _ in range(draw(st.integers(1, 3))):
        members, names = draw(
            st.sampled_from([(draft.header, NAMES), (draft.claims, CLAIMS)])
        )
        name = draw(st.sampled_from(names))
        if draw(st.integers(0, 3)):
            members[name] = draw(near)
        else:
            members.pop(name, None)
    return draft, draft.signed()


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_an_assertion_that_is_accepted_is_accepted_by_another_library_too(
    kind: Kind,
) -> None:
    """JB-04, JS-05: or it is refused with the one error; nothing else is raised."""

    @effort(f"changed {kind}", sample=200, times=10)
    @given(changed(kind))
    def attack(case: tuple[Draft, str]) -> None:
        draft, assertion = case
        try:
            draft.judged(assertion)
        except OAuthError as error:
            assert type(error) is kind.error
            count(f"{kind}: changed, and refused", assertion)
            return
        count(f"{kind}: changed, and accepted", assertion)
        check_joserfc_accepts(draft, assertion)

    attack()


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_deep_json_is_accepted_or_refused(kind: Kind) -> None:
    """JW-17: how deep depends on the stack; nothing but the one error is raised."""

    @effort(f"deep {kind}")
    @given(drafts(world(), kind), st.integers(1, 2500), st.booleans())
    def attack(draft: Draft, depth: int, in_header: bool) -> None:
        draft.shorten()
        nested = f', "deep": {"[" * depth}{"]" * depth}}}'.encode()
        header = draft.spelt(draft.header)
        claims = draft.spelt(draft.claims)
        if in_header:
            header = header.strip()[:-1] + nested
        else:
            claims = claims.strip()[:-1] + nested
        assertion = draft.signed(header, claims)
        count(f"{kind}: deep JSON", assertion)
        try:
            assert draft.judged(assertion) == expected(draft)
        except kind.error as error:
            assert error.description == kind.not_ours
            assert depth > 300

    attack()


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_the_longest_assertion_is_accepted(kind: Kind) -> None:
    """JB-04; threat PyJWT CVE-2026-48525: the limit itself is within the limit."""

    @effort(f"longest {kind}", sample=5)
    @given(drafts(world(), kind, ["EdDSA", "ES256"]))
    def attack(draft: Draft) -> None:
        header, claims = draft.spelt(draft.header), draft.spelt(draft.claims)
        header += b" " * (-len(header) % 3)
        claims += b" " * (-len(claims) % 3)
        room = MAX_LENGTH - len(draft.signed(header, claims))
        assertion = draft.signed(header, claims + b" " * (room // 4 * 3))
        count(f"{kind}: longest", assertion)
        assert len(assertion) == MAX_LENGTH
        assert draft.judged(assertion) == expected(draft)

    attack()


@pytest.mark.parametrize("number", [1, 2, 3])
def test_without_a_kid_three_keys_are_tried(number: int) -> None:
    """JB-05: the client's own key may be any of them."""

    @effort(f"key {number}", sample=5)
    @given(drafts(world(), GRANT, ["EdDSA", "ES256"]))
    def attack(draft: Draft) -> None:
        draft.header.pop("kid", None)
        others = [stranger(draft.algorithm, each).public_key for each in range(number)]
        draft.keys = [*others[1:], draft.client.public_key]
        assertion = draft.signed()
        count(f"grant: key {number} of a client", assertion)
        assert draft.judged(assertion) == expected(draft)

    attack()
