"""The site that is attacked, as the verifier sees it, and who has keys there."""

from collections.abc import Callable
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Mapping
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.asymmetric import rsa
from dataclasses import dataclass
from functools import lru_cache
from pas.plugins.tokenauth.core import clientassertions
from pas.plugins.tokenauth.core import grants
from pas.plugins.tokenauth.core.claims import GrantRules
from pas.plugins.tokenauth.core.errors import InvalidClient
from pas.plugins.tokenauth.core.errors import InvalidGrant
from pas.plugins.tokenauth.core.errors import OAuthError
from pas.plugins.tokenauth.core.keys import ALGORITHMS
from pas.plugins.tokenauth.core.keys import PublicKey
from tests.core.conftest import by_hand
from tests.core.conftest import Client
from tests.core.conftest import client_with
from tests.core.conftest import NOW
from typing import Any


LEEWAY = 60
MAX_LIFETIME = 3600


@dataclass(frozen=True)
class Kind:
    """One of the two things that an assertion is good for."""

    name: str
    error: type[OAuthError]
    not_ours: str
    types: Collection[str]
    verified: Callable[..., Any]

    def __str__(self) -> str:
        return self.name


GRANT = Kind(
    "grant", InvalidGrant, grants.NOT_OURS, grants.TYPES, grants.verified_grant
)
CLIENT = Kind(
    "client",
    InvalidClient,
    clientassertions.NOT_OURS,
    clientassertions.TYPES,
    clientassertions.verified_client_assertion,
)
KINDS = (GRANT, CLIENT)


@dataclass(frozen=True, repr=False)
class World:
    """A site and the client programs that have a key there, one of each algorithm."""

    now: float
    issuer: str
    endpoint: str
    clients: Mapping[str, tuple[str, Client]]

    def rules(self, kind: Kind) -> GrantRules:
        names = {self.issuer, self.endpoint} if kind is GRANT else {self.issuer}
        return GrantRules(
            audiences=frozenset(names), max_lifetime=MAX_LIFETIME, leeway=LEEWAY
        )

    def judged(
        self, kind: Kind, assertion: str, client_id: str, keys: Iterable[PublicKey]
    ) -> Any:
        """What the verifier says of an assertion; the keys are those of the client."""

        def keys_of(asked: str) -> Iterable[PublicKey]:
            own = list(keys) if asked == client_id else []
            others = [
                client.public_key
                for other, client in self.clients.values()
                if asked == other != client_id
            ]
            return [key for key in own + others if key.is_live(self.now)]

        return kind.verified(assertion, keys_of, self.rules(kind), self.now)


def _private(algorithm: str) -> Any:
    if algorithm in ("RS256", "PS256"):
        return rsa.generate_private_key(65537, 2048)
    if algorithm == "ES256":
        return ec.generate_private_key(ec.SECP256R1())
    return ed25519.Ed25519PrivateKey.generate()


@lru_cache
def stranger(algorithm: str, number: int = 0) -> Client:
    """Somebody with a key that no site has ever seen."""
    return client_with(_private(algorithm), algorithm)


@lru_cache
def weak(kind: str) -> Client:
    """Somebody whose key a site should not have taken, but has."""
    private: Any
    if kind == "RSA of 1024 bits":
        private, algorithm = rsa.generate_private_key(65537, 1024), "RS256"
    elif kind == "exponent 3":
        private, algorithm = rsa.generate_private_key(3, 2048), "RS256"
    else:
        private, algorithm = ec.generate_private_key(ec.SECP384R1()), "ES256"
    return Client(private, by_hand(private.public_key(), algorithm))


@lru_cache
def world() -> World:
    """A site that exists in memory only."""
    return World(
        now=NOW,
        issuer="https://example.org",
        endpoint="https://example.org/@@oauth2-token",
        clients={
            algorithm: (
                f"client-{algorithm}",
                client_with(_private(algorithm), algorithm),
            )
            for algorithm in ALGORITHMS
        },
    )
