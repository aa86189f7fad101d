"""What lets people and programs in stays as it is in the transactions of a token.

This is the general rule behind "a token does not breed": whatever code changes
passwords, accounts, roles, groups, permissions, service keys or settings, it changes
objects below a user folder, and a few others (see guarded.py). Code that the site
runs could do all of that later, so it stays as it is too; and undoing a transaction
could bring back all that it ended. A transaction that does any of these is not
committed.
"""

from ...site.lookup import current_site
from ...web.access import Access
from ...web.access import access_of
from ..errors import ClosedToTokens
from ..errors import NO_ACCOUNTS
from ..errors import NO_SETTINGS
from .protected import accounts
from .protected import is_code
from .protected import log_in_objects
from .protected import permission_settings
from .protected import settings_of
from .transactions import guard_transactions
from .transactions import TransactionGuard
from Acquisition import aq_base
from Acquisition import aq_chain
from collections.abc import Iterable
from collections.abc import Iterator
from itertools import chain
from persistent import Persistent
from persistent.wref import WeakRef
from transaction.interfaces import ITransaction
from typing import Any
from ZODB.Connection import Connection
from ZODB.DB import TransactionalUndo
from zope.component import adapter
from zope.globalrequest import getRequest
from zope.lifecycleevent.interfaces import IObjectAddedEvent

import io
import pickle


#: An object id is good for one database of several.
Place = tuple[Connection, bytes]


class CredentialsGuard(TransactionGuard):
    """Refuses to commit changes of what lets people in, and of settings.

    :param request: the request whose transactions they are
    :param guarded: objects that may not change, with all they keep, by what is answered
    :param leave_out: objects below them that are not looked at
    :param rolemaps: objects whose permission settings may not change
    """

    def __init__(
        self,
        request: Any,
        guarded: dict[str, list[Any]],
        leave_out: list[Any],
        rolemaps: list[Any],
    ) -> None:
        super().__init__(request)
        self._guarded = guarded
        self._leave_out = leave_out
        self._permissions = [(obj, permission_settings(obj)) for obj in rolemaps]
        objects = chain(*guarded.values(), leave_out)
        self._connections = {aq_base(obj)._p_jar for obj in objects}
        self._harmless: set[Place] = set()

    def check_commit(self, txn: ITransaction) -> None:
        """Raise if any of the guarded objects has changed, or will.

        :raises ClosedToTokens: when it is so
        """
        # What it changes is not loaded, and may be anything.
        if any(isinstance(resource, TransactionalUndo) for resource in txn._resources):
            raise ClosedToTokens("An access token may not undo transactions.")
        self.check_savepoint()

    def check_savepoint(self) -> None:
        """Raise if any of the guarded objects has changed.

        :raises ClosedToTokens: when it has
        """
        registered = [
            obj for jar in self._connections for obj in jar._registered_objects
        ]
        if any(map(is_code, registered)):
            raise ClosedToTokens("An access token may not change code of the site.")
        if any(
            obj._p_changed and permission_settings(obj) != before
            for obj, before in self._permissions
        ):
            raise ClosedToTokens("This access token may not change permissions.")
        # Bulk operations set savepoints again and again.
        changed = _changed_places(self._connections) - self._harmless
        if not changed:
            return
        for answer, guarded in self._guarded.items():
            if not changed.isdisjoint(_loaded_places(guarded, self._leave_out)):
                raise ClosedToTokens(answer)
        self._harmless |= changed

    def check_vote(self, txn: ITransaction) -> None:
        """Raise if there is code among the new objects, wherever they hang.

        :raises ClosedToTokens: when there is
        """
        for connection in self._connections:
            for oid in connection._creating:
                if is_code(connection._cache.get(oid, None)):
                    raise ClosedToTokens("An access token may not add code.")


def guard_credentials(request: Any, access: Access) -> None:
    """Keep this request's transactions from changing what lets people in.

    An admin scope may change accounts, what else they depend on, but
    not the settings of this package, nor which plugins let users in, nor code.
    """
    site = current_site()
    if site is None:
        raise ClosedToTokens("This site does not know the access token.")
    storage, portal = site.storage, site.portal
    roots = [obj for obj in aq_chain(portal) if isinstance(aq_base(obj), Persistent)]
    # A million tokens are looked up here, and minted nowhere but at the endpoint.
    leave_out = [storage.access_tokens, storage.usage_log, storage.replay, *roots]
    # What is registered there knows it, and through it everything else.
    leave_out.append(portal.getSiteManager())
    if access.administers:
        guarded, rolemaps = {NO_ACCOUNTS: [portal.acl_users]}, []
        # Who deletes a user ends their credentials.
        leave_out += [*accounts(portal.acl_users), *storage.kinds.values()]
    else:
        guarded, rolemaps = _guarded(portal, request["PARENTS"]), roots
    guard_transactions(CredentialsGuard(request, guarded, leave_out, rolemaps), request)


def _guarded(portal: Any, parents: Iterable[Any]) -> dict[str, list[Any]]:
    return {
        NO_ACCOUNTS: log_in_objects(portal, parents),
        NO_SETTINGS: settings_of(portal),
    }


@adapter(IObjectAddedEvent)
def veto_new_object(event: IObjectAddedEvent) -> None:
    """Stop a token from adding a user folder or code, anywhere in the site.

    :raises ClosedToTokens: for such an object
    """
    request = getRequest()
    if request is None or access_of(request) is None:
        return
    new = aq_base(event.object)
    if is_code(new) or getattr(new, "isAUserFolder", False):
        raise ClosedToTokens("An access token may not add code or a user folder.")


def _changed_places(connections: Iterable[Connection]) -> set[Place]:
    changed = set()
    for connection in connections:
        changed |= {(connection, obj._p_oid) for obj in connection._registered_objects}
        # What a savepoint has set aside is no longer registered.
        aside = connection._savepoint_storage
        if aside is not None:
            changed |= {(connection, oid) for oid in aside.index}
    return changed


def _loaded_places(guarded: Iterable[Any], leave_out: Iterable[Any]) -> Iterator[Place]:
    """Where the guarded objects and those below are stored, as far as they are loaded.

    What is not loaded is not changed, so a folder of any size is never read whole.
    """
    pending = [aq_base(obj) for obj in guarded]
    seen = {_place(aq_base(obj)) for obj in leave_out}
    while pending:
        obj = pending.pop()
        place = _place(obj)
        if place in seen:
            continue
        seen.add(place)
        yield place
        if obj._p_changed is not None:
            pending.extend(_references(obj))


def _place(obj: Persistent) -> Place:
    return obj._p_jar, obj._p_oid


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
        self.found.append(aq_base(obj))
        return "noted"
