"""``registrations``: lists self-registered applications, and revokes some."""

from ..cli.outcomes import Answer
from ..cli.outcomes import WrongUsage
from ..cli.session import committed
from ..cli.session import Session
from ..cli.tables import as_table
from ..core.clock import now
from ..credentials.search import Criteria
from ..credentials.search import find_credentials
from ..credentials.serializers import serialize_credential
from ..credentials.service import credentials_named
from ..credentials.service import revoke_found
from .kind import REGISTRATION_KIND
from typing import Any


COLUMNS = ("registration_id", "title", "hosts", "scopes", "state", "issued", "address")


def registrations(session: Session, arguments: Any) -> Answer:
    """List those that are meant, or revoke them."""
    if arguments.revoke and not (arguments.ids or arguments.host):
        raise WrongUsage("Name the applications to revoke, or their --host.")
    if arguments.revoke:
        number = committed(lambda: _revoked(session, arguments))
        return Answer({"revoked": number}, f"Applications revoked: {number}.")
    found = _found(session, arguments)
    documents = [serialize_credential(session.site, each, now()) for each in found]
    text = "There are no such applications."
    return Answer(documents, as_table(documents, COLUMNS) if documents else text)


def _revoked(session: Session, arguments: Any) -> int:
    found = _found(session, arguments)
    return revoke_found(session.site, session.requester, found, now())


def _found(session: Session, arguments: Any) -> list[Any]:
    site, requester = session.site, session.requester
    found: Any
    if arguments.ids:
        found = credentials_named(site, requester, arguments.ids, REGISTRATION_KIND)
    else:
        criteria = Criteria(kind=REGISTRATION_KIND)
        found = find_credentials(site, requester, now(), criteria)
    return [each for each in found if arguments.host in ("", *each.hosts)]
