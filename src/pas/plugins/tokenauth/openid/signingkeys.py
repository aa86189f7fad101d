"""The ring of keys with which the site signs.

A new key is published before it signs, because others keep the JWKS for an hour; an old
one stays published for as long as something that it has signed is good. After that its
public half is kept for hints only, which say who logged in long ago. So it is for each
algorithm by itself, but keys of all of them are made together.
"""

from ..core.clock import DAY
from ..core.keys import EDDSA
from ..core.keys import ES256
from ..core.keys import generate_key_pair
from ..core.keys import jwk_of
from ..core.keys import PublicKey
from ..core.keys import RS256
from ..core.signing import sign
from ..sealing.configuration import SealingOff
from ..sealing.interfaces import ISealedValues
from ..sealing.interfaces import ISealer
from ..sealing.sealer import OtherSealingKey
from ..site.context import SiteAdapter
from ..site.context import SiteContext
from ..storage.signingkeys import SigningKeys
from ..storage.signingkeys import StoredSigningKey
from .events import SigningKeysMadeEvent
from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import replace
from typing import Any
from typing import Literal
from zope.event import notify
from zope.interface import implementer

import transaction


STORE = "signing_keys"
#: RS256 is what every relying party knows (OpenID Connect Core section 15.1).
ALGORITHMS = (RS256, ES256, EDDSA)
#: Seconds for which others may keep the JWKS.
MAX_AGE = 3600
#: Nothing that a key signs is good for longer.
MAX_LIFETIME = 3600
#: Clocks differ.
LEEWAY = 300
#: How long a key is known that has signed a hint.
HINTS = 400 * DAY

State = Literal["published", "signing", "retired", "hints"]
Sign = Callable[[Mapping[str, Any], str], str]
_KeyAndNext = tuple[StoredSigningKey, StoredSigningKey | None]


@dataclass(frozen=True)
class KeyState:
    """A key as people see it.

    :param state: published but not signing yet, signing, retired but still published,
        or known for hints only
    :param until: when this state ends, in seconds since the epoch; None until the next
        rotation
    """

    public_key: PublicKey
    state: State
    until: float | None


class SigningKeyRing:
    """The keys with which a site signs.

    :param site: the site
    """

    def __init__(self, site: SiteContext) -> None:
        self._site = site
        self._store: SigningKeys = site.storage[STORE]

    def sign(
        self, claims: Mapping[str, Any], typ: str, algorithm: str, now: float
    ) -> str:
        """A signed JWT; makes keys if there are none, or they are too old.

        :param typ: what the JWT is
        :param algorithm: one of ALGORITHMS
        :raises SealingOff: when there is no usable sealing key
        :raises CannotOpen: when the sealing key is another one than has sealed the key
        """
        return self.signer(algorithm, now)(claims, typ)

    def signer(self, algorithm: str, now: float) -> Sign:
        """What makes a signed JWT of claims and a type, without the database.

        :param algorithm: one of ALGORITHMS
        :raises SealingOff, CannotOpen: as `sign`
        """
        try:
            self.keep_fresh(now)
        except OtherSealingKey:
            # The secret of a partner may be what does not open.
            if not self._store.keys:
                raise
        key = _signing(self._ring(algorithm), now)
        public_key, sealer = key.public_key, ISealer(self._site)
        opened = sealer.open(STORE, public_key.kid, key.sealed)
        return lambda claims, typ: sign(claims, typ, public_key, opened)

    def keep_fresh(self, now: float) -> None:
        """Make keys if there are none, or rotate them if they are too old.

        :raises SealingOff: when there is no usable sealing key
        """
        made = [key.public_key.added_at for key in self._store.keys]
        lifetime = self._site.settings.signing_key_lifetime * DAY
        if not made or max(made) + lifetime <= now:
            self._make_keys("", now)

    def rotate(self, requester: str, now: float) -> bool:
        """Make new keys, which sign as soon as all others can know them.

        :param requester: whom the records name
        :returns: whether any were made: there are none beside others that wait already
        :raises SealingOff: when there is no usable sealing key
        """
        if any(now < key.signs_from for key in self._store.keys):
            return False
        self._make_keys(requester, now)
        return True

    def replace(self, requester: str, now: float) -> None:
        """Make new keys, and forget all others: somebody else may have them.

        What they have signed is refused as soon as others have read the JWKS again.

        :param requester: whom the records name
        :raises SealingOff: when there is no usable sealing key
        """
        before = self._store.keys
        # Whether the sealing key opens these does not matter any more.
        self._store.keys = ()
        try:
            self._make_keys(requester, now, replaces=True)
        except SealingOff:
            self._store.keys = before
            raise

    def jwks(self, now: float) -> dict[str, Any]:
        """The public keys for others (RFC 7517 section 5)."""
        shown = [state for state in self.states(now) if state.state != "hints"]
        return {"keys": [jwk_of(state.public_key) for state in shown]}

    def verifying_keys(self) -> tuple[PublicKey, ...]:
        """Those that verify what the site itself has signed, however long ago."""
        return tuple(key.public_key for key in self._store.keys)

    def states(self, now: float) -> list[KeyState]:
        """All keys, those of one algorithm together, the newest first."""
        return [
            _state(key, after, now)
            for algorithm in ALGORITHMS
            for key, after in reversed(self._ring(algorithm))
        ]

    def _ring(self, algorithm: str) -> list[_KeyAndNext]:
        """The keys of an algorithm in the order in which they sign, with the next."""
        keys = (k for k in self._store.keys if k.public_key.algorithm == algorithm)
        ring = sorted(keys, key=lambda key: key.signs_from)
        return list(zip(ring, [*ring, None][1:], strict=True))

    def _make_keys(self, requester: str, now: float, replaces: bool = False) -> None:
        kept = [] if replaces else self._kept(now)
        # Nobody keeps a JWKS that is waited for.
        signs_from = now + MAX_AGE + LEEWAY if kept else now
        made = [self._made(algorithm, signs_from, now) for algorithm in ALGORITHMS]
        self._store.keys = (*kept, *made)
        transaction.get().note(f"tokenauth: new signing keys by {requester or 'age'}")
        notify(
            SigningKeysMadeEvent(
                requester=requester,
                kids=tuple(key.public_key.kid for key in made),
                signs_from=signs_from,
                replaces=replaces,
            )
        )

    def _kept(self, now: float) -> list[StoredSigningKey]:
        """What is kept when new keys are made."""
        kept = []
        for algorithm in ALGORITHMS:
            for key, after in self._ring(algorithm):
                if after is None or now < after.signs_from:
                    kept.append(key)
                elif now < after.signs_from + HINTS:
                    kept.append(replace(key, sealed=None))
        return kept

    def _made(self, algorithm: str, signs_from: float, now: float) -> StoredSigningKey:
        pair = generate_key_pair(algorithm, now)
        sealed = ISealer(self._site).seal(
            STORE, pair.public_key.kid, pair.private_pem.encode("ascii")
        )
        return StoredSigningKey(
            public_key=pair.public_key, sealed=sealed, signs_from=signs_from
        )


@implementer(ISealedValues)
class SealedSigningKeys(SiteAdapter):
    """See ISealedValues."""

    def __call__(self) -> list[tuple[str, bytes]]:
        return [
            (key.public_key.kid, key.sealed)
            for key in self._site.storage[STORE].keys
            if key.sealed is not None
        ]

    def replace(self, id: str, sealed: bytes) -> None:
        store: SigningKeys = self._site.storage[STORE]
        store.keys = tuple(
            replace(key, sealed=sealed) if key.public_key.kid == id else key
            for key in store.keys
        )

    def forget(self, id: str) -> None:
        store: SigningKeys = self._site.storage[STORE]
        store.keys = tuple(key for key in store.keys if key.public_key.kid != id)


def _signing(ring: list[_KeyAndNext], now: float) -> StoredSigningKey:
    # The first signs although it is too early when the clock was set back.
    first, _ = ring[0]
    return next((key for key, _ in reversed(ring) if key.signs_from <= now), first)


def _state(
    key: StoredSigningKey, after: StoredSigningKey | None, now: float
) -> KeyState:
    if now < key.signs_from:
        return KeyState(key.public_key, "published", key.signs_from)
    if after is None or now < after.signs_from:
        return KeyState(key.public_key, "signing", after.signs_from if after else None)
    if now < _retired_until(after):
        return KeyState(key.public_key, "retired", _retired_until(after))
    return KeyState(key.public_key, "hints", after.signs_from + HINTS)


def _retired_until(after: StoredSigningKey) -> float:
    return after.signs_from + max(MAX_LIFETIME, MAX_AGE) + LEEWAY
