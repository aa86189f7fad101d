"""Trees for logs, of which each writer has its own.

An entry is written with all others of its leaf, and each split of a leaf with all keys
of the node above. The sizes of the BTrees package are made for trees that are read more
than written, and for writers who share one: smaller trees split more often.
"""

from BTrees.OOBTree import OOBTree
from BTrees.OOBTree import OOTreeSet


_LEAF = 12
_NODE = 32


class LogTree(OOBTree):
    """A mapping in order, of small objects."""

    max_leaf_size = _LEAF
    max_internal_size = _NODE


class LogTreeSet(OOTreeSet):
    """A set in order, of small objects."""

    max_leaf_size = _LEAF
    max_internal_size = _NODE
