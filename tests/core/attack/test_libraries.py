"""Assertions that other libraries make are accepted."""

from hypothesis import given
from tests.core.attack import libraries
from tests.core.attack.drafts import Draft
from tests.core.attack.drafts import drafts
from tests.core.attack.effort import count
from tests.core.attack.effort import effort
from tests.core.attack.libraries import Signer
from tests.core.attack.test_accepted import expected
from tests.core.attack.world import Kind
from tests.core.attack.world import KINDS
from tests.core.attack.world import world

import pytest


pytestmark = [
    pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]

#: What makes an assertion, and the algorithms it knows; RSA signs slowly.
SIGNERS: list[tuple[str, Signer, list[str]]] = [
    (
        "authlib",
        libraries.signed_by_authlib,
        ["EdDSA", "ES256", "EdDSA", "ES256", "RS256", "PS256"],
    ),
    (
        "joserfc",
        libraries.signed_by_joserfc,
        ["EdDSA", "Ed25519", "ES256", "ES256", "RS256", "PS256"],
    ),
    (
        "jwcrypto",
        libraries.signed_by_jwcrypto,
        ["EdDSA", "EdDSA", "ES256", "ES256", "RS256", "PS256"],
    ),
]
#: Header parameters that libraries will not write, or check before they do.
UNWRITTEN = ("", "jwk", "jku", "x5u", "x5c", "x5t", "x5t#S256", "epk")


@pytest.mark.parametrize("kind", KINDS, ids=str)
@pytest.mark.parametrize(
    "library, sign, algorithms", SIGNERS, ids=[signer[0] for signer in SIGNERS]
)
def test_an_assertion_that_another_library_has_signed_is_accepted(
    library: str, sign: Signer, algorithms: list[str], kind: Kind
) -> None:
    """JB-04, JB-17, JB-24, JW-16: every algorithm that it and we know."""
    if library != "joserfc":
        pytest.importorskip(library)

    @effort(f"{library} {kind}", sample=60, times=2)
    @given(drafts(world(), kind, algorithms))
    def attack(draft: Draft) -> None:
        header = {
            name: value for name, value in draft.header.items() if name not in UNWRITTEN
        }
        assertion = sign(draft.client, header, draft.claims)
        count(f"{kind}: made by {library}", assertion)
        assert draft.judged(assertion) == expected(draft)

    attack()
