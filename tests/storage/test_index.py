"""The index of credentials: numbers, and sets of them."""

from collections.abc import Collection
from pas.plugins.tokenauth.storage import index as index_module
from pas.plugins.tokenauth.storage.index import CredentialIndex
from pas.plugins.tokenauth.storage.index import ORDERS
from pas.plugins.tokenauth.storage.personaltokens import PersonalAccessToken
from tests.storage.conftest import Database
from tests.storage.conftest import digest_of
from tests.storage.conftest import NOW
from tests.storage.conftest import Session
from typing import Any

import pytest
import random


#: So many that the words are in several buckets and parts.
MANY = 300


def store_of(session: Session) -> Any:
    return session.root["personal_access_token"]


def add(session: Session, number: int, title: str) -> None:
    token = PersonalAccessToken(
        f"pat-{number}",
        owner=f"user-{number % 3}",
        issued_at=NOW + number,
        digest=digest_of(number),
        title=title,
    )
    store_of(session).add(token)


def found(session: Session, text: str) -> set[str]:
    """Ids of what has a text, which is found in the index."""
    store = store_of(session)
    numbers = store.index.with_words(text, store.index.all)
    return {store.numbered(number).credential_id for number in numbers}


def having(session: Session, text: str) -> set[str]:
    """Ids of what has a text, each looked at."""
    return {
        each.credential_id
        for each in store_of(session).all()
        if text in f"{each.title}\n{each.owner}\n{each.credential_id}".lower()
    }


@pytest.fixture
def session(database: Database) -> Session:
    session = database.session()
    for number in range(MANY):
        add(session, number, f"Program {number}")
    session.commit()
    # The next transactions leave in memory what they read.
    session.connection.cacheMinimize()
    return session


def test_a_number_that_is_taken_is_not_given_again() -> None:
    index = CredentialIndex()
    number = index.free_number("svc-1")
    index._numbers.add(number)
    assert index.free_number("svc-1") == number + 1


@pytest.mark.parametrize(
    "text", ["program", "program 1", "user-2", "pat-77", "0\nuser", "nothing", "0\x00p"]
)
def test_words_are_found_in_any_number_of_credentials(
    session: Session, text: str
) -> None:
    assert found(session, text) == having(session, text)


@pytest.mark.parametrize("text", ["program", "program 1", "nothing"])
def test_words_are_looked_for_among_some(session: Session, text: str) -> None:
    index = store_of(session).index
    some: Collection[int] = index.having("owner", "user-1")
    assert set(index.with_words(text, some)) == {
        number for number in index.with_words(text, index.all) if number in some
    }


def test_a_title_that_another_process_changes_is_found(
    session: Session, database: Database
) -> None:
    assert found(session, "renamed") == set()
    other = database.session()
    store_of(other).get("pat-7").title = "Renamed"
    other.commit()
    session.abort()
    assert found(session, "renamed") == {"pat-7"}
    assert "pat-7" not in found(session, "program")


def test_a_title_is_found_before_it_is_committed_and_not_after_an_abort(
    session: Session,
) -> None:
    assert found(session, "renamed") == set()
    store_of(session).get("pat-7").title = "Renamed"
    assert found(session, "renamed") == {"pat-7"}
    session.manager.savepoint()
    assert found(session, "renamed") == {"pat-7"}
    session.abort()
    assert found(session, "renamed") == set()


@pytest.mark.parametrize("seed", range(3))
def test_words_are_found_whatever_several_processes_do(
    session: Session, database: Database, seed: int
) -> None:
    dice = random.Random(seed)
    sessions = [session, database.session()]
    for step in range(40):
        at_work = dice.choice(sessions)
        # It begins a transaction, and sees what the others have committed.
        at_work.abort()
        store = store_of(at_work)
        ids = [each.credential_id for each in store.all()]
        match dice.choice(["add", "change", "remove", "remove many", "set aside"]):
            case "add":
                add(at_work, MANY + step, f"New {step}")
            case "change":
                store.get(dice.choice(ids)).title = f"Renamed {step}"
            case "remove":
                store.remove(dice.choice(ids))
            case "remove many":
                for credential_id in sorted(ids)[: len(ids) // 8]:
                    store.remove(credential_id)
            case "set aside":
                store.get(dice.choice(ids)).title = f"Renamed {step}"
                at_work.manager.savepoint()
        for text in ("new", "renamed", "program", f"renamed {step}"):
            assert found(at_work, text) == having(at_work, text)
        dice.choice([at_work.commit, at_work.abort])()


def test_what_is_searched_is_put_together_once_for_one_state(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert found(session, "program 77") == {"pat-77"}
    monkeypatch.setattr(index_module, "_parts", None)
    session.abort()
    store_of(session).get("pat-7").used_at = NOW + 1
    session.commit()
    assert found(session, "program 78") == {"pat-78"}


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("descending", [True, False])
def test_the_first_of_an_order_are_found_from_either_end(
    session: Session, order: str, descending: bool
) -> None:
    index = store_of(session).index
    everything = sorted(index._orders[order], reverse=descending)
    for numbers in (index.all, index.having("owner", "user-1")):
        expected = [place for place in everything if place[1] in numbers]
        for stop in (0, 25, 250, MANY + 1):
            assert index.first(order, numbers, stop, descending) == expected[:stop]
