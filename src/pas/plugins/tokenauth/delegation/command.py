"""``devices``, ``end-device``, ``revoke-authorizations`` and ``sign-out``."""

from ..cli.outcomes import Answer
from ..cli.session import committed
from ..cli.session import Session
from ..cli.tables import as_table
from ..core.clock import now
from ..credentials.service import credential_of
from ..signin.signout import sign_out_everywhere
from .families import live_families
from .kind import AUTHORIZATION
from .service import end_device
from .service import revoke_authorizations_of
from .service import serialize_device
from typing import Any


_COLUMNS = ("device", "signed_in", "last_used", "expires", "address", "user_agent")


def devices(session: Session, arguments: Any) -> Answer:
    """List the devices on which an application is signed in."""
    site = session.site
    found: Any = credential_of(site, session.requester, arguments.id, AUTHORIZATION)
    documents = [
        serialize_device(site, each) for each in live_families(site, found, now())
    ]
    text = "It is signed in nowhere."
    if documents:
        text = as_table(documents, _COLUMNS)
    return Answer(documents, text)


def end(session: Session, arguments: Any) -> Answer:
    """Sign an application out on one device."""
    site, requester = session.site, session.requester

    def change() -> None:
        found: Any = credential_of(site, requester, arguments.id, AUTHORIZATION)
        end_device(site, requester, found, arguments.device, now())

    committed(change)
    return Answer({"device": arguments.device}, f"Signed out: {arguments.device}.")


def revoke_authorizations(session: Session, arguments: Any) -> Answer:
    """Revoke all that people have let an application do."""
    number = committed(
        lambda: revoke_authorizations_of(
            session.site, session.requester, arguments.client_id, now()
        )
    )
    return Answer({"revoked": number}, f"Authorizations revoked: {number}.")


def sign_out(session: Session, arguments: Any) -> Answer:
    """Sign a person out everywhere."""
    ended = committed(
        lambda: sign_out_everywhere(
            session.site, session.requester, arguments.user, now()
        )
    )
    text = f"Sessions ended: {ended.sessions}."
    if not ended.ends_log_in:
        text += " Where the person is logged in to the site itself, they stay so."
    if not ended.ends_jwts:
        text += " Tokens of plone.restapi go on until they expire, or are renewed."
    document = {
        "sessions": ended.sessions,
        "ends_log_in": ended.ends_log_in,
        "ends_jwts": ended.ends_jwts,
    }
    return Answer(document, text)
