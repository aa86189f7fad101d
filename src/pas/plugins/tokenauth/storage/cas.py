"""CAS: the services that are registered, and the tickets on the way to them."""

from .credentials import Credential
from .interfaces import ISession
from .records import Records
from dataclasses import dataclass


class CASService(Credential):
    """A web site that logs people in by CAS; it belongs to the site.

    :ivar urls: where tickets are sent, as a tuple; see core.redirects
    :ivar users: ids of the users it is for, as a tuple
    :ivar groups: ids of the groups it is for, as a tuple; see site.userlimits
    :ivar attributes: what it learns about people, as a tuple; see cas
    :ivar tells_login_name: whether it knows people by login name, not by id
    :ivar stays_logged_in: whether it is not told when people log out
    """

    kind = "cas_service"
    scopes: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()
    tells_login_name = False
    stays_logged_in = False


@dataclass(frozen=True, kw_only=True)
class ServiceTicket:
    """What the site knows of a ticket that it issued (CAS protocol section 3.1).

    :param service_id: for which registered service
    :param url: where it was sent, with what stands in the query
    :param user_id: who logs in there
    :param expires_at: seconds since the epoch
    :param is_fresh: whether they have logged in here for this ticket
    :param session: of their browser, None where no sessions are kept
    """

    service_id: str
    url: str
    user_id: str
    expires_at: float
    is_fresh: bool = False
    session: ISession | None = None


class CASTickets(Records[ServiceTicket]):
    """Service tickets by digest."""

    record = ServiceTicket
