"""Families of refresh tokens: rotation, repetition, and what of it is on disk."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from dataclasses import field
from hypothesis import settings
from hypothesis import strategies
from hypothesis.stateful import invariant
from hypothesis.stateful import precondition
from hypothesis.stateful import rule
from hypothesis.stateful import RuleBasedStateMachine
from itertools import count
from pas.plugins.tokenauth.core.refreshtokens import FAMILY_BYTES
from pas.plugins.tokenauth.core.refreshtokens import family_name
from pas.plugins.tokenauth.core.refreshtokens import make_refresh_token
from pas.plugins.tokenauth.core.refreshtokens import make_successor
from pas.plugins.tokenauth.core.refreshtokens import OWN_BYTES
from pas.plugins.tokenauth.core.secret import Secret
from pas.plugins.tokenauth.core.tokens import base62
from pas.plugins.tokenauth.core.tokens import digest
from pas.plugins.tokenauth.storage.accesstokens import AccessToken
from pas.plugins.tokenauth.storage.families import MAX_ACCESS_TOKENS
from pas.plugins.tokenauth.storage.families import RefreshFamilies
from pas.plugins.tokenauth.storage.families import RefreshFamily
from pas.plugins.tokenauth.storage.families import REPEAT_WINDOW
from pas.plugins.tokenauth.storage.interfaces import IRefreshFamilies
from pas.plugins.tokenauth.storage.interfaces import IRefreshFamily
from tests.storage.conftest import Database
from tests.storage.conftest import NOW
from tests.storage.test_authorizations import authorization
from threading import Barrier
from typing import Any
from ZODB.FileStorage import FileStorage
from ZODB.POSException import ConflictError
from ZODB.serialize import ObjectWriter
from zope.interface.verify import verifyObject

import hashlib
import pytest


DAY = 24 * 3600
NONCE = b"n" * 12
DRAWS = count()


def shared(number: int) -> bytes:
    return hashlib.sha256(f"family {number}".encode()).digest()[:FAMILY_BYTES]


def own(number: object) -> bytes:
    return hashlib.sha256(f"own {number}".encode()).digest()[:OWN_BYTES]


def first_token(number: int = 0) -> str:
    return make_refresh_token(shared(number), own("first"))


def make_family(number: int = 0, **changes: Any) -> RefreshFamily:
    attributes: dict[str, Any] = {
        "authorization": authorization(),
        "scope": "plone.read",
        "data": {"openid": {"sid": "s-1"}},
        "started_at": NOW,
        "expires_at": NOW + 180 * DAY,
        "address": "192.0.2.7",
        "user_agent": "app/1",
        **changes,
    }
    name = family_name(shared(number))
    return RefreshFamily(name, first_token(number), **attributes)


def redeem(
    family: RefreshFamily, token: str, now: float = NOW, drawn: object = None
) -> Secret | None:
    """What the family gives for a token; another successor is drawn each time."""
    drawn = next(DRAWS) if drawn is None else drawn
    return family.redeem(token, make_successor(token, own(drawn)), NONCE, now)


def redeemed(family: RefreshFamily, token: str, now: float = NOW) -> Secret:
    found = redeem(family, token, now)
    assert found is not None
    return found


def fill(root: Any, count: int = 1) -> None:
    root.add_missing([("families", RefreshFamilies)])
    for number in range(count):
        root["families"].add(family_name(shared(number)), make_family(number))


@pytest.fixture
def family() -> RefreshFamily:
    return make_family()


def test_a_family_keeps_its_contract(family: RefreshFamily) -> None:
    assert verifyObject(IRefreshFamily, family)
    assert verifyObject(IRefreshFamilies, RefreshFamilies())
    assert family.family_id == f"fam-{base62(family.name, 22)}"
    assert family_name(shared(0)).startswith(family.name)
    assert family.data == {"openid": {"sid": "s-1"}}
    assert make_family(data={}).data == {}
    assert (family.used_at, family.address, family.user_agent) == (
        NOW,
        "192.0.2.7",
        "app/1",
    )


def test_one_token_is_good_at_a_time(family: RefreshFamily) -> None:
    """Conformance: CR-21, CR-26, RT-04."""
    token = first_token()
    assert family.is_current(token)
    successor = redeemed(family, token)
    assert not family.is_current(token)
    assert family.is_current(successor)


def test_a_lost_answer_is_given_again_for_half_a_minute(family: RefreshFamily) -> None:
    """Conformance: CR-23, RT-06."""
    token = first_token()
    successor = redeemed(family, token)
    assert redeem(family, token, NOW) == successor
    assert REPEAT_WINDOW == 30
    assert redeem(family, token, NOW + REPEAT_WINDOW) == successor
    assert redeem(family, token, NOW + REPEAT_WINDOW + 1) is None


def test_a_successor_that_was_used_closes_that_time(family: RefreshFamily) -> None:
    """Conformance: CR-25."""
    token = first_token()
    successor = redeemed(family, token)
    redeemed(family, successor, NOW + 1)
    assert redeem(family, token, NOW + 1) is None


def test_another_token_has_no_successor(family: RefreshFamily) -> None:
    """Conformance: CR-22."""
    token = first_token()
    other = make_refresh_token(shared(0), own("other"))
    assert redeem(family, other) is None
    successor = redeemed(family, token)
    assert redeem(family, other) is None
    redeemed(family, successor)
    assert redeem(family, token) is None


def test_a_family_knows_its_last_use(family: RefreshFamily) -> None:
    family.note_use("192.0.2.8", "app/2", NOW + 1)
    assert (family.used_at, family.address, family.user_agent) == (
        NOW + 1,
        "192.0.2.8",
        "app/2",
    )


def access_token(family: RefreshFamily, now: float, **changes: Any) -> AccessToken:
    attributes: dict[str, Any] = {
        "credential": family.authorization,
        "subject": family.authorization.owner,
        "issued_at": now,
        "expires_at": now + 3600,
        "scope": family.scope,
        "family": family,
        **changes,
    }
    return AccessToken(**attributes)


def test_a_family_keeps_the_access_tokens_that_it_is_used_for(
    family: RefreshFamily,
) -> None:
    """Conformance: CR-34."""
    kept = access_token(family, NOW)
    narrow = access_token(family, NOW, scope="openid", expires_at=NOW + 60)
    family.add_access_token(digest("kept"), kept)
    family.add_access_token(digest("narrow"), narrow)
    assert family.access_token(digest("kept"), NOW) == kept
    assert family.access_token(digest("narrow"), NOW + 59) == narrow
    assert family.access_token(digest("narrow"), NOW + 60) is None
    assert family.access_token(digest("other"), NOW) is None
    family.remove_access_token(digest("other"))
    family.remove_access_token(digest("kept"))
    assert family.access_token(digest("kept"), NOW) is None
    assert family.access_token(digest("narrow"), NOW)


def test_access_tokens_are_for_the_resource_of_the_authorization() -> None:
    family = make_family(authorization=authorization(resource="https://mcp.example"))
    family.add_access_token(digest("kept"), access_token(family, NOW))
    found = family.access_token(digest("kept"), NOW)
    assert found is not None
    assert found.claims == {"aud": "https://mcp.example"}


def test_a_family_keeps_few_access_tokens(family: RefreshFamily) -> None:
    """Expired ones go, so a client that waits for that finds room each time."""
    for number in range(MAX_ACCESS_TOKENS):
        assert family.keeps_access_token(NOW)
        family.add_access_token(digest(f"{number}"), access_token(family, NOW))
    assert not family.keeps_access_token(NOW)
    later = NOW + 3600
    family.note_use("", "", later)
    assert family.keeps_access_token(later)
    family.add_access_token(digest("next"), access_token(family, later))
    assert len(family._access_tokens) == 1


def test_a_family_that_is_not_used_at_the_moment_keeps_none(
    family: RefreshFamily,
) -> None:
    """So who asks for the same again writes nothing that others write."""
    assert not family.keeps_access_token(NOW + 1)


def test_access_tokens_end_with_their_family(family: RefreshFamily) -> None:
    family.add_access_token(digest("kept"), access_token(family, NOW))
    family.end("alice", NOW)
    assert family.access_token(digest("kept"), NOW) is None


def test_a_family_is_found_by_the_start_of_its_name() -> None:
    """It is all that an access token tells."""
    families = RefreshFamilies()
    family, name = make_family(), family_name(shared(0))
    families.add(name, family)
    assert families.starting_with(family.name[:FAMILY_BYTES], NOW) is family
    assert families.starting_with(family_name(shared(1))[:FAMILY_BYTES], NOW) is None
    assert families.starting_with(family.name[:12], family.expires_at) is None


def test_a_family_ends_once(family: RefreshFamily) -> None:
    token = first_token()
    redeemed(family, token)
    family.end("alice", NOW + 1)
    family.end("bob", NOW + 2)
    assert family.has_ended
    assert (family.ended_at, family.ended_by) == (NOW + 1, "alice")
    assert redeem(family, token, NOW + 1) is None


def test_families_are_found_until_they_expire() -> None:
    families = RefreshFamilies()
    family, name = make_family(), family_name(shared(0))
    families.add(name, family)
    assert families.get(name, family.expires_at - 1) is family
    assert families.get(name, family.expires_at) is None
    assert families.get(family_name(shared(1)), NOW) is None
    with pytest.raises(KeyError):
        families.add(name, family)


def test_families_are_dropped_when_they_have_expired() -> None:
    families = RefreshFamilies()
    family, name = make_family(), family_name(shared(0))
    families.add(name, family)
    later = family.expires_at + 60 * DAY
    families.drop_expired(later)
    assert families.get(name, NOW) is None
    families.add(name, family)
    beside = name[:1] + bytes(31)
    families.add(beside, make_family(1, started_at=later, expires_at=later + DAY))
    assert families.get(name, NOW) is None


# -- in a database -------------------------------------------------------------


@pytest.fixture
def stored(database: Database) -> Database:
    database.run(lambda root: root.add_missing([("families", RefreshFamilies)]))
    database.run(
        lambda root: root["families"].add(family_name(shared(0)), make_family())
    )
    return database


def found_in(root: Any, number: int = 0) -> RefreshFamily:
    found = root["families"].get(family_name(shared(number)), NOW)
    assert isinstance(found, RefreshFamily)
    return found


def test_two_transactions_that_use_one_token_conflict(stored: Database) -> None:
    """Conformance: CR-23, RT-06: so one of them sees what the other has done."""
    token = first_token()
    first, second = stored.session(), stored.session()
    successor = redeemed(found_in(first.root), token)
    assert redeemed(found_in(second.root), token) != successor
    first.commit()
    with pytest.raises(ConflictError):
        second.commit()
    second.abort()
    assert redeem(found_in(second.root), token) == successor


def test_an_end_and_a_use_at_once_conflict(stored: Database) -> None:
    """A family that is ended does not live on."""
    first, second = stored.session(), stored.session()
    found_in(first.root).end("alice", NOW)
    redeemed(found_in(second.root), first_token())
    first.commit()
    with pytest.raises(ConflictError):
        second.commit()


def test_a_use_writes_one_object(stored: Database) -> None:
    """Conformance: CR-34."""
    session = stored.session()
    family = found_in(session.root)
    session.transfers()
    family.note_use("192.0.2.8", "app/2", NOW + 1)
    redeemed(family, first_token(), NOW + 1)
    session.commit()
    assert session.transfers()[1] == 1


def test_a_use_writes_less_than_a_kilobyte(stored: Database) -> None:
    """Conformance: CR-34: also for a browser, with all that an ID token is made of."""
    session = stored.session()
    family = make_family(
        data={"openid": {"nonce": "n" * 43, "sid": "s" * 43, "auth_time": NOW}},
        scope="email groups offline_access openid plone.read plone.write profile",
        address="2001:db8:1111:2222:3333:4444:5555:6666",
        user_agent="Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36"
        " (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36 Edg/143.0.0.0",
    )
    session.root["families"].add(family_name(shared(1)), family)
    session.commit()
    redeemed(family, first_token())
    for minutes in (0, 50):
        now = NOW + minutes * 60
        family.add_access_token(digest(f"{minutes}"), access_token(family, now))
    assert len(ObjectWriter(family).serialize(family)) < 850


def test_a_family_is_stored_as_it_is(stored: Database) -> None:
    first = stored.session()
    family = found_in(first.root)
    family.add_access_token(digest("kept"), access_token(family, NOW))
    successor = redeemed(family, first_token())
    first.commit()
    second = stored.session()
    found = found_in(second.root)
    assert found.is_current(successor)
    assert redeem(found, first_token()) == successor
    assert found.access_token(digest("kept"), NOW)
    assert found.family_id == family.family_id
    assert found.data == family.data
    found.end("alice", NOW + 1)
    second.commit()
    ended = found_in(stored.session().root)
    assert (ended.ended_at, ended.ended_by) == (NOW + 1, "alice")


def test_no_token_and_no_family_is_on_disk(tmp_path: Any) -> None:
    """Conformance: CR-24: who has the database has no token."""
    path = tmp_path / "Data.fs"
    database = Database(FileStorage(str(path)))
    database.run(lambda root: root.add_missing([("families", RefreshFamilies)]))
    database.run(
        lambda root: root["families"].add(family_name(shared(0)), make_family())
    )
    token = first_token()
    successor = make_successor(token, own("next"))
    database.run(lambda root: redeem(found_in(root), token, drawn="next"))
    data = path.read_bytes()
    database.close()
    for secret in (token, successor):
        assert secret.encode() not in data
        assert secret[4:47].encode() not in data
    for secret in (shared(0), own("first"), own("next")):
        assert secret not in data


def refresh(session: Any, number: int, token: str, now: float) -> str | None:
    """What the grant does, repeated when it conflicts; None for reuse."""
    for attempt in range(10):
        session.manager.begin()
        family = found_in(session.root, number)
        answer = None
        if not family.has_ended:
            answer = redeem(family, token, now)
            if answer is None and not attempt:
                family.end("reuse", now)
        try:
            session.commit()
        except ConflictError:
            session.abort()
        else:
            return answer
    raise AssertionError("It conflicts for ever.")


def successor_at_once(sessions: list[Any], number: int) -> str:
    """The one token that all get who use the first of a family at the same time."""
    token, barrier = first_token(number), Barrier(len(sessions))

    def at_once(session: Any) -> str | None:
        barrier.wait()
        return refresh(session, number, token, NOW)

    with ThreadPoolExecutor(len(sessions)) as executor:
        (successor,) = set(executor.map(at_once, sessions))
    assert successor is not None
    return successor


@pytest.mark.parametrize(
    "families", [20, pytest.param(300, marks=pytest.mark.long)], ids=str
)
def test_six_threads_with_one_token_get_one_successor(
    database: Database, families: int
) -> None:
    """Conformance: CR-22, CR-23, RT-06: no family is forked, none ends."""
    database.run(lambda root: fill(root, families))
    sessions = [database.session() for _ in range(6)]
    for number in range(families):
        successor = successor_at_once(sessions, number)
        assert refresh(sessions[0], number, successor, NOW + 3600) is not None


# -- a day of clients that are honest, and one that is not ---------------------


@dataclass
class Device:
    """What a client knows."""

    family: RefreshFamily
    token: str
    older: list[str] = field(default_factory=list)
    stolen: bool = False


class Families(RuleBasedStateMachine):
    """Clients for a day: some answers are lost, some requests come twice.

    An honest client repeats a request at once or never, and uses what it got last.
    """

    def __init__(self) -> None:
        super().__init__()
        self.now = float(NOW)
        self.devices = [
            Device(make_family(number), first_token(number)) for number in range(3)
        ]

    def present(self, device: Device, token: str) -> str | None:
        """What the grant does with a token."""
        family = device.family
        if family.has_ended:
            return None
        if family.is_current(token):
            family.note_use("192.0.2.7", "app/1", self.now)
        repeated = redeem(family, token, self.now)
        if repeated is None:
            family.end("reuse", self.now)
        return repeated

    def use(self, device: Device, answers: list[str | None]) -> None:
        if device.stolen:
            return
        assert len(set(answers)) == 1
        (answer,) = set(answers)
        assert answer is not None
        device.older.append(device.token)
        device.token = answer

    @rule(seconds=strategies.integers(0, 3600))
    def wait(self, seconds: int) -> None:
        self.now = min(self.now + seconds, NOW + DAY)

    @rule(number=strategies.integers(0, 2), times=strategies.integers(1, 8))
    def refresh(self, number: int, times: int) -> None:
        """Conformance: CR-23."""
        device = self.devices[number]
        token = device.token
        self.use(device, [self.present(device, token) for _ in range(times)])

    @rule(
        number=strategies.integers(0, 2),
        pauses=strategies.lists(strategies.integers(0, 15), min_size=1, max_size=2),
    )
    def lose_an_answer(self, number: int, pauses: list[int]) -> None:
        """Conformance: CR-23."""
        device = self.devices[number]
        token = device.token
        answers = [self.present(device, token)]
        for pause in pauses:
            self.now += pause
            answers.append(self.present(device, token))
        self.use(device, answers)

    @precondition(lambda self: any(len(each.older) > 1 for each in self.devices))
    @rule(number=strategies.integers(0, 2), age=strategies.integers(2, 9))
    def replay(self, number: int, age: int) -> None:
        """Conformance: CR-22: an older token than the last but one ends its family."""
        device = self.devices[number]
        if len(device.older) < age:
            return
        assert self.present(device, device.older[-age]) is None
        device.stolen = True
        assert device.family.has_ended

    @invariant()
    def honest_clients_stay_signed_in(self) -> None:
        for device in self.devices:
            assert device.family.has_ended == device.stolen
            assert device.stolen or device.family.is_current(device.token)


Families.TestCase.settings = settings(max_examples=50, stateful_step_count=50)
TestADayOfClients = Families.TestCase
