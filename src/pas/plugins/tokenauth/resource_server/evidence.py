"""Which program did it: each transaction of a token names its credential.

Three places tell it: the metadata of the transaction, which the database keeps with
what was stored; the history of the content; and one line of the audit log for each
request that has stored something.
"""

from ..events import RequestCommittedEvent
from ..web.access import Access
from ..web.access import access_of
from ..web.address import client_address
from .guards.transactions import take_part
from Products.DCWorkflow.interfaces import IAfterTransitionEvent
from transaction._transaction import Status
from transaction.interfaces import ISynchronizer
from transaction.interfaces import ITransaction
from typing import Any
from urllib.parse import urlsplit
from ZODB.Connection import Connection
from zope.annotation.interfaces import IAnnotations
from zope.component import adapter
from zope.event import notify
from zope.globalrequest import getRequest
from zope.interface import implementer
from zope.publisher.interfaces import EndRequestEvent


#: What the metadata of a transaction call the credential.
METADATA = "tokenauth_credential"
_KEY = "pas.plugins.tokenauth.evidence"


@implementer(ISynchronizer)
class Evidence:
    """Notes the credential in all transactions of a request, see ISynchronizer.

    :param access: what authenticates the request
    """

    def __init__(self, access: Access) -> None:
        self.access = access
        #: Whether one of them has stored something.
        self.has_stored = False
        self._noted: ITransaction | None = None
        self._stores = False

    def newTransaction(self, txn: ITransaction) -> None:
        """Note the credential in a transaction that begins."""
        self._noted = txn
        txn.note(_note(self.access))
        txn.setExtendedInfo(METADATA, self.access.credential_id)

    def beforeCompletion(self, txn: ITransaction) -> None:
        """Note it in one that began without notice, and see what it will store."""
        if txn is not self._noted:
            self.newTransaction(txn)
        # A database takes part as soon as something has changed.
        self._stores = any(isinstance(each, Connection) for each in txn._resources)

    def afterCompletion(self, txn: ITransaction) -> None:
        """Remember that something is stored."""
        if self._stores and txn.status == Status.COMMITTED:
            self.has_stored = True


def note_transactions(request: Any, access: Access) -> None:
    """Name the credential in all that a request stores from now on."""
    evidence = Evidence(access)
    IAnnotations(request)[_KEY] = evidence
    take_part(evidence, request)


@adapter(EndRequestEvent)
def report_commit(event: EndRequestEvent) -> None:
    """Tell the subscribers of a request with a token that has stored something.

    One that is repeated after a conflict is told once: before it has stored nothing.
    """
    request = event.request
    evidence: Evidence | None = IAnnotations(request, {}).pop(_KEY, None)
    if evidence is None or not evidence.has_stored:
        return
    notify(
        RequestCommittedEvent(
            credential_id=evidence.access.credential_id,
            subject=evidence.access.subject,
            address=client_address(request),
            method=request["REQUEST_METHOD"],
            path=urlsplit(request.get("ACTUAL_URL", "")).path,
            status=request.response.getStatus(),
        )
    )


@adapter(IAfterTransitionEvent)
def note_transition(event: Any) -> None:
    """Name the credential in the history of the workflow."""
    if "comments" in event.status:
        event.status["comments"] = commented(event.status["comments"])


def prepare_version(self: Any, comment: Any) -> Any:
    """What a new version keeps about itself, with the credential in its comment.

    It replaces the method of the repository of versions.
    """
    return self._old__prepareSysMetadata(commented(comment))


def commented(comment: Any) -> Any:
    """A comment in the history of content, with the credential of this request."""
    access = access_of(getRequest())
    if access is None:
        return comment
    return f"{comment} ({_note(access)})" if comment else _note(access)


def _note(access: Access) -> str:
    return f"tokenauth: {access.credential_id}"
