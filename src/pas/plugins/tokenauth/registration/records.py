"""What is kept of applications that register themselves, and when it ends.

Of one with a document nothing is kept before somebody allows it something.
"""

from ..core.redirects import shown_target
from ..core.text import cleaned
from ..credentials.identifiers import identifier
from ..credentials.service import announce
from ..credentials.service import note
from ..events import IssuedEvent
from ..site.context import SiteContext
from ..site.requester import Operator
from ..storage.interfaces import IRegistrations
from ..storage.registrations import Registration
from ..usage.client import ADDRESS_LENGTH
from .kind import REGISTRATION_KIND
from .protocol import is_document_url
from typing import Any


#: Who registers an application, for the records.
ITSELF = Operator("the application itself")


def record_of(site: SiteContext, client_id: str) -> Registration | None:
    """What is kept of an application; None where there is nothing."""
    if is_document_url(client_id):
        client_id = _id_of(client_id)
    found: Registration | None = registrations(site).get(client_id)
    return found


def registrations(site: SiteContext) -> IRegistrations:
    """All that are kept."""
    found: IRegistrations = site.storage[Registration.kind]
    return found


def record_document(
    site: SiteContext, url: str, title: str, address: str, now: float
) -> Registration:
    """Keep that somebody has allowed something to an application with a document."""
    hosts = (shown_target(url),)
    return _record(site, _id_of(url), hosts, title, address, now, document=url)


def record_registration(
    site: SiteContext,
    unique: str,
    hosts: tuple[str, ...],
    title: str,
    redirect_uris: tuple[str, ...],
    address: str,
    now: float,
) -> Registration:
    """Keep an application that registers itself.

    :param unique: a random string
    """
    client_id = identifier(REGISTRATION_KIND.id_prefix, "", unique)
    return _record(
        site, client_id, hosts, title, address, now, redirect_uris=redirect_uris
    )


def _record(
    site: SiteContext,
    credential_id: str,
    hosts: tuple[str, ...],
    title: str,
    address: str,
    now: float,
    **more: Any,
) -> Registration:
    name = ", ".join(hosts)
    registration = Registration(
        credential_id,
        owner="",
        issued_at=now,
        issued_by=ITSELF.name,
        # People look for all those of a host.
        name=name,
        title=title or name,
        scopes=(site.settings.self_registered_scope,),
        address=cleaned(address, ADDRESS_LENGTH),
        **more,
    )
    registrations(site).add(registration)
    note("register", [registration], ITSELF)
    announce(IssuedEvent, registration, ITSELF, details={"hosts": name})
    return registration


def _id_of(url: str) -> str:
    return identifier(REGISTRATION_KIND.id_prefix, "", url)
