"""Seeing what another process has committed a moment ago.

A ZEO client learns of it from a message that the server sends on its own. A client
program that obtained a token from one Zope may be at another one sooner.
"""

from collections.abc import Callable
from persistent import Persistent
from typing import Any
from typing import TypeVar


Found = TypeVar("Found")


def sync_storage(obj: Persistent) -> bool:
    """Let the connection of an object see everything that is committed by now.

    It asks the server, which takes about as long as loading an object. Nothing happens
    where the transaction has changed something already, or where there is no server
    to ask: RelStorage asks at the beginning of each transaction, and one process alone
    misses nothing.

    :returns: whether it is worth looking once more
    """
    connection = obj._p_jar
    if connection is None or _has_changes(connection):
        return False
    ping = getattr(connection.db().storage, "ping", None)
    if ping is None:
        return False
    # The answer comes after all messages about what was committed before.
    ping()
    connection.newTransaction(connection.transaction_manager.get(), False)
    return True


def find_synced(
    storage: Any, find: Callable[..., Found | None], *arguments: Any
) -> Found | None:
    """What a look-up finds, also if another process has stored it a moment ago."""
    found = find(*arguments)
    if found is None and sync_storage(storage):
        found = find(*arguments)
    return found


def _has_changes(connection: Any) -> bool:
    return bool(connection._registered_objects or connection._savepoint_storage)
