"""Families of refresh tokens: applications that stay signed in, each on its device."""

from ..authorization_server.interfaces import IApplication
from ..core import granttypes
from ..core.refreshtokens import FAMILY_BYTES
from ..core.refreshtokens import family_bytes
from ..core.refreshtokens import family_name
from ..core.refreshtokens import make_refresh_token
from ..core.refreshtokens import make_successor
from ..core.refreshtokens import OWN_BYTES
from ..core.secret import Secret
from ..core.text import cleaned
from ..credentials.search import made_with
from ..credentials.service import revoke_found
from ..events import IssuedEvent
from ..events import REFRESH_TOKEN
from ..events import RevokedEvent
from ..site.context import SiteContext
from ..site.requester import Operator
from ..storage.authorizations import Authorization
from ..storage.families import RefreshFamilies
from ..storage.families import RefreshFamily
from ..storage.interfaces import ICredential
from ..storage.interfaces import IRefreshFamily
from ..storage.sync import find_synced
from ..usage.client import ADDRESS_LENGTH
from ..usage.client import ClientInfo
from ..usage.client import USER_AGENT_LENGTH
from .scopes import OFFLINE_ACCESS
from .settings import idle_lifetime
from .settings import longest_lifetime
from collections.abc import Collection
from collections.abc import Mapping
from typing import Any
from zope.event import notify

import secrets


FAMILIES = "refresh_families"
#: How many devices an application is signed in on, for one person.
MAX_FAMILIES = 20
#: Who ends a family, for the records, if it is neither a person nor a client.
REUSED = "reuse of a refresh token"
REPLAYED = "reuse of an authorization code"
_NONCE_BYTES = 12


def stays_signed_in(client: IApplication, scopes: Collection[str]) -> bool:
    """Whether an application gets refresh tokens with these scopes."""
    return granttypes.REFRESH_TOKEN in client.grant_types and (
        client.stays_signed_in or OFFLINE_ACCESS in scopes
    )


def start_family(
    site: SiteContext,
    authorization: Authorization,
    scope: str,
    data: Mapping[str, Any],
    client: ClientInfo,
    now: float,
) -> tuple[RefreshFamily, Secret]:
    """A new family for a grant that is being exchanged, and its first token.

    Of those that the authorization has, the one that was not used for the longest time
    ends where there are too many.
    """
    shared, own = secrets.token_bytes(FAMILY_BYTES), secrets.token_bytes(OWN_BYTES)
    token, name = make_refresh_token(shared, own), family_name(shared)
    address, user_agent = _place_of(client)
    family = RefreshFamily(
        name,
        token,
        authorization=authorization,
        scope=scope,
        data=data,
        started_at=now,
        expires_at=now + longest_lifetime(site),
        address=address,
        user_agent=user_agent,
    )
    site.storage[FAMILIES].add(name, family)
    others = sorted(live_families(site, authorization, now), key=lambda it: it.used_at)
    for other in others[: max(0, len(others) - MAX_FAMILIES + 1)]:
        end_family(other, authorization.client_id, now)
        others.remove(other)
    authorization.families = (*others, family)
    notify(
        IssuedEvent(
            kind=REFRESH_TOKEN,
            credential_id=authorization.credential_id,
            owner=authorization.owner,
            requester=authorization.client_id,
            details={"family": family.family_id, "address": address},
        )
    )
    return family, token


def find_family(site: SiteContext, token: str, now: float) -> RefreshFamily | None:
    """The family of a refresh token, live or not; None where there is none.

    :param token: what was sent, whatever it is
    """
    shared = family_bytes(token)
    if shared is None:
        return None
    families: RefreshFamilies = site.storage[FAMILIES]
    name = family_name(shared)
    return find_synced(site.storage, families.get, name, now)


def redeem(
    family: IRefreshFamily, token: str, client: ClientInfo, now: float
) -> Secret | None:
    """The token of a family to use from now on, the same for who asks again at once.

    :param token: one of the family
    :returns: None where it had its successor before
    """
    if family.is_current(token):
        family.note_use(*_place_of(client), now)
    made = make_successor(token, secrets.token_bytes(OWN_BYTES))
    return family.redeem(token, made, secrets.token_bytes(_NONCE_BYTES), now)


def is_live(site: SiteContext, family: IRefreshFamily, now: float) -> bool:
    """Whether the current token of a family can be used, as far as it is up to that."""
    return not family.has_ended and now < lives_until(site, family)


def lives_until(site: SiteContext, family: IRefreshFamily) -> float:
    """When a family ends by itself that is not used until then.

    The settings that count are those of now, except that a longer lifetime is none for
    those that have begun.
    """
    return min(
        float(family.expires_at),
        family.started_at + longest_lifetime(site),
        family.used_at + idle_lifetime(site),
    )


def live_families(
    site: SiteContext, authorization: Authorization, now: float
) -> list[IRefreshFamily]:
    """Those of an authorization that an application can go on with."""
    return [each for each in authorization.families if is_live(site, each, now)]


def end_family(family: IRefreshFamily, ended_by: str, now: float) -> None:
    """End a family with all its tokens, at once. Nothing happens if it has ended.

    :param ended_by: who or what ends it, for the records
    """
    if family.has_ended:
        return
    family.end(ended_by, now)
    authorization = family.authorization
    notify(
        RevokedEvent(
            kind=REFRESH_TOKEN,
            credential_id=authorization.credential_id,
            owner=authorization.owner,
            requester=ended_by,
            details={"family": family.family_id, "client_id": authorization.client_id},
        )
    )


def end_stolen_family(
    site: SiteContext, family: IRefreshFamily, reason: str, now: float
) -> None:
    """End a family that is in wrong hands, with all that was made since it began.

    :param reason: what shows it, for the records
    """
    end_family(family, reason, now)
    end_made_since(site, family.authorization, family.started_at, reason, now)


def end_made_since(
    site: SiteContext,
    authorization: ICredential,
    since: float,
    reason: str,
    now: float,
) -> None:
    """Revoke what an application had issued for a person from a time on.

    :param since: seconds since the epoch
    :param reason: why, for the records
    """
    found = made_with(site, [authorization], now, since)
    if found:
        revoke_found(site, Operator(reason), found, now)


def _place_of(client: ClientInfo) -> tuple[str, str]:
    """Address and name of a client, as they are kept."""
    return (
        cleaned(client.address, ADDRESS_LENGTH),
        cleaned(client.user_agent, USER_AGENT_LENGTH),
    )
