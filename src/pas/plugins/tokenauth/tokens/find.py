"""Tokens that programs send, of any type, found by what was sent."""

from ..core.errors import AccessRefused
from ..core.tokens import prefix_of
from ..core.tokens import TokenDigest
from ..site.context import SiteContext
from ..storage.interfaces import ICredential
from ..storage.interfaces import IRefreshFamily
from ..storage.sync import sync_storage
from .interfaces import ITokenType
from dataclasses import dataclass
from zope.component import queryUtility


UNKNOWN = "unknown or expired token"
REPLACED = "token was replaced by a newer one"


class UnknownToken(AccessRefused):
    """The site does not know the token, or not any more."""

    def __init__(self) -> None:
        super().__init__(UNKNOWN)


@dataclass(frozen=True, kw_only=True)
class FoundToken:
    """A token that exists; whether it authorizes anything is another question.

    :param digest: by which storage knows it
    :param credential: what it belongs to, or was obtained with
    :param subject: id of the user it acts as
    :param scopes: what it is good for now
    :param issued_at: seconds since the epoch
    :param expires_at: when it ends by itself, None for never
    :param family: the refresh tokens that it is one of, or came with; None for none
    :param is_replaced: whether it is good for nothing any more but to be revoked
    :param audience: URL of the resource that it is for; empty for the site
    :param actor: client id of who acts as the subject, having exchanged another token
        for this one; empty for nobody
    """

    digest: TokenDigest
    credential: ICredential
    subject: str
    scopes: frozenset[str]
    issued_at: float
    expires_at: float | None
    family: IRefreshFamily | None = None
    is_replaced: bool = False
    audience: str = ""
    actor: str = ""


def token_type_of(token: str) -> ITokenType:
    """The type of a well-formed token.

    :raises UnknownToken: when nothing here issues such tokens
    """
    token_type = queryUtility(ITokenType, prefix_of(token))
    if token_type is None:
        raise UnknownToken()
    return token_type


def find_token(site: SiteContext, token: str, now: float) -> FoundToken:
    """What the site knows of a well-formed token.

    :raises AccessRefused: when it does not know it
    """
    token_type = token_type_of(token)
    try:
        return token_type.find(site, token, now)
    except UnknownToken:
        # Another process may have issued it a moment ago.
        if not sync_storage(site.storage):
            raise
        return token_type.find(site, token, now)
