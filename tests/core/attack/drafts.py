"""Good assertions of every kind, for others to spoil."""

from collections.abc import Mapping
from dataclasses import dataclass
from hypothesis import strategies as st
from pas.plugins.tokenauth.core.keys import PublicKey
from tests.core.attack.world import CLIENT
from tests.core.attack.world import GRANT
from tests.core.attack.world import Kind
from tests.core.attack.world import LEEWAY
from tests.core.attack.world import MAX_LIFETIME
from tests.core.attack.world import World
from tests.core.conftest import Client
from tests.core.conftest import segment
from tests.core.conftest import signature
from typing import Any
from urllib.parse import urlsplit

import json


#: Names in the header; RSA signs slowly.
NAMES = ["EdDSA", "Ed25519", "ES256", "EdDSA", "ES256", "Ed25519", "RS256", "PS256"]
LEAF = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
)
ANY = (
    LEAF
    | st.lists(LEAF, max_size=3)
    | st.dictionaries(st.text(max_size=5), LEAF, max_size=2)
)
NO_TEXT = ANY.filter(lambda value: not isinstance(value, str))
CLEAN = st.text(
    st.characters(
        codec="utf-8",
        exclude_categories=("Cc", "Cs", "Zl", "Zp"),
        exclude_characters="\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
    ),
    min_size=1,
    max_size=20,
)
LONGEST = st.sampled_from(["x" * 256, "ü" * 256])
#: Nobody looks at these.
IGNORED_HEADERS: dict[str, Any] = {
    "jku": "http://127.0.0.1:9/keys",
    "jwk": {"kty": "oct", "k": "AAAA"},
    "x5u": "http://127.0.0.1:9/certificate",
    "x5c": ["AAAA"],
    "x5t": "AAAA",
    "x5t#S256": "AAAA",
    "epk": {},
    "Crit": ["exp"],
    "": None,
}


@dataclass
class Draft:
    """A good assertion before it is signed.

    :param keys: what the site keeps for this client
    :param spelling: how its JSON is written
    """

    world: World
    kind: Kind
    client_id: str
    client: Client
    header: dict[str, Any]
    claims: dict[str, Any]
    keys: list[PublicKey]
    spelling: dict[str, Any]

    @property
    def algorithm(self) -> str:
        return self.client.public_key.algorithm

    def spelt(self, members: Mapping[str, Any]) -> bytes:
        """The JSON, in the spelling of this draft."""
        try:
            return json.dumps(members, **self.spelling).encode()
        except UnicodeEncodeError:
            # A lone surrogate has to be escaped.
            return json.dumps(members).encode()

    def signed(
        self,
        header: bytes | None = None,
        claims: bytes | None = None,
        by: Client | None = None,
        algorithm: str = "",
    ) -> str:
        """The assertion, with other bytes where some are given."""
        first = segment(self.spelt(self.header) if header is None else header)
        second = segment(self.spelt(self.claims) if claims is None else claims)
        return self.signed_text(f"{first}.{second}", by, algorithm)

    def signed_text(
        self, message: str, by: Client | None = None, algorithm: str = ""
    ) -> str:
        """These two parts, and their signature."""
        client = by or self.client
        name = algorithm or client.public_key.algorithm
        made = signature(client.private_key, name, message.encode())
        return f"{message}.{segment(made)}"

    def shorten(self) -> None:
        """Make room for what is added: without it the length would be the reason."""
        self.claims.pop("nonsense", None)
        for name in {"sub", "jti"} & self.claims.keys():
            self.claims[name] = self.claims[name][:20]

    def judged(self, assertion: str) -> Any:
        return self.world.judged(self.kind, assertion, self.client_id, self.keys)


@st.composite
def drafts(draw: Any, world: World, kind: Kind, names: Any = NAMES) -> Draft:
    """A good assertion: every algorithm, every optional member, every spelling."""
    name = draw(st.sampled_from(names))
    algorithm = "EdDSA" if name == "Ed25519" else name
    client_id, client = world.clients[algorithm]
    header: dict[str, Any] = {"alg": name}
    typ = draw(st.sampled_from([None, "JWT", "jwt", "application/jwt", *kind.types]))
    if typ is not None:
        header["typ"] = typ
    if draw(st.booleans()):
        header["kid"] = client.public_key.kid
    ignored = draw(st.sampled_from([None, None, *IGNORED_HEADERS]))
    if ignored is not None:
        header[ignored] = IGNORED_HEADERS[ignored]
    others = [
        other.public_key
        for _, other in world.clients.values()
        if other.public_key.algorithm != algorithm
    ]
    return Draft(
        world=world,
        kind=kind,
        client_id=client_id,
        client=client,
        header=header,
        claims=draw(_claims(world, kind, client_id)),
        keys=[*others[: draw(st.integers(0, 2))], client.public_key],
        spelling=draw(
            st.sampled_from(
                [
                    {},
                    {"separators": (",", ":")},
                    {"ensure_ascii": False},
                    {"indent": 1},
                    {"sort_keys": True},
                ]
            )
        ),
    )


@st.composite
def _claims(draw: Any, world: World, kind: Kind, client_id: str) -> dict[str, Any]:
    iat, exp = draw(_times(world))
    claims: dict[str, Any] = {"iss": client_id, "iat": iat, "exp": exp}
    if draw(st.booleans()):
        del claims["iat"]
    audiences: list[Any] = [world.issuer, [world.issuer]]
    if not urlsplit(world.issuer).path:
        # A bare origin and its slash are one audience.
        audiences.append(f"{world.issuer}/")
    if kind is GRANT:
        audiences += [world.endpoint, [world.endpoint], [world.issuer, world.endpoint]]
    claims["aud"] = draw(st.sampled_from(audiences))
    if draw(st.booleans()):
        claims["nbf"] = draw(st.floats(0, world.now + LEEWAY))
    if kind is CLIENT:
        claims["sub"] = client_id
        claims["jti"] = draw(CLEAN | LONGEST)
        return claims
    for name, values in (
        ("sub", st.just(client_id) | CLEAN | LONGEST),
        ("jti", CLEAN | LONGEST),
        ("scope", st.text(max_size=20)),
        ("nonsense", ANY),
    ):
        if draw(st.booleans()):
            claims[name] = draw(values)
    return claims


@st.composite
def _times(draw: Any, world: World) -> tuple[float, float]:
    """When an assertion starts and ends that is good now, to the very ends."""
    number = draw(st.sampled_from([int, float]))
    lifetime = number(draw(st.integers(1, MAX_LIFETIME)))
    earliest = int(world.now) - LEEWAY - int(lifetime) + 1
    iat = draw(st.integers(earliest, int(world.now) + LEEWAY))
    return iat, iat + lifetime
