"""What all ways to a token of a person's authorization have in common."""

from ..authorization_server.clients import refused
from ..core.errors import AccessRefused
from ..core.scopes import parse_scope
from ..site.context import SiteContext
from ..storage.authorizations import Authorization
from ..storage.interfaces import ISession
from ..tokens.issue import issue_access_token
from ..tokens.issue import TokenResponse
from ..usage.client import ClientInfo
from .interfaces import IDelegation
from .interfaces import ITokenResponseMembers
from .interfaces import RedeemedGrant
from collections.abc import Mapping
from typing import Any
from zope.component import getAdapters


def check_may_still(
    site: SiteContext, authorization: Authorization, client: ClientInfo, now: float
) -> None:
    """Refuse what the person, the application or the site has ended since.

    :raises InvalidGrant: with the reason
    """
    subject = site.users.get(authorization.owner)
    if subject is None:
        site.users.check_answered()
        raise refused("The user is gone or locked out.", client)
    try:
        IDelegation(site).may_still(
            client.client, subject, authorization, client.address, now
        )
    except AccessRefused as reason:
        raise refused(reason.description, client) from None


def token_response(
    site: SiteContext,
    authorization: Authorization,
    client: ClientInfo,
    now: float,
    *asked_for: str,
    data: Mapping[str, Any],
    family: Any,
    session: ISession | None = None,
) -> TokenResponse:
    """The answer with a token of an authorization, and what features add to it.

    :param asked_for: scopes, each of which narrows those before it
    :param data: what features have kept with the code or for refreshes
    :param family: the IRefreshFamily that the token belongs to, None for none
    :param session: with which the token ends, None where it does not
    """
    response = issue_access_token(
        site,
        authorization,
        authorization.owner,
        client,
        now,
        *asked_for,
        family=family,
        audience=authorization.resource,
        session=session,
    )
    redeemed = RedeemedGrant(
        client=client.client,
        subject=authorization.owner,
        authorization=authorization,
        scopes=parse_scope(response.scope),
        data=data,
        access_token=response.access_token,
        now=now,
    )
    for _, members in sorted(getAdapters((site,), ITokenResponseMembers)):
        response.more.update(members(redeemed))
    return response
