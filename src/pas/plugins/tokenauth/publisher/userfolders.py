"""What user folders keep stays as it is in the transactions of a token's request.

This is the general rule behind "a token does not breed": whatever code changes
passwords, accounts, roles, groups, service keys or settings, it changes objects
below acl_users, and such a transaction is not committed.
"""

from ..access import Access
from ..plugin.lookup import server_of
from .refusal import ClosedToTokens
from Acquisition import aq_base
from collections.abc import Iterable
from collections.abc import Iterator
from persistent import Persistent
from transaction.interfaces import IDataManagerSavepoint
from transaction.interfaces import ISynchronizer
from transaction.interfaces import ITransaction
from typing import Any
from zope.interface import implementer

import io
import pickle
import transaction


@implementer(ISynchronizer, IDataManagerSavepoint)
class UserFolderGuard:
    """Checks every transaction of one request, also those a view begins itself.

    It takes part in them like a database that refuses to commit. The transaction
    manager holds it weakly: it lives as long as the request.

    :param folders: what may not change: user folders, or just our plugin
    :param leave_out: objects below them that are not looked at
    """

    def __init__(self, folders: list[Any], leave_out: list[Any]) -> None:
        self._folders = folders
        self._leave_out = leave_out
        self._joined: ITransaction | None = None

    def newTransaction(self, txn: ITransaction) -> None:
        """Take part in a transaction that begins (ISynchronizer)."""
        self._joined = txn
        txn.join(self)

    def beforeCompletion(self, txn: ITransaction) -> None:
        """Take part in one that began without notice (ISynchronizer)."""
        if txn is not self._joined:
            self.newTransaction(txn)

    def afterCompletion(self, txn: ITransaction) -> None:
        """Nothing to do (ISynchronizer)."""

    def tpc_begin(self, txn: ITransaction) -> None:
        """Refuse to commit what may not change (IDataManager)."""
        self._check()

    def savepoint(self) -> "UserFolderGuard":
        """Refuse to set it aside either (IDataManagerSavepoint)."""
        self._check()
        return self

    def rollback(self) -> None:
        """Nothing to do: there is nothing of ours (IDataManagerSavepoint)."""

    def abort(self, txn: ITransaction) -> None:
        """Nothing to do (IDataManager)."""

    commit = tpc_vote = tpc_finish = tpc_abort = abort

    def sortKey(self) -> str:
        """Any place in the order will do (IDataManager)."""
        return "pas.plugins.tokenauth"

    def _check(self) -> None:
        if any(is_changed_below(folder, self._leave_out) for folder in self._folders):
            raise ClosedToTokens("This access token may not change user accounts.")


def guard_user_folders(request: Any, access: Access, plugin: Any) -> None:
    """Keep this request's transactions from changing what user folders keep.

    A key that may manage users may change all but our own keys and settings.
    """
    server = server_of(plugin)
    everything = [server.site.acl_users, server.site.getPhysicalRoot().acl_users]
    # A million tokens are looked up here, and minted nowhere but at the endpoint.
    storage = server.storage
    guard = UserFolderGuard(
        [plugin] if access.may_manage_users else everything,
        leave_out=[storage.access_tokens, storage.usage_log, storage.replay],
    )
    transaction.manager.registerSynch(guard)
    request._hold(guard)


def is_changed_below(folder: Any, leave_out: Iterable[Any] = ()) -> bool:
    """Whether the transaction in progress changes a folder or anything it keeps."""
    changed = _changed_oids(folder._p_jar)
    if not changed:
        return False
    return any(oid in changed for oid in _loaded_oids(folder, leave_out))


def _changed_oids(connection: Any) -> set[bytes]:
    changed = {obj._p_oid for obj in connection._registered_objects}
    # What a savepoint has set aside is no longer registered.
    aside = connection._savepoint_storage
    return changed if aside is None else changed | set(aside.index)


def _loaded_oids(folder: Any, leave_out: Iterable[Any]) -> Iterator[bytes]:
    """Ids of the objects below the folder, as far as this connection has loaded them.

    What is not loaded is not changed, so a folder of any size is never read whole.
    """
    pending = [aq_base(folder)]
    seen = {obj._p_oid for obj in leave_out}
    while pending:
        obj = pending.pop()
        if obj._p_oid in seen:
            continue
        seen.add(obj._p_oid)
        yield obj._p_oid
        if obj._p_changed is not None:
            pending.extend(_references(obj))


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
        if not isinstance(obj, Persistent) or isinstance(obj, type):
            return None
        self.found.append(aq_base(obj))
        return "noted"
