"""What is kept of applications that register themselves, and when it ends.

Of one with a document nothing is kept before somebody allows it something.
"""

from ..core.redirects import shown_target
from ..core.text import cleaned
from ..credentials.identifiers import identifier
from ..credentials.rights import is_withheld
from ..credentials.service import announce
from ..credentials.service import note
from ..events import IssuedEvent
from ..site.context import SiteContext
from ..site.requester import Operator
from ..storage.authorizations import Authorization
from ..storage.index import without
from ..storage.registrations import Registration
from ..storage.registrations import Registrations
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
    return registrations(site).get(client_id)


def registrations(site: SiteContext) -> Registrations:
    """All that are kept."""
    return site.storage[Registration.kind]


def make_room(site: SiteContext, now: float) -> bool:
    """Forget applications that nobody needs, if there is no room for one more.

    :returns: whether there is
    """
    return registrations(site).make_room(
        site.settings.max_registrations, lambda each: _is_needed(site, each, now)
    )


def _is_needed(site: SiteContext, registration: Registration, now: float) -> bool:
    """Whether it may do anything for anybody, or an administrator has limited it."""
    if registration.disabled_at is not None or registration.ip_ranges:
        return True
    if registration.expires_at is not None:
        return True
    allowed = site.storage[Authorization.kind].of_application(registration.client_id)
    return any(each.is_current(now) for each in allowed)


def allowed_by(site: SiteContext, owner: str, now: float) -> list[Authorization]:
    """What a person allows self-registered applications, the longest unused first.

    Without what an administrator has disabled, which they can neither use nor end.
    """
    store = site.storage[Authorization.kind]
    numbers = without(
        store.index.having("owner", owner), store.index.having("is", "revoked")
    )
    owned = [store.numbered(number) for number in numbers]
    return sorted(
        (
            each
            for each in owned
            if each.is_current(now)
            and not is_withheld(each)
            and record_of(site, each.client_id) is not None
        ),
        key=lambda each: max(each.issued_at, each.used_at),
    )


def record_document(
    site: SiteContext, url: str, title: str, address: str, now: float
) -> Registration:
    """Keep that somebody has allowed something to an application with a document."""
    # Whoever was asked and has said yes is not told that there is none.
    make_room(site, now)
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
