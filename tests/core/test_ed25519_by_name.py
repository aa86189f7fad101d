"""``Ed25519``, the newer name of EdDSA, with every release of PyJWT."""

from jwt.algorithms import OKPAlgorithm
from pas.plugins.tokenauth.core import jws

import jwt
import pytest


class KnowsTheName(jwt.PyJWS):
    """A release that has it by itself, which may not be given it again."""

    def __init__(self) -> None:
        super().__init__()
        if "Ed25519" not in self.get_algorithms():
            self.register_algorithm("Ed25519", OKPAlgorithm())


class LacksTheName(jwt.PyJWS):
    """A release that does not."""

    def __init__(self) -> None:
        super().__init__()
        if "Ed25519" in self.get_algorithms():
            self.unregister_algorithm("Ed25519")


@pytest.mark.parametrize("release", [KnowsTheName, LacksTheName])
def test_ed25519_is_known_to_every_release_of_pyjwt(
    release: type[jwt.PyJWS], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jwt, "PyJWS", release)
    assert "Ed25519" in jws._make_verifier().get_algorithms()
