"""Taking part in every transaction of one request, to refuse to commit it.

What was refused stays refused: a view that swallows the exception and goes on ends
with the same answer as one that does not.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextlib import suppress
from transaction.interfaces import IDataManagerSavepoint
from transaction.interfaces import ISynchronizer
from transaction.interfaces import ITransaction
from transaction.interfaces import TransactionFailedError
from typing import Any
from zExceptions import Forbidden
from zope.annotation.interfaces import IAnnotations
from zope.component import adapter
from zope.component import getMultiAdapter
from zope.interface import directlyProvidedBy
from zope.interface import directlyProvides
from zope.interface import implementer
from zope.interface import Interface
from zope.publisher.interfaces import EndRequestEvent
from ZPublisher.pubevents import PubBeforeCommit

import transaction


_PARTICIPANTS = "pas.plugins.tokenauth.participants"
_REFUSAL = "pas.plugins.tokenauth.refusal"


class IRefusedRequest(Interface):
    """Marks a request that wanted to store what it may not."""


@implementer(ISynchronizer, IDataManagerSavepoint)
class TransactionGuard:
    """Checks the transactions of a request, also those a view begins itself.

    It takes part in them like a database that refuses to commit. A subclass says
    what is refused.

    :param request: the request whose transactions they are
    """

    _joined: ITransaction | None = None

    def __init__(self, request: Any) -> None:
        self._request = request

    def check_commit(self, txn: ITransaction) -> None:
        """Raise a Forbidden unless the transaction may be committed."""
        raise NotImplementedError

    def check_savepoint(self) -> None:
        """Raise a Forbidden unless what was done up to now may be set aside."""

    def check_vote(self, txn: ITransaction) -> None:
        """Raise a Forbidden unless what will be stored may be stored."""

    def newTransaction(self, txn: ITransaction) -> None:
        """Take part in a transaction that begins (ISynchronizer)."""
        self._joined = txn
        txn.join(self)

    def beforeCompletion(self, txn: ITransaction) -> None:
        """Take part in one that began without notice (ISynchronizer)."""
        if txn is not self._joined:
            # One that has failed can only be aborted, and accepts no new participant.
            with suppress(TransactionFailedError):
                self.newTransaction(txn)

    def afterCompletion(self, txn: ITransaction) -> None:
        """Nothing to do (ISynchronizer)."""

    def tpc_begin(self, txn: ITransaction) -> None:
        """Refuse to commit what may not be committed (IDataManager)."""
        with _remembering_refusal(self._request):
            self.check_commit(txn)

    def tpc_vote(self, txn: ITransaction) -> None:
        """Refuse it still, when all that is new is known (IDataManager)."""
        with _remembering_refusal(self._request):
            self.check_vote(txn)

    def savepoint(self) -> "TransactionGuard":
        """Refuse to set it aside either (IDataManagerSavepoint)."""
        with _remembering_refusal(self._request):
            self.check_savepoint()
        return self

    def rollback(self) -> None:
        """Nothing to do: there is nothing of ours (IDataManagerSavepoint)."""

    def abort(self, txn: ITransaction) -> None:
        """Nothing to do (IDataManager)."""

    commit = tpc_finish = tpc_abort = abort

    def sortKey(self) -> str:
        """Any place in the order will do (IDataManager)."""
        return "pas.plugins.tokenauth"


def take_part(participant: ISynchronizer, request: Any) -> None:
    """Have a guard, or somebody else, take part in all transactions of a request."""
    transaction.manager.registerSynch(participant)
    # A transaction manager does not keep it alive.
    IAnnotations(request).setdefault(_PARTICIPANTS, []).append(participant)


# The events are named by their classes, not their interfaces: then Zope calls these
# subscribers last, whoever else subscribes. Some change things or even commit.


@adapter(PubBeforeCommit)
def repeat_refusal(event: PubBeforeCommit) -> None:
    """End a request that was refused, and went on, as refused.

    :raises Forbidden: the refusal
    """
    refusal = _refusal_of(event.request)
    if refusal is not None:
        raise refusal


@adapter(EndRequestEvent)
def release_guards(event: EndRequestEvent) -> None:
    """Release the guards, so that they leave the thread's next request alone.

    This event comes whatever has happened. Where the database is gone, so that the
    request cannot even be aborted, those of the publication about its end do not.
    """
    # Not every request that ends has come over HTTP.
    annotations = IAnnotations(event.request, {})
    for participant in annotations.pop(_PARTICIPANTS, []):
        transaction.manager.unregisterSynch(participant)
    annotations.pop(_REFUSAL, None)


def refused_view(failure: Exception, request: Any) -> Any:
    """The view for whatever follows on a refusal: the view of the refusal."""
    refusal = _refusal_of(request)
    if refusal is None:
        # A clone of the request has its marks, but not its annotations.
        return None
    return getMultiAdapter((refusal, request), name="index.html")


@contextmanager
def _remembering_refusal(request: Any) -> Iterator[None]:
    try:
        yield
    except Forbidden as refusal:
        IAnnotations(request).setdefault(_REFUSAL, refusal)
        # First of all: plone.rest has error views for requests of its kind, too.
        directlyProvides(request, IRefusedRequest, directlyProvidedBy(request))
        raise


def _refusal_of(request: Any) -> Forbidden | None:
    return IAnnotations(request).get(_REFUSAL)
