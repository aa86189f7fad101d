"""Which changed objects are below others, without reading all that is below those.

Nothing in the database says what refers to an object. So what is below the given
objects is walked, whether it is loaded or not, but not through the parts of BTrees,
of which there may be thousands: those that have changed are looked up by their keys.
"""

from Acquisition import aq_base
from bisect import bisect_right
from collections.abc import Iterable
from collections.abc import Iterator
from contextlib import suppress
from persistent import Persistent
from persistent.wref import WeakRef
from Products.CMFCore.interfaces import IContentish
from typing import Any
from ZODB.Connection import Connection

import io
import pickle


#: An object id is good for one database of several.
Place = tuple[Connection, bytes]


def place_of(obj: Persistent) -> Place:
    """Where an object is stored."""
    return obj._p_jar, obj._p_oid


def is_any_below(
    changed: Iterable[Persistent], roots: Iterable[Any], leave_out: Iterable[Any]
) -> bool:
    """Whether any of the changed objects is one of the roots or below.

    :param leave_out: objects below them that are not looked at, with all they keep
    """
    changed = list(changed)
    places = {place_of(obj) for obj in changed}
    trees = []
    for obj in _walk(roots, leave_out):
        if place_of(obj) in places:
            return True
        if _is_tree(obj):
            trees.append(obj)
    return any(_is_part(obj, tree) for obj in changed for tree in trees)


def _walk(roots: Iterable[Any], leave_out: Iterable[Any]) -> Iterator[Persistent]:
    """The roots and what is below, but for the parts of trees."""
    pending = [aq_base(obj) for obj in roots]
    seen = {place_of(aq_base(obj)) for obj in leave_out}
    while pending:
        obj = pending.pop()
        # Content that something refers to is not below it.
        if place_of(obj) in seen or IContentish.providedBy(obj):
            continue
        seen.add(place_of(obj))
        yield obj
        if not _is_tree(obj):
            obj._p_activate()
            pending.extend(_references(obj))


def _is_tree(obj: Any) -> bool:
    # A BTree or a tree of a TreeSet, of whatever keys; not one of its buckets.
    return hasattr(type(obj), "_bucket_type")


def _is_part(obj: Persistent, tree: Any) -> bool:
    """Whether an object is a node or a bucket of a tree, or a value in it."""
    if obj._p_jar is not tree._p_jar or not tree:
        return False
    # Others may not be compared with those of the tree.
    key_type = type(tree.minKey())
    keys = [key for key in _possible_keys(obj) if type(key) is key_type]
    for key in keys:
        # Tuples with members of other types are keys of another tree.
        with suppress(TypeError):
            if any(part._p_oid == obj._p_oid for part in _way_to(tree, key)):
                return True
    return False


def _possible_keys(obj: Any) -> list[Any]:
    """Keys by which an object can be found in a tree that it is part of."""
    if hasattr(obj, "minKey"):
        # What is empty is in no tree any more, and the tree has changed.
        return [obj.minKey()] if obj else []
    obj._p_activate()
    state = getattr(obj, "__dict__", {})
    keys = [state.get(name) for name in ("id", "__name__", "credential_id")]
    return [key for key in keys if isinstance(key, str)]


def _way_to(tree: Any, key: Any) -> Iterator[Persistent]:
    """The parts of a tree on the way to a key, and the value if that is stored."""
    node = tree
    while _is_tree(node):
        state = node.__getstate__()
        if state is None or len(state) == 1:
            # Empty, or small: its one bucket is a part of it.
            break
        children = state[0]
        node = children[2 * bisect_right(children[1::2], key)]
        yield node
    get = getattr(tree, "get", None)
    value = None if get is None else get(key)
    if isinstance(value, Persistent):
        yield aq_base(value)


def _references(obj: Persistent) -> list[Persistent]:
    pickler = _ReferenceFinder(io.BytesIO(), protocol=3)
    pickler.dump(obj.__getstate__())
    return pickler.found


class _ReferenceFinder(pickle.Pickler):
    """Finds the persistent objects in a state, the way the database does."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.found: list[Persistent] = []

    def persistent_id(self, obj: Any) -> str | None:
        """Leave persistent objects out of the pickle, and note them."""
        if isinstance(obj, WeakRef):
            return "weak"
        if not isinstance(obj, Persistent) or isinstance(obj, type):
            return None
        # What is not stored yet is stored with what refers to it, which has changed.
        if aq_base(obj)._p_jar is not None:
            self.found.append(aq_base(obj))
        return "noted"
