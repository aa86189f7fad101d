"""What follows when people allow applications something, or administrators end them."""

from ..core.clock import now
from ..credentials.service import revoke_found
from ..events import ICredentialEvent
from ..events import IIssuedEvent
from ..events import IRevokedEvent
from ..events import ISettingsChangedEvent
from ..site.lookup import current_site
from ..site.requester import Operator
from ..storage.authorizations import Authorization
from ..storage.registrations import Registration
from .protocol import is_document_url
from .records import allowed_by
from .records import record_document
from .records import record_of
from .records import registrations
from zope.component import adapter


#: Self-registered applications that a person allows something at a time.
MAX_FOR_ONE = 50
#: Who ends the longest unused one, for the records.
TOO_MANY = Operator(f"the limit of {MAX_FOR_ONE} for one person")


@adapter(ICredentialEvent)
def note_authorization(event: ICredentialEvent) -> None:
    """Keep that somebody has allowed a self-registered application something."""
    site = current_site()
    client_id = event.details.get("client_id", "")
    if event.kind != Authorization.kind or site is None or not client_id:
        return
    record = record_of(site, client_id)
    time = now()
    if record is None and is_document_url(client_id):
        authorization = site.storage[Authorization.kind].get(event.credential_id)
        record = record_document(
            site,
            client_id,
            authorization.title,
            event.details.get("address", ""),
            time,
        )
    if record is None:
        return
    if not record.used_at:
        record.used_at = time
    # What was allowed just now is the last.
    longest_unused = allowed_by(site, event.owner, time)[:-MAX_FOR_ONE]
    if longest_unused and IIssuedEvent.providedBy(event):
        revoke_found(site, TOO_MANY, longest_unused, time)


@adapter(IRevokedEvent)
def end_authorizations(event: IRevokedEvent) -> None:
    """End what people have allowed an application that is revoked.

    It may come again: it is known by its document even when its record is forgotten.
    """
    site = current_site()
    if event.kind != Registration.kind or site is None:
        return
    authorizations = site.storage.kinds.get(Authorization.kind)
    record = registrations(site).get(event.credential_id)
    if authorizations is not None and record is not None:
        found = authorizations.of_application(record.client_id)
        revoke_found(site, Operator(event.requester), list(found), now())


@adapter(ISettingsChangedEvent)
def follow_settings(event: ISettingsChangedEvent) -> None:
    """Let lists show what self-registered applications may do from now on."""
    site = current_site()
    if site is not None and "self_registered_scope" in event.names:
        for registration in registrations(site).all():
            registration.scopes = (site.settings.self_registered_scope,)
