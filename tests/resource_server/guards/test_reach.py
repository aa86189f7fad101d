"""Which changed objects are below others, in trees of any keys."""

from BTrees.OOBTree import OOBTree
from collections.abc import Iterator
from pas.plugins.tokenauth.resource_server.guards.reach import is_any_below
from typing import Any

import pytest
import transaction
import ZODB


@pytest.fixture
def root() -> Iterator[Any]:
    database = ZODB.DB(None)
    yield database.open().root()
    transaction.abort()
    database.close()


@pytest.mark.parametrize("tree", ["by_name", "by_time"])
def test_keys_of_several_members_are_told_apart(root: Any, tree: str) -> None:
    """Those of one tree cannot be compared with those of the other."""
    root["by_name"] = OOBTree({("name", each): each for each in range(100)})
    root["by_time"] = OOBTree({(1.5, each): each for each in range(100)})
    transaction.commit()
    changed = root[tree]._firstbucket
    below = {name: is_any_below([changed], [root[name]], []) for name in root}
    assert below == {name: name == tree for name in root}
