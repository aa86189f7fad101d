"""Clients of django-simple-sso, and the tokens on the way to them."""

from ..core.tokens import TokenDigest
from .credentials import Credential
from .expiring import ExpiringMap
from .interfaces import ISimpleSSOConsumer
from .interfaces import ISimpleSSOTokens
from .sharedsecrets import SharedSecret
from dataclasses import dataclass
from persistent import Persistent
from zope.interface import implementer


_PERIOD = 60 * 60
#: With what a record begins, so that later ones can hold something else.
_VERSION = 1


@implementer(ISimpleSSOConsumer)
class SimpleSSOConsumer(Credential):
    """See ISimpleSSOConsumer."""

    kind = "simple_sso_consumer"
    scopes: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    tells_login_name = False
    secrets: tuple[SharedSecret, ...] = ()

    @property
    def secret_made_at(self) -> float:
        return max((each.added_at for each in self.secrets), default=self.issued_at)


@dataclass(frozen=True, kw_only=True)
class SimpleSSOToken:
    """What the site knows of a request token or an access token.

    :param consumer_id: whose it is
    :param url: where a person is sent back to, for a request token
    :param user_id: who has logged in, for an access token
    """

    consumer_id: str
    url: str = ""
    user_id: str = ""


@implementer(ISimpleSSOTokens)
class SimpleSSOTokens(Persistent):
    """See ISimpleSSOTokens."""

    def __init__(self) -> None:
        self._tokens = ExpiringMap(_PERIOD)

    def add(
        self, digest: TokenDigest, token: SimpleSSOToken, expires_at: float, now: float
    ) -> None:
        self._tokens.drop_expired_beside(digest, now)
        record = (_VERSION, token.consumer_id, token.url, token.user_id)
        self._tokens.insert(digest, record, expires_at)

    def get(self, digest: TokenDigest, now: float) -> SimpleSSOToken | None:
        found = self._tokens.get(digest, now)
        if found is None:
            return None
        _expires_at, _version, consumer_id, url, user_id = found
        return SimpleSSOToken(consumer_id=consumer_id, url=url, user_id=user_id)

    def take(self, digest: TokenDigest, now: float) -> SimpleSSOToken | None:
        found = self.get(digest, now)
        self._tokens.remove(digest)
        return found

    def drop_expired(self, now: float) -> None:
        self._tokens.drop_expired(now)
