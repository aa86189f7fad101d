"""Results that are remembered until an object that they depend on changes."""

from BTrees.IOBTree import IOBTree
from collections.abc import Callable
from pas.plugins.tokenauth.storage.remembered import Remembered
from tests.storage.conftest import Database
from tests.storage.conftest import Session
from typing import Any

import pytest


@pytest.fixture
def session(database: Database) -> Session:
    """Another one may change what the session has read."""
    session = database.session()
    session.connection.root()["tree"] = IOBTree({1: "one"})
    session.commit()
    return session


def tree_of(session: Session) -> Any:
    return session.connection.root()["tree"]


def remembered(session: Session) -> Remembered[str]:
    tree = tree_of(session)
    return Remembered(tree[1], [tree])


def change(session: Session) -> None:
    tree_of(session)[1] = "two"


def test_a_result_is_current_while_nothing_changes(session: Session) -> None:
    result = remembered(session)
    session.commit()
    assert result.is_current()
    assert result.result == "one"


def test_a_result_is_current_where_the_objects_are_loaded_anew(
    session: Session,
) -> None:
    result = remembered(session)
    session.connection.cacheMinimize()
    assert result.is_current()


def test_the_change_of_another_process_ends_a_result(
    session: Session, database: Database
) -> None:
    result = remembered(session)
    other = database.session()
    change(other)
    other.commit()
    # This transaction sees what was there when it began.
    assert result.is_current()
    session.abort()
    assert not result.is_current()


def test_a_change_in_this_transaction_ends_a_result(session: Session) -> None:
    result = remembered(session)
    change(session)
    assert not result.is_current()
    session.commit()
    assert not result.is_current()


def test_a_change_that_is_aborted_ends_no_result(session: Session) -> None:
    result = remembered(session)
    change(session)
    session.abort()
    assert result.is_current()


@pytest.mark.parametrize(
    "set_aside",
    [lambda session: None, lambda session: session.manager.savepoint()],
    ids=["changed", "at a savepoint"],
)
def test_a_result_of_what_is_changed_is_never_current(
    session: Session, set_aside: Callable[[Session], Any]
) -> None:
    change(session)
    set_aside(session)
    result = remembered(session)
    assert not result.is_current()
    session.abort()
    assert not result.is_current()


def test_a_result_of_what_is_new_is_not_current() -> None:
    assert not Remembered("one", [IOBTree()]).is_current()
