"""Telling applications that somebody has logged out, from server to server.

(OpenID Connect Back-Channel Logout)
"""

from ..authorization_server.clients import find_client
from ..authorization_server.interfaces import IApplication
from ..authorization_server.interfaces import ISubjects
from ..core import clock
from ..fetching.interfaces import IDeliveries
from ..sealing.configuration import SealingOff
from ..sealing.keyring import CannotOpen
from ..site.context import SiteContext
from ..storage.interfaces import ISession
from .authorize import PROTOCOL
from .protocol import logout_claims
from .signingkeys import SigningKeyRing
from collections.abc import Callable
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
            make_form = logout_form(site, client, session.user_id, sid, now)
        except (SealingOff, CannotOpen) as problem:
            logger.error("Applications do not hear of a log-out: %s", problem)
            return
        deliveries.post_later(uri, make_form)


def logout_form(
    site: SiteContext, client: IApplication, user_id: str, sid: str, now: float
) -> Callable[[], dict[str, str]]:
    """What makes a form with a logout token for an application, each time a new one.

    A token is good for two minutes, and may have to wait before it is sent.

    :raises SealingOff: when there is no usable sealing key
    :raises CannotOpen: when the sealing key is another one
    """
    issuer, client_id = site.issuer, client.client_id
    subject = ISubjects(site).known(user_id, client)
    algorithm = client.openid.id_token_signed_response_alg
    sign = SigningKeyRing(site).signer(algorithm, now)

    def make_form() -> dict[str, str]:
        jti = secrets.token_urlsafe()
        claims = logout_claims(issuer, client_id, subject, sid, jti, clock.now())
        return {"logout_token": sign(claims, TYPE)}

    return make_form
