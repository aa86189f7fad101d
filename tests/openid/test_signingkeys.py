"""The ring of keys with which the site signs."""

from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from pas.plugins.tokenauth.core import jws
from pas.plugins.tokenauth.core.clock import DAY
from pas.plugins.tokenauth.openid import signingkeys
from pas.plugins.tokenauth.openid.events import ISigningKeysMadeEvent
from pas.plugins.tokenauth.openid.signingkeys import ALGORITHMS
from pas.plugins.tokenauth.openid.signingkeys import HINTS
from pas.plugins.tokenauth.openid.signingkeys import LEEWAY
from pas.plugins.tokenauth.openid.signingkeys import MAX_AGE
from pas.plugins.tokenauth.openid.signingkeys import MAX_LIFETIME
from pas.plugins.tokenauth.openid.signingkeys import SigningKeyRing
from pas.plugins.tokenauth.sealing.configuration import NoSealingKey
from pas.plugins.tokenauth.sealing.interfaces import ISealedValues
from pas.plugins.tokenauth.sealing.interfaces import ISealer
from pas.plugins.tokenauth.sealing.keyring import CannotOpen
from pas.plugins.tokenauth.sealing.keyring import KeyRing
from pas.plugins.tokenauth.sealing.keyring import make_key
from pas.plugins.tokenauth.sealing.sealer import forget_unopened
from pas.plugins.tokenauth.sealing.sealer import OtherSealingKey
from pas.plugins.tokenauth.sealing.sealer import reseal
from pas.plugins.tokenauth.site.interfaces import ISiteContext
from pas.plugins.tokenauth.site.lookup import site_at
from pas.plugins.tokenauth.site.requester import Operator
from pas.plugins.tokenauth.site.settings import change_settings
from typing import Any
from zope.component import getGlobalSiteManager

import pytest
import transaction


NOW = 1_800_000_000.0
#: From when a rotation makes new keys until they sign.
AHEAD = MAX_AGE + LEEWAY
#: From when keys sign no more until they are not published any more.
BEHIND = max(MAX_AGE, MAX_LIFETIME) + LEEWAY


LONG_AGO = NOW - 1000 * DAY


@contextmanager
def unopened_secret() -> Iterator[None]:
    """Another secret of the site, whose sealing key is missing."""

    class Values:
        def __init__(self, site: Any) -> None:
            pass

        def __call__(self) -> list[tuple[str, bytes]]:
            return [("1", KeyRing([bytes(32)]).seal(b"", b""))]

    manager = getGlobalSiteManager()
    manager.registerAdapter(Values, (ISiteContext,), ISealedValues, "test")
    yield
    manager.unregisterAdapter(Values, (ISiteContext,), ISealedValues, "test")


def signer(ring: SigningKeyRing, now: float, algorithm: str = "RS256") -> str:
    """The key that signs."""
    kid = jws.parse(ring.sign({"exp": 1}, "JWT", algorithm, now)).kid
    assert kid is not None
    return kid


def published(ring: SigningKeyRing, now: float, algorithm: str = "RS256") -> set[str]:
    return {jwk["kid"] for jwk in ring.jwks(now)["keys"] if jwk["alg"] == algorithm}


def newest(ring: SigningKeyRing, now: float, algorithm: str = "RS256") -> str:
    states = (s for s in ring.states(now) if s.public_key.algorithm == algorithm)
    return next(states).public_key.kid


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_the_first_signature_makes_keys_of_every_algorithm(
    ring: SigningKeyRing, algorithm: str
) -> None:
    """Conformance: OC-17, JK-03."""
    assert ring.jwks(NOW) == {"keys": []}
    token = ring.sign({"exp": 1}, "JWT", algorithm, NOW)
    parsed = jws.parse(token)
    assert parsed.algorithm == algorithm
    assert jws.signing_key(parsed, ring.verifying_keys())
    keys = ring.jwks(NOW)["keys"]
    assert [jwk["alg"] for jwk in keys] == list(ALGORITHMS)
    assert len({jwk["kid"] for jwk in keys}) == len(ALGORITHMS)
    assert parsed.kid in {jwk["kid"] for jwk in keys}


def test_a_key_signs_again_and_again(ring: SigningKeyRing) -> None:
    assert signer(ring, NOW) == signer(ring, NOW + DAY)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_new_key_is_published_before_it_signs_and_an_old_one_stays(
    ring: SigningKeyRing, algorithm: str
) -> None:
    """Conformance: OD-09, CS-53."""
    old = signer(ring, NOW, algorithm)
    at = NOW + DAY
    assert ring.rotate("admin", at)
    new = newest(ring, at, algorithm)
    assert new != old
    assert published(ring, at, algorithm) == {old, new}
    assert signer(ring, at + AHEAD - 1, algorithm) == old
    assert AHEAD > MAX_AGE
    assert signer(ring, at + AHEAD, algorithm) == new
    assert published(ring, at + AHEAD + BEHIND - 1, algorithm) == {old, new}
    assert max(MAX_AGE, MAX_LIFETIME) < BEHIND
    assert published(ring, at + AHEAD + BEHIND, algorithm) == {new}


def test_a_key_is_known_for_hints_for_long(ring: SigningKeyRing) -> None:
    """Conformance: AE-28, LO-05."""
    old = ring.sign({"exp": 1}, "JWT", "RS256", NOW)
    ring.rotate("admin", NOW)
    later = NOW + AHEAD + HINTS
    ring.rotate("admin", later - 1)
    assert jws.signing_key(jws.parse(old), ring.verifying_keys())
    ring.rotate("admin", later + 2 * AHEAD)
    with pytest.raises(jws.InvalidJWS):
        jws.signing_key(jws.parse(old), ring.verifying_keys())


def test_the_private_half_goes_when_it_signs_no_more(ring: SigningKeyRing) -> None:
    """Conformance: OD-11."""
    store = ring._store
    signer(ring, NOW)
    ring.rotate("admin", NOW)
    assert all(key.sealed for key in store.keys)
    ring.rotate("admin", NOW + AHEAD)
    sealed = [
        bool(key.sealed)
        for key in sorted(store.keys, key=lambda key: key.signs_from)
        if key.public_key.algorithm == "RS256"
    ]
    assert sealed == [False, True, True]


def test_keys_rotate_by_age(ring: SigningKeyRing, provider: Any) -> None:
    """Conformance: OD-09."""
    provider.plugin.signing_key_lifetime = 30
    old = signer(ring, NOW)
    assert signer(ring, NOW + 30 * DAY - 1) == old
    assert len(published(ring, NOW + 30 * DAY - 1)) == 1
    assert signer(ring, NOW + 30 * DAY) == old
    assert len(published(ring, NOW + 30 * DAY)) == 2
    assert signer(ring, NOW + 30 * DAY + AHEAD) != old
    assert len(ring.verifying_keys()) == 2 * len(ALGORITHMS)


def test_nobody_makes_keys_beside_those_that_wait(ring: SigningKeyRing) -> None:
    signer(ring, NOW)
    assert ring.rotate("admin", NOW)
    known = ring.verifying_keys()
    assert not ring.rotate("admin", NOW + AHEAD - 1)
    assert ring.verifying_keys() == known
    assert ring.rotate("admin", NOW + AHEAD)


def test_keys_that_leaked_are_forgotten_at_once(ring: SigningKeyRing) -> None:
    """Conformance: OD-10."""
    old = ring.sign({"exp": 1}, "JWT", "RS256", NOW)
    ring.rotate("admin", NOW + 1)
    before = {key.kid for key in ring.verifying_keys()}
    ring.replace("admin", NOW + 2)
    kid = signer(ring, NOW + 2)
    assert kid not in before
    assert published(ring, NOW + 2) == {kid}
    with pytest.raises(jws.InvalidJWS):
        jws.signing_key(jws.parse(old), ring.verifying_keys())


def test_a_clock_that_was_set_back_stops_no_signature(ring: SigningKeyRing) -> None:
    first = signer(ring, NOW)
    ring.rotate("admin", NOW)
    assert signer(ring, NOW - DAY) == first


def test_states_say_what_becomes_of_a_key(ring: SigningKeyRing) -> None:
    signer(ring, NOW)
    for n in range(3):
        ring.rotate("admin", NOW + n * 2 * AHEAD)
    states = [
        (state.state, state.until)
        for state in ring.states(NOW + 4 * AHEAD - 1)
        if state.public_key.algorithm == "RS256"
    ]
    assert states == [
        ("published", NOW + 5 * AHEAD),
        ("signing", NOW + 5 * AHEAD),
        ("retired", NOW + 3 * AHEAD + BEHIND),
        ("hints", NOW + AHEAD + HINTS),
    ]


def test_the_newest_key_signs_until_the_next_rotation(ring: SigningKeyRing) -> None:
    signer(ring, NOW)
    assert {(s.state, s.until) for s in ring.states(NOW)} == {("signing", None)}


# -- sealed ---------------------------------------------------------------------------


def test_without_a_sealing_key_nothing_is_made_or_signed(
    ring: SigningKeyRing, zope_conf: dict[str, str]
) -> None:
    """Conformance: OD-12."""
    zope_conf.clear()
    for make in (ring.keep_fresh, lambda at: ring.rotate("", at)):
        with pytest.raises(NoSealingKey):
            make(NOW)
    assert ring.verifying_keys() == ()


def test_a_copy_with_another_sealing_key_signs_nothing_and_makes_nothing(
    ring: SigningKeyRing, zope_conf: dict[str, str]
) -> None:
    """Conformance: OD-12, OD-13."""
    signer(ring, NOW)
    known = ring.verifying_keys()
    zope_conf["sealing-key"] = make_key()
    with pytest.raises(CannotOpen):
        ring.sign({}, "JWT", "RS256", NOW)
    assert ring.verifying_keys() == known


@pytest.mark.parametrize("way", ["age", "switch", "rotation"])
def test_no_new_key_is_sealed_with_another_sealing_key(
    ring: SigningKeyRing, provider: Any, zope_conf: dict[str, str], way: str
) -> None:
    """Conformance: OD-12, OD-13: aged keys, and OpenID that is switched on anew."""
    signer(ring, LONG_AGO)
    known, right = ring.verifying_keys(), zope_conf["sealing-key"]
    zope_conf["sealing-key"] = make_key()
    if way == "age":
        with pytest.raises(CannotOpen):
            ring.sign({}, "JWT", "RS256", NOW)
    elif way == "switch":
        for is_on in (False, True):
            values = {"openid_enabled": is_on}
            change_settings(provider.context, Operator("tests"), values, NOW)
    else:
        with pytest.raises(OtherSealingKey):
            ring.rotate("", NOW)
    assert ring.verifying_keys() == known
    zope_conf["sealing-key"] = right
    assert signer(ring, NOW)


def test_keys_sign_on_while_another_secret_does_not_open(
    ring: SigningKeyRing, provider: Any, zope_conf: dict[str, str]
) -> None:
    """Conformance: OD-13: new ones are made as soon as it does."""
    kid = signer(ring, LONG_AGO)
    with unopened_secret():
        assert signer(ring, NOW) == kid
        assert len(ring.verifying_keys()) == len(ALGORITHMS)
    assert signer(ring, NOW) == kid
    assert len(ring.verifying_keys()) == 2 * len(ALGORITHMS)


def test_keys_whose_sealing_key_is_lost_are_replaced(
    ring: SigningKeyRing, provider: Any, zope_conf: dict[str, str]
) -> None:
    """Conformance: OD-13: unless there is more that does not open."""
    old = signer(ring, NOW)
    known = ring.verifying_keys()
    zope_conf["sealing-key"] = make_key()
    with unopened_secret():
        with pytest.raises(OtherSealingKey):
            ring.replace("admin", NOW)
        assert ring.verifying_keys() == known
    ring.replace("admin", NOW)
    assert signer(ring, NOW) != old


def test_keys_whose_sealing_key_is_lost_are_forgotten_if_told(
    ring: SigningKeyRing, provider: Any, zope_conf: dict[str, str]
) -> None:
    """Conformance: OD-13."""
    old = signer(ring, NOW)
    zope_conf["sealing-key"] = make_key()
    assert forget_unopened(provider.context) == len(ALGORITHMS)
    assert ring.verifying_keys() == ()
    assert signer(ring, NOW) != old


def test_reseal_covers_private_keys(
    ring: SigningKeyRing, provider: Any, zope_conf: dict[str, str]
) -> None:
    """Conformance: OD-14."""
    kid = signer(ring, NOW)
    old, new = zope_conf["sealing-key"], make_key()
    zope_conf["sealing-key"] = f"{new} {old}"
    assert reseal(provider.context) == len(ALGORITHMS)
    zope_conf["sealing-key"] = new
    assert signer(ring, NOW) == kid


def test_a_private_key_opens_as_itself_only(
    ring: SigningKeyRing, provider: Any
) -> None:
    signer(ring, NOW)
    first, second, _ = ring._store.keys
    with pytest.raises(CannotOpen):
        ISealer(provider.context).open(
            "signing_keys", second.public_key.kid, first.sealed
        )


def test_no_pickle_holds_a_private_key(
    ring: SigningKeyRing, provider: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even a part of one, in any state. Conformance: OD-11."""
    made = []
    generate = signingkeys.generate_key_pair

    def generate_key_pair(algorithm: str, now: float) -> Any:
        made.append(generate(algorithm, now))
        return made[-1]

    monkeypatch.setattr(signingkeys, "generate_key_pair", generate_key_pair)
    for n in range(3):
        signer(ring, NOW + n * AHEAD)
        ring.rotate("admin", NOW + n * AHEAD)
        provider.commit()
    ring.replace("admin", NOW + 10 * AHEAD)
    provider.commit()
    pickles = b"".join(
        record.data or b""
        for transaction_record in provider.app._p_jar.db().storage.iterator()
        for record in transaction_record
    )
    assert made[0].public_key.kid.encode() in pickles
    assert len(made) == 5 * len(ALGORITHMS)
    for pair in made:
        body = pair.private_pem.splitlines()[1:-1]
        assert not [line for line in body if line.encode() in pickles]
    assert b"PRIVATE KEY" not in pickles


# -- several at a time -----------------------------------------------------------------


def test_another_connection_knows_new_keys_at_once(
    ring: SigningKeyRing, provider: Any
) -> None:
    """Conformance: OD-09."""
    signer(ring, NOW)
    provider.commit()
    manager = transaction.TransactionManager()
    connection = provider.app._p_jar.db().open(manager)
    try:
        portal = connection.root()["Application"][provider.portal.getId()]
        other = site_at(portal.__of__(provider.app))
        assert other is not None
        there = SigningKeyRing(other)
        assert there.jwks(NOW) == ring.jwks(NOW)
        ring.replace("admin", NOW + 1)
        provider.commit()
        manager.begin()
        assert there.jwks(NOW + 1) == ring.jwks(NOW + 1)
        assert signer(there, NOW + 1) == signer(ring, NOW + 1)
    finally:
        manager.abort()
        connection.close()


def test_an_event_tells_of_new_keys(
    ring: SigningKeyRing, listen: Callable[[Any], list[Any]]
) -> None:
    events = listen(ISigningKeysMadeEvent)
    signer(ring, NOW)
    ring.rotate("admin", NOW)
    ring.replace("boss", NOW)
    told = [(event.requester, event.signs_from, event.replaces) for event in events]
    assert told == [
        ("", NOW, False),
        ("admin", NOW + AHEAD, False),
        ("boss", NOW, True),
    ]
    assert events[2].kids == tuple(key.kid for key in ring.verifying_keys())
