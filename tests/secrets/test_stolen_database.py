"""Whoever has a copy of the database, but not the sealing key, gets in nowhere.

The places that take a secret are those of tests/surface/test_confusion.py, which shows
that each takes the secret that is at home there. A thief with patience is simulated by
the functions with which the site checks secrets.
"""

from base64 import b64encode
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from cryptography.hazmat.primitives.asymmetric.ec import derive_private_key
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pas.plugins.tokenauth.authorization_server.clients import find_client
from pas.plugins.tokenauth.cas.logout import TICKETS
from pas.plugins.tokenauth.core.base64url import encoded
from pas.plugins.tokenauth.core.errors import AccessRefused
from pas.plugins.tokenauth.core.keys import public_key_of
from pas.plugins.tokenauth.core.passwords import is_password
from pas.plugins.tokenauth.core.tokens import digest
from pas.plugins.tokenauth.core.tokens import is_well_formed
from pas.plugins.tokenauth.core.tokens import random_of
from pas.plugins.tokenauth.device.protocol import parse_user_code
from pas.plugins.tokenauth.partners.protocol import signature_of
from pas.plugins.tokenauth.partners.protocol import SignedData
from pas.plugins.tokenauth.sealing.interfaces import ISealedValues
from pas.plugins.tokenauth.sealing.keyring import CannotOpen
from pas.plugins.tokenauth.sealing.keyring import parse_keys
from pas.plugins.tokenauth.sealing.keyring import UnusableKey
from pas.plugins.tokenauth.sealing.sealer import associated
from pas.plugins.tokenauth.simplesso.protocol import BadSignature
from pas.plugins.tokenauth.simplesso.protocol import signed_value
from pas.plugins.tokenauth.tokens.find import find_token
from persistent.mapping import PersistentMapping
from tests.secrets.stolen import spellings
from tests.secrets.stolen import stored_values
from tests.surface.test_confusion import ACCESS_TOKEN
from tests.surface.test_confusion import apps as apps
from tests.surface.test_confusion import AT_HOME
from tests.surface.test_confusion import browser as browser
from tests.surface.test_confusion import EXCHANGE
from tests.surface.test_confusion import fresh_counts as fresh_counts
from tests.surface.test_confusion import person as person
from tests.surface.test_confusion import PLACES
from tests.surface.test_confusion import provider as provider
from tests.surface.test_confusion import register as register
from tests.surface.test_confusion import share as share
from tests.surface.test_confusion import small_keys as small_keys
from tests.surface.test_confusion import World
from tests.surface.test_confusion import world as world
from typing import Any
from zope.component import getAdapters

import pytest
import re
import requests
import time


#: Of these the site keeps a digest.
DIGESTED = (
    "access token",
    "authorization code",
    "client secret",
    "device code",
    "exchanged token",
    "personal access token",
    "refresh token",
    "request token",
    "service ticket",
    "session",
    "signed link",
    "user code",
    "visit of a link",
)
SHORT_LIVED = {
    "access token of a consumer",
    "authorization code",
    "grant",
    "service ticket",
}
pytestmark = pytest.mark.long

LINK_PASSWORD = "a password that Kim was told"
Check = Callable[["Theft", str], bool]
_SEED = re.compile("[0-9a-f]{64}")
#: How the site checks secrets, and which of them.
CHECKS: dict[Check, tuple[str, ...]] = {}


def checks(*kinds: str) -> Callable[[Check], Check]:
    def add(check: Check) -> Check:
        CHECKS[check] = kinds
        return check

    return add


class Theft:
    """A copy of the database of a site with one secret of each kind.

    :param world: the site, which does not notice
    """

    def __init__(self, world: World, sealing_key: str, share: Any) -> None:
        self.world, self.site = world, world.site.context
        link = share(world.site.portal["secret-plans"], "owner", password=LINK_PASSWORD)
        self.link_password: str = link.credential.password
        self.secrets = {
            **world.secrets,
            "exchanged token": self._exchanged(),
            "password of a link": LINK_PASSWORD,
            "private key": world.keyfile["private_key"],
            "sealing key": sealing_key,
            "secret of a consumer": world.consumer.private_key,
            "secret of a partner": world.partner.secret,
            "user code": parse_user_code(world.user_code),
        }
        world.site.sync()
        self.now = time.time()
        self.storage = self.site.storage
        self.values = stored_values(world.site.app._p_jar.db().storage)
        self.public_keys = {
            str(value) for value in self.values if "BEGIN PUBLIC KEY" in str(value)
        }
        self.sealed = [
            (associated(self.site, purpose, id), sealed)
            for purpose, values in getAdapters((self.site,), ISealedValues)
            for id, sealed in values()
        ]
        self.request_of_consumer = world.consumer.signed({}, self.now)

    def _exchanged(self) -> str:
        answer = requests.post(
            self.world.site.endpoint,
            {
                "grant_type": EXCHANGE,
                "subject_token": self.world.secrets["access token for a resource"],
                "subject_token_type": ACCESS_TOKEN,
            },
            auth=self.world.resource,
            timeout=30,
        )
        return answer.json()["access_token"]

    def is_in(self, store: str, secret: str) -> bool:
        """Whether a store knows the digest of a secret, which costs no access."""
        if not secret.isascii():
            return False
        return self.storage[store].get(digest(secret), self.now) is not None


@pytest.fixture
def theft(world: World, sealing_key: str, share: Any) -> Theft:
    return Theft(world, sealing_key, share)


@checks(
    "access token",
    "access token of an application",
    "access token for a resource",
    "exchanged token",
    "personal access token",
    "refresh token",
    "signed link",
)
def is_token(theft: Theft, secret: str) -> bool:
    if not is_well_formed(secret):
        return False
    try:
        find_token(theft.site, secret, theft.now)
    except AccessRefused:
        return False
    return True


@checks("authorization code")
def is_code(theft: Theft, secret: str) -> bool:
    return theft.is_in("authorization_codes", secret)


@checks("device code")
def is_device_code(theft: Theft, secret: str) -> bool:
    return theft.is_in("device_requests", secret)


@checks("user code")
def is_user_code(theft: Theft, secret: str) -> bool:
    code = parse_user_code(secret)
    waiting = theft.storage["device_requests"].waiting(digest(code), theft.now)
    return bool(code) and waiting is not None


@checks("visit of a link")
def is_visit(theft: Theft, secret: str) -> bool:
    return theft.is_in("signed_link_visits", secret)


@checks("session")
def is_session(theft: Theft, secret: str) -> bool:
    return theft.is_in("sessions", secret)


@checks("request token")
def is_request_token(theft: Theft, secret: str) -> bool:
    return theft.is_in("simple_sso_tokens", secret)


@checks("service ticket")
def is_ticket(theft: Theft, secret: str) -> bool:
    if not secret.isascii():
        return False
    return theft.storage[TICKETS].take(digest(secret), theft.now) is not None


@checks("client secret")
def is_client_secret(theft: Theft, secret: str) -> bool:
    client = find_client(theft.site, theft.world.confidential)
    return bool(client.secret_name(secret, theft.now))


@checks("secret of a partner")
def is_secret_of_partner(theft: Theft, secret: str) -> bool:
    signed, algorithm = theft.world.signed, theft.world.partner.partner.algorithm
    data = SignedData(
        user=signed["auth_user"], valid_until=signed["valid_until"], extras={}
    )
    made = signature_of(data, secret.encode(), algorithm)
    return made == signed["signature"]


@checks("secret of a consumer")
def is_secret_of_consumer(theft: Theft, secret: str) -> bool:
    try:
        signed_value(theft.request_of_consumer, secret.encode(), theft.now)
    except BadSignature:
        return False
    return True


@checks("sealing key")
def is_sealing_key(theft: Theft, secret: str) -> bool:
    try:
        ring = parse_keys(secret)
    except UnusableKey:
        return False
    for bound, sealed in theft.sealed:
        try:
            ring.open(bound, sealed)
        except CannotOpen:
            continue
        return True
    return False


@checks("private key")
def is_private_key(theft: Theft, secret: str) -> bool:
    """As PEM, or the 32 bytes of a number or of a seed."""
    return any(
        public_key_of(key.public_key(), theft.now).pem in theft.public_keys
        for key in _private_keys(secret)
    )


def _private_keys(secret: str) -> Iterator[Any]:
    if secret.startswith("-----BEGIN"):
        try:
            yield load_pem_private_key(secret.encode(), None)
        except ValueError:
            return
    if _SEED.fullmatch(secret):
        seed = bytes.fromhex(secret)
        yield Ed25519PrivateKey.from_private_bytes(seed)
        yield derive_private_key(int.from_bytes(seed, "big"), SECP256R1())


def found_in(theft: Theft, values: Iterable[str | bytes]) -> set[str]:
    """Names of the checks that some of these values pass, in whatever spelling."""
    sent = {spelling for value in values for spelling in spellings(value)}
    return {
        check.__name__
        for check in CHECKS
        if any(check(theft, spelling) for spelling in sent)
    }


def test_each_check_takes_its_secrets(theft: Theft) -> None:
    """Or it would say nothing about what a thief has."""
    passed = {
        check.__name__: {kind for kind in kinds if check(theft, theft.secrets[kind])}
        for check, kinds in CHECKS.items()
    }
    assert passed == {check.__name__: set(kinds) for check, kinds in CHECKS.items()}


def test_nothing_that_is_stored_is_a_secret(theft: Theft) -> None:
    """Nor anything that it stands for, in a usual encoding."""
    assert found_in(theft, theft.values) == set()
    # The thief has what belongs to each.
    assert {digest(theft.secrets[kind]) for kind in DIGESTED} <= theft.values
    assert len(theft.public_keys) > 3
    assert len(theft.sealed) > 3


def test_a_stored_secret_is_found_in_each_spelling(theft: Theft) -> None:
    secret, site = str(theft.secrets["access token"]), theft.world.site
    spelled = {
        secret,
        secret.encode(),
        secret.encode().hex(),
        b64encode(secret.encode()),
        random_of(secret),
        random_of(secret).hex(),
    }
    site.portal.canary = PersistentMapping(enumerate(spelled))
    site.commit()
    found = stored_values(site.app._p_jar.db().storage) - theft.values
    assert spelled <= found
    assert all(found_in(theft, [value]) == {"is_token"} for value in spelled)


def test_what_is_kept_of_a_password_is_not_the_password(theft: Theft) -> None:
    assert is_password(LINK_PASSWORD, theft.link_password)
    assert not any(
        is_password(spelling, theft.link_password)
        for spelling in spellings(theft.link_password)
    )


def test_no_place_takes_what_is_kept_of_a_secret(theft: Theft) -> None:
    """Neither the digest of what is at home there, nor what is sealed."""
    sealed = {encoded(sealed) for _, sealed in theft.sealed}
    # What expires first is tried first.
    places = sorted(PLACES, key=lambda name: AT_HOME[name].isdisjoint(SHORT_LIVED))
    taken = []
    for name in places:
        kept = {digest(theft.secrets[kind]) for kind in AT_HOME[name]} & theft.values
        # No header holds anything else.
        sent = {
            spelling
            for value in kept
            for spelling in spellings(value)
            if spelling.isascii()
        }
        taken += [
            (name, secret)
            for secret in sent or sealed
            if PLACES[name](theft.world, secret)
        ]
    assert taken == []
