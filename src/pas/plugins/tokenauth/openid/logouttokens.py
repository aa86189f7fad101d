"""Telling applications that somebody has logged out, from server to server.

(OpenID Connect Back-Channel Logout)
"""

from ..authorization_server.clients import find_client
from ..authorization_server.interfaces import IApplication
from ..authorization_server.interfaces import ISubjects
from ..fetching.interfaces import IDeliveries
from ..sealing.configuration import SealingOff
from ..sealing.keyring import CannotOpen
from ..site.context import SiteContext
from ..storage.interfaces import ISession
from .authorize import PROTOCOL
from .protocol import logout_claims
from .signingkeys import SigningKeyRing
from collections.abc import Iterator
from zope.component import queryUtility

import logging
import secrets


logger = logging.getLogger("pas.plugins.tokenauth")

#: What a logout token is (OpenID Connect Back-Channel Logout section 2.4).
TYPE = "logout+jwt"


def members_of(
    site: SiteContext, session: ISession
) -> Iterator[tuple[IApplication, str]]:
    """The applications that take part in a session, each with its name for it."""
    for client_id, member in session.members(PROTOCOL).items():
        client = find_client(site, client_id)
        if IApplication.providedBy(client):
            yield client, member["sid"]


def tell_of_log_out(site: SiteContext, session: ISession, now: float) -> None:
    """Send a logout token to each application of a session that takes one.

    Once the transaction is committed, and off its path: nobody waits for an application
    to log out. What cannot be signed is not sent, for the same reason.

    :param now: seconds since the epoch
    """
    deliveries = queryUtility(IDeliveries)
    for client, sid in members_of(site, session):
        uri = client.openid.backchannel_logout_uri
        if not uri or deliveries is None:
            continue
        try:
            token = logout_token(site, client, session.user_id, sid, now)
        except (SealingOff, CannotOpen) as problem:
            logger.error("Applications do not hear of a log-out: %s", problem)
            return
        deliveries.post_later(uri, {"logout_token": token})


def logout_token(
    site: SiteContext, client: IApplication, user_id: str, sid: str, now: float
) -> str:
    """A logout token for an application.

    :raises SealingOff: when there is no usable sealing key
    :raises CannotOpen: when the sealing key is another one
    """
    claims = logout_claims(
        site.issuer,
        client.client_id,
        ISubjects(site).known(user_id, client),
        sid,
        secrets.token_urlsafe(),
        now,
    )
    algorithm = client.openid.id_token_signed_response_alg
    return SigningKeyRing(site).sign(claims, TYPE, algorithm, now)
