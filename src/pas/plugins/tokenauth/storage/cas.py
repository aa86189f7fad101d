"""CAS: the services that are registered, and the tickets on the way to them."""

from ..core.tokens import TokenDigest
from .credentials import Credential
from .expiring import ExpiringMap
from .interfaces import ICASService
from .interfaces import ICASTickets
from .interfaces import ISession
from dataclasses import dataclass
from persistent import Persistent
from zope.interface import implementer


_PERIOD = 60 * 60
#: With what a record begins, so that later ones can hold something else.
_VERSION = 1


@implementer(ICASService)
class CASService(Credential):
    """See ICASService."""

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


@implementer(ICASTickets)
class CASTickets(Persistent):
    """See ICASTickets."""

    def __init__(self) -> None:
        self._tickets = ExpiringMap(_PERIOD)

    def add(self, digest: TokenDigest, ticket: ServiceTicket, now: float) -> None:
        record = (
            _VERSION,
            ticket.service_id,
            ticket.url,
            ticket.user_id,
            ticket.is_fresh,
            ticket.session,
        )
        self._tickets.drop_expired_beside(digest, now)
        self._tickets.insert(digest, record, ticket.expires_at)

    def take(self, digest: TokenDigest, now: float) -> ServiceTicket | None:
        found = self._tickets.get(digest, now)
        if found is None:
            return None
        self._tickets.remove(digest)
        expires_at, _version, service_id, url, user_id, is_fresh, session = found
        return ServiceTicket(
            service_id=service_id,
            url=url,
            user_id=user_id,
            expires_at=expires_at,
            is_fresh=is_fresh,
            session=session,
        )

    def drop_expired(self, now: float) -> None:
        self._tickets.drop_expired(now)
