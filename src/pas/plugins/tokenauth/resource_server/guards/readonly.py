"""Requests with a token that may only read: nothing they did is committed.

Neither the HTTP method nor the view says whether a request changes anything, so
the database is asked when the request is done. What Plone itself stores while it
renders a page is thrown away, and the page is delivered; any other change is
refused. plone.protect knows the one from the other.
"""

from ...core.scopes import ADMIN
from ...core.scopes import WRITE
from ...web.access import access_of
from ...web.interfaces import IAboutOwnToken
from ...web.markers import fast_also_provides
from ...web.markers import published_view
from ..errors import InsufficientScope
from .transactions import take_part
from .transactions import TransactionGuard
from BTrees.OOBTree import OOBTree
from collections.abc import Iterator
from OFS.EtagSupport import EtagSupport
from plone.portlets.interfaces import IPortletAssignment
from plone.protect.auto import ANNOTATION_KEYS
from plone.protect.auto import SAFE_TYPES
from plone.protect.auto import SAFE_WRITE_KEY
from plone.protect.interfaces import IDisableCSRFProtection
from transaction.interfaces import ITransaction
from typing import Any
from ZODB.Connection import Connection
from zope.component import adapter
from ZPublisher.pubevents import PubBeforeCommit

import transaction


#: The database of Zope's sessions, which plone.protect does not look at.
_SESSIONS = "temporary"
#: Methods by which Zope tells about an object.
_DAV_READS = ("HEAD", "OPTIONS", "PROPFIND", "TRACE")


class ReadOnlyGuard(TransactionGuard):
    """Refuses to commit anything."""

    def check_commit(self, txn: ITransaction) -> None:
        """Raise if there is anything to commit, however harmless.

        :raises InsufficientScope: when there is
        """
        if _resources(txn):
            raise _lacks_scope(self._request)


def guard_against_writes(request: Any) -> None:
    """Keep a request from committing anything, whatever it calls."""
    take_part(ReadOnlyGuard(request), request)
    # It would abort and ask for a confirmation, and hide what was changed.
    fast_also_provides(request, IDisableCSRFProtection)


@adapter(PubBeforeCommit)
def refuse_changes(event: PubBeforeCommit) -> None:
    """Throw away what a request that may only read has done, or refuse it.

    :raises InsufficientScope: when there is more than may be thrown away
    """
    request = event.request
    access = access_of(request)
    if access is None or access.effect.stores:
        return
    if IAboutOwnToken.providedBy(published_view(request)):
        return
    txn = transaction.get()
    resources = _resources(txn)
    if not all(_is_harmless(resource, request) for resource in resources):
        raise _lacks_scope(request)
    if resources:
        txn.doom()


def _lacks_scope(request: Any) -> InsufficientScope:
    access = access_of(request)
    return InsufficientScope(ADMIN if access and access.effect.administers else WRITE)


def _resources(txn: ITransaction) -> list[Any]:
    """What takes part in a transaction, but for the guards."""
    return [res for res in txn._resources if not isinstance(res, TransactionGuard)]


def _is_harmless(resource: Any, request: Any) -> bool:
    """Whether only what plone.protect does not look at would be stored there."""
    if not isinstance(resource, Connection):
        # Changes that wait for the commit: the index, mail, undo, other databases.
        return False
    if resource.db().database_name == _SESSIONS:
        return True
    return all(_is_safe_write(obj, request) for obj in _changed(resource))


def _changed(connection: Connection) -> Iterator[Any]:
    """The objects that would be stored."""
    yield from connection._registered_objects
    aside = connection._savepoint_storage
    if aside is not None:
        # What a savepoint has set aside is no longer registered. New objects do not
        # count: another one has changed to refer to them.
        oids = aside.index.keys() - aside.creating.keys()
        yield from (connection.get(oid) for oid in oids)


def _is_safe_write(obj: Any, request: Any) -> bool:
    """Whether plone.protect lets this be stored by a request that is not trusted."""
    if isinstance(obj, SAFE_TYPES) or IPortletAssignment.providedBy(obj):
        return True
    if obj._p_oid in request.environ.get(SAFE_WRITE_KEY, ()):
        return True
    if isinstance(obj, OOBTree):
        return _are_safe_annotations(obj)
    # plone.protect does not see these methods: Zope gives what has none an ETag.
    published = getattr(request["PUBLISHED"], "__name__", "")
    return published in _DAV_READS and isinstance(obj, EtagSupport)


def _are_safe_annotations(tree: OOBTree) -> bool:
    try:
        return any(key in tree for key in ANNOTATION_KEYS)
    except TypeError:
        # Its keys are something else than strings.
        return False
