"""Single logout: who logs out of the site is logged out of services (section 2.3.3).

The session of a browser knows the tickets that were issued in it, by their digests, and
of those that a service has used what that service has to be told.
"""

from ..core.clock import now
from ..core.redirects import is_within_registered
from ..core.tokens import TokenDigest
from ..fetching.interfaces import IDeliveries
from ..signin.interfaces import ISessionEndedEvent
from ..storage.cas import CASService
from ..storage.interfaces import ISession
from .protocol import logout_request
from .settings import is_enabled
from collections.abc import Mapping
from typing import Any
from zope.component import adapter
from zope.component import queryUtility

import secrets


#: Where tickets are kept.
TICKETS = "cas_tickets"
#: By which the session tells our members from those of other protocols.
_PROTOCOL = "cas"


def note_ticket(session: ISession, digest: TokenDigest) -> None:
    """Note that a ticket was issued in a session."""
    session.join(_PROTOCOL, digest.hex(), {})


def note_log_in(
    session: ISession,
    digest: TokenDigest,
    service: CASService,
    url: str,
    ticket: str,
    name: str,
) -> None:
    """Note that a service has used a ticket, and knows the person by it.

    It is kept as it is, because the service has to be told; it opens nothing any more.

    :param url: where the service is told
    :param name: by which it knows the person
    """
    service_id = service.credential_id
    member = {"service_id": service_id, "url": url, "ticket": ticket, "name": name}
    session.join(_PROTOCOL, digest.hex(), member)


@adapter(ISessionEndedEvent)
def log_out_of_services(event: ISessionEndedEvent) -> None:
    """Tell the services of a session that has ended, and end the tickets of it."""
    site, at = event.site, now()
    for name, member in event.session.members(_PROTOCOL).items():
        if not member:
            site.storage[TICKETS].take(bytes.fromhex(name), at)
            continue
        service = site.storage[CASService.kind].get(member["service_id"])
        if (
            service
            and service.is_live(at)
            and not service.stays_logged_in
            # It may have lost the place since.
            and is_within_registered(service.urls, member["url"])
            and is_enabled(site)
        ):
            _tell(member, at)


def _tell(member: Mapping[str, Any], at: float) -> None:
    deliveries = queryUtility(IDeliveries)
    if deliveries is None:
        # Left out of the configuration: this site asks no other.
        return
    request_id = f"LR-{secrets.token_hex(16)}"
    message = logout_request(request_id, member["name"], member["ticket"], at)
    form = {"logoutRequest": message}
    # Some clients answer as they do a browser.
    deliveries.post_later(member["url"], lambda: form, may_redirect=True)
