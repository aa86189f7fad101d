"""What lets people and programs in stays as it is in the transactions of a token.

This is the general rule behind "a token does not breed": whatever code changes
passwords, accounts, roles, groups, service keys or settings, it changes objects
below a user folder or the requests for new passwords. Code that the site runs
could do all of that later, so it stays as it is too. A transaction that changes
any of these is not committed.
"""

from ..access import Access
from ..access import access_of
from ..plugin.lookup import current_server
from .guard import guard_transactions
from .guard import TransactionGuard
from .refusal import ClosedToTokens
from Acquisition import aq_base
from Acquisition import aq_chain
from collections.abc import Iterable
from collections.abc import Iterator
from OFS.DTMLMethod import DTMLMethod
from persistent import Persistent
from persistent.wref import WeakRef
from Products.PageTemplates.PageTemplate import PageTemplate
from Shared.DC.Scripts.Script import Script
from transaction.interfaces import ITransaction
from typing import Any
from zope.component import adapter
from zope.globalrequest import getRequest
from zope.lifecycleevent.interfaces import IObjectAddedEvent

import io
import pickle


#: Objects that hold code, which the site runs with the rights of others.
CODE = (Script, PageTemplate, DTMLMethod)


class CredentialsGuard(TransactionGuard):
    """Refuses to commit changes of what lets people in.

    :param request: the request whose transactions they are
    :param guarded: objects that may not change, with all they keep
    :param leave_out: objects below them that are not looked at
    """

    def __init__(self, request: Any, guarded: list[Any], leave_out: list[Any]) -> None:
        super().__init__(request)
        self._guarded = guarded
        self._leave_out = leave_out
        self._harmless: set[bytes] = set()

    def check_commit(self, txn: ITransaction) -> None:
        """Raise if any of the guarded objects has changed.

        :raises ClosedToTokens: when it has
        """
        self.check_savepoint()

    def check_savepoint(self) -> None:
        """Raise if any of the guarded objects has changed.

        :raises ClosedToTokens: when it has
        """
        connection = self._guarded[0]._p_jar
        if any(isinstance(obj, CODE) for obj in connection._registered_objects):
            raise ClosedToTokens("An access token may not change code of the site.")
        # Bulk operations set savepoints again and again.
        changed = _changed_oids(connection) - self._harmless
        if changed and any(
            oid in changed for oid in _loaded_oids(self._guarded, self._leave_out)
        ):
            raise ClosedToTokens("This access token may not change user accounts.")
        self._harmless |= changed


def guard_credentials(request: Any, access: Access) -> None:
    """Keep this request's transactions from changing what lets people in.

    A key that may manage users may change all but the settings of this package.
    """
    server = current_server()
    if server is None:
        raise ClosedToTokens("This site does not know the access token.")
    storage = server.storage
    # A million tokens are looked up here, and minted nowhere but at the endpoint.
    leave_out = [storage.access_tokens, storage.usage_log, storage.replay]
    if access.may_manage_users:
        # Who deletes a user ends their credentials.
        guarded, leave_out = [server.settings], [*leave_out, *storage.kinds.values()]
    else:
        guarded = [*_user_folders(request), *_password_resets(server.site)]
    leave_out += aq_chain(server.site)[:-1]
    guard_transactions(CredentialsGuard(request, guarded, leave_out), request)


@adapter(IObjectAddedEvent)
def veto_new_object(event: IObjectAddedEvent) -> None:
    """Stop a token from adding a user folder or code, anywhere in the site.

    :raises ClosedToTokens: for such an object
    """
    request = getRequest()
    if request is None or access_of(request) is None:
        return
    new = aq_base(event.object)
    if isinstance(new, CODE) or getattr(new, "isAUserFolder", False):
        raise ClosedToTokens("An access token may not add code or a user folder.")


def _user_folders(request: Any) -> list[Any]:
    """User folders on the way to what is published: the site's, the root's, others."""
    return [
        parent.__allow_groups__
        for parent in request["PARENTS"]
        if hasattr(aq_base(parent), "__allow_groups__")
    ]


def _password_resets(site: Any) -> list[Any]:
    """The tool that keeps the requests for new passwords, if there is one."""
    tool = getattr(site, "portal_password_reset", None)
    return [] if tool is None else [tool]


def _changed_oids(connection: Any) -> set[bytes]:
    changed = {obj._p_oid for obj in connection._registered_objects}
    # What a savepoint has set aside is no longer registered.
    aside = connection._savepoint_storage
    return changed if aside is None else changed | set(aside.index)


def _loaded_oids(guarded: Iterable[Any], leave_out: Iterable[Any]) -> Iterator[bytes]:
    """Ids of the guarded objects and those below, as far as they are loaded.

    What is not loaded is not changed, so a folder of any size is never read whole.
    """
    pending = [aq_base(obj) for obj in guarded]
    seen = {aq_base(obj)._p_oid for obj in leave_out}
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
        if isinstance(obj, WeakRef):
            return "weak"
        if not isinstance(obj, Persistent) or isinstance(obj, type):
            return None
        self.found.append(aq_base(obj))
        return "noted"
