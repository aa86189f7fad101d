"""Services that are registered, and the tickets that are issued to them and used up."""

from ..core.ipranges import contains
from ..core.redirects import is_within_registered
from ..core.secret import Secret
from ..core.tokens import base62
from ..core.tokens import digest as digest_of
from ..core.tokens import RANDOM_BYTES
from ..credentials.kinds import credentials_of
from ..events import IssuedEvent
from ..site.context import SiteContext
from ..site.userlimits import UserLimits
from ..site.users import SiteUser
from ..storage.cas import CASService
from ..storage.cas import CASTickets
from ..storage.cas import ServiceTicket
from ..storage.interfaces import ISession
from ..storage.sync import find_synced
from ..usage.client import ClientInfo
from ..usage.recorder import record_use
from .attributes import attributes_of
from .kind import CAS_SERVICE
from .logout import note_log_in
from .logout import note_ticket
from .logout import TICKETS
from .protocol import format_time
from .protocol import INVALID_SERVICE
from .protocol import INVALID_TICKET
from .protocol import is_name
from .protocol import is_ticket
from .protocol import Refused
from .protocol import Success
from .protocol import TICKET_LENGTH
from .protocol import TICKET_PREFIX
from typing import Any
from typing import NoReturn
from zope.event import notify

import secrets


#: Seconds in which a service asks what a ticket is worth.
TICKET_LIFETIME = 30
#: What the events call a ticket.
SERVICE_TICKET = "service_ticket"


def find_service(site: SiteContext, url: str, now: float) -> CASService | None:
    """The service that is registered for a URL, None if there is none that is live.

    Of several it is the one whose registered URL says most. Where that one is disabled
    or has expired, no other takes its place, who may have fewer limits; one that is
    revoked is as if it had never been there.

    :param url: as protocol.normalized_service makes it
    """
    services: Any = credentials_of(site.storage, CAS_SERVICE)
    found = [
        (len(registered), service.credential_id, service)
        for service in services.all()
        if not service.has_ended
        for registered in service.urls
        if is_within_registered([registered], url)
    ]
    service = max(found)[2] if found else None
    return service if service is not None and service.is_live(now) else None


def is_for(site: SiteContext, service: CASService, user: SiteUser) -> bool:
    """Whether a user can log in at a service.

    :raises SourceFailed: when a source of groups cannot say
    """
    limits = UserLimits(users=service.users, groups=service.groups)
    return is_name(_name(service, user)) and limits.allow(site.users, user)


def issue_ticket(
    site: SiteContext,
    service: CASService,
    url: str,
    user: SiteUser,
    address: str,
    now: float,
    *,
    session: ISession | None,
    is_fresh: bool,
) -> Secret:
    """A ticket with which a service learns who somebody is, once.

    :param url: where it is sent, as protocol.normalized_service makes it
    :param address: of the person, for the audit log
    :param session: of their browser
    :param is_fresh: whether they have logged in for this ticket
    """
    random = base62(secrets.token_bytes(RANDOM_BYTES), TICKET_LENGTH)
    ticket = Secret(f"{TICKET_PREFIX}{random}")
    digest = digest_of(ticket)
    record = ServiceTicket(
        service_id=service.credential_id,
        url=url,
        user_id=user.user_id,
        expires_at=now + TICKET_LIFETIME,
        is_fresh=is_fresh,
        session=session,
    )
    site.storage[TICKETS].add(digest, record, now)
    if session is not None:
        # So that it ends with the session, used or not.
        note_ticket(session, digest)
    notify(
        IssuedEvent(
            kind=SERVICE_TICKET,
            credential_id=service.credential_id,
            owner="",
            requester=user.user_id,
            details={"subject": user.user_id, "address": address},
        )
    )
    return ticket


def use_ticket(
    site: SiteContext,
    sent: str,
    url: str,
    is_renewed: bool,
    client: ClientInfo,
    now: float,
) -> tuple[CASService, SiteUser, ServiceTicket]:
    """Whom a service has logged in; the ticket is good for no other try.

    :param url: the service that asks, as protocol.normalized_service makes it
    :param is_renewed: whether the person must have logged in for this ticket
    :raises Refused: when it is not valid; what is written must be kept all the same
    :raises SourceFailed: when a source of users cannot say; nothing may be kept
    """
    unknown = Refused(INVALID_TICKET, "The ticket is unknown, used or expired.")
    if not is_ticket(sent):
        raise unknown
    digest = digest_of(sent)
    tickets: CASTickets = site.storage[TICKETS]
    ticket = find_synced(site.storage, tickets.take, digest, now)
    if ticket is None:
        raise unknown
    service_id = ticket.service_id

    def refuse(code: str, description: str) -> NoReturn:
        raise Refused(code, description, service_id)

    service = find_service(site, url, now)
    if url != ticket.url or service is None or service.credential_id != service_id:
        refuse(INVALID_SERVICE, "The ticket was issued for another service.")
    if not contains(service.ip_ranges, client.address):
        refuse(INVALID_SERVICE, "The service does not ask from this address.")
    if is_renewed and not ticket.is_fresh:
        refuse(INVALID_TICKET, "The user has not logged in for this ticket.")
    user = site.users.get(ticket.user_id)
    if user is None:
        site.users.check_answered()
        refuse(INVALID_TICKET, "The user is gone or locked out.")
    if not is_for(site, service, user):
        refuse(INVALID_TICKET, "The service is not for this user.")
    if ticket.session is not None:
        note_log_in(ticket.session, digest, service, url, sent, _name(service, user))
    record_use(site, service, user.user_id, client, digest[-7:], now)
    return service, user, ticket


def success(
    site: SiteContext,
    service: CASService,
    user: SiteUser,
    ticket: ServiceTicket,
    with_attributes: bool,
) -> Success:
    """What a service learns with a ticket that is valid.

    :param with_attributes: whether it has asked by CAS 3
    :raises SourceFailed: when a source cannot say
    """
    attributes: dict[str, str | list[str]] = {}
    if with_attributes:
        authenticated_at = ticket.session.auth_time if ticket.session else None
        if authenticated_at is not None:
            attributes["authenticationDate"] = format_time(authenticated_at)
        attributes["isFromNewLogin"] = "true" if ticket.is_fresh else "false"
        attributes["longTermAuthenticationRequestTokenUsed"] = "false"
        attributes |= attributes_of(site, user, service.attributes)
    return Success(user=_name(service, user), attributes=attributes)


def _name(service: CASService, user: SiteUser) -> str:
    return user.login if service.tells_login_name else user.user_id
