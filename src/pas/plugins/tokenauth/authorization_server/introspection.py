"""Introspecting and revoking tokens (RFC 7662, RFC 7009)."""

from ..core.errors import AccessRefused
from ..core.errors import UnsupportedTokenType
from ..core.scopes import format_scope
from ..core.tokens import is_well_formed
from ..credentials.service import HOLDER
from ..credentials.service import revoke_by_holder
from ..site.context import SiteContext
from ..site.users import SiteUser
from ..tokens.checks import check_live
from ..tokens.checks import checked_use
from ..tokens.checks import owner_of
from ..tokens.find import find_token
from ..tokens.find import FoundToken
from ..tokens.find import token_type_of
from ..tokens.interfaces import IRevocableTokenType
from .interfaces import IApplication
from .interfaces import IClient
from .interfaces import ISubjects
from .interfaces import PAIRWISE
from .resources import find_resource
from typing import Any


INACTIVE = {"active": False}


def introspected(
    site: SiteContext,
    token: str,
    now: float,
    asks: IClient | None,
) -> dict[str, Any]:
    """What there is to know about a token (RFC 7662 section 2.2).

    Its IP ranges do not matter: the caller is not the program that uses it.

    :param token: what was sent, whatever it is
    :param asks: the client that asks, which learns of its own tokens only, and a
        resource of those that are for it; None for somebody who may know about every
        token
    """
    if not is_well_formed(token):
        return INACTIVE
    try:
        return _active(site, token, now, asks)
    except AccessRefused:
        return INACTIVE


def revoke_token(
    site: SiteContext,
    token: str,
    now: float,
    requester: str,
    asks: IClient | None,
) -> None:
    """Revoke a token at once; nothing happens if it is not the caller's.

    :param token: what was sent, whatever it is
    :param requester: who asks, for the records
    :param asks: the client that asks, which revokes its own tokens only; None for
        somebody who may revoke every token
    :raises UnsupportedTokenType: when no program may revoke a token of this type
    """
    if not is_well_formed(token):
        return
    try:
        token_type = token_type_of(token)
        if not IRevocableTokenType.providedBy(token_type):
            raise UnsupportedTokenType("Tokens of this type are not revoked here.")
        found = find_token(site, token, now)
    except AccessRefused:
        return
    if asks is None or _is_issued_to(asks, found):
        token_type.revoke(site, found, requester, now)


def revoke_held_token(site: SiteContext, token: str, now: float) -> None:
    """Revoke a token for whoever holds it: a leaked one is best ended by its finder.

    A personal access token ends as a credential. Others may have found it, too, so what
    programs had issued with it ends as well.

    :param token: what was sent, whatever it is
    """
    if not is_well_formed(token):
        return
    try:
        token_type = token_type_of(token)
        found = find_token(site, token, now)
    except AccessRefused:
        return
    if IRevocableTokenType.providedBy(token_type):
        token_type.revoke(site, found, HOLDER, now)
    else:
        revoke_by_holder(site, found.credential, now, with_made=True)


def _active(
    site: SiteContext, token: str, now: float, asks: IClient | None
) -> dict[str, Any]:
    token_type = token_type_of(token)
    if not token_type.is_introspected:
        return INACTIVE
    found = find_token(site, token, now)
    if found.is_replaced:
        return INACTIVE
    credential = found.credential
    if asks is not None and not _is_told(site, asks, found):
        return INACTIVE
    check_live(credential, now)
    owner = owner_of(site, credential)
    subject = checked_use(site, found, owner, now)
    members = {
        "active": True,
        "client_id": credential.client_id,
        **_who(site, subject, asks),
        # A refresh token is sent to one endpoint only.
        **({"token_type": "Bearer"} if token_type.authenticates else {}),
        "iat": int(found.issued_at),
    }
    # Members without a value are left out.
    if found.scopes:
        members["scope"] = format_scope(found.scopes)
    if site.issuer:
        members["iss"] = site.issuer
    if found.expires_at is not None:
        members["exp"] = int(found.expires_at)
    if subject.user_id != owner.user_id:
        # Who acts as the subject (RFC 8693 section 4.1).
        members["act"] = {"sub": owner.user_id}
    if found.actor:
        members["act"] = {"sub": found.actor}
    if found.audience:
        members["aud"] = found.audience
    return members


def _who(site: SiteContext, subject: SiteUser, asks: IClient | None) -> dict[str, Any]:
    """Members about a user; a client with names of its own learns no others."""
    if IApplication.providedBy(asks) and asks.openid.subject_type == PAIRWISE:
        subjects = ISubjects(site, None)
        return {"sub": subjects(subject.user_id, asks)} if subjects else {}
    return {"username": subject.login, "sub": subject.user_id}


def _is_told(site: SiteContext, asks: IClient, found: FoundToken) -> bool:
    """Whether a client may know about a token: its own, or one that is for it."""
    if _is_issued_to(asks, found):
        return True
    resource = find_resource(site, found.audience) if found.audience else None
    return resource is not None and resource.client_id == asks.client_id


def _is_issued_to(asks: IClient, found: FoundToken) -> bool:
    """Whether a token is one of a client, or one that it has exchanged."""
    return asks.client_id in (found.credential.client_id, found.actor)
