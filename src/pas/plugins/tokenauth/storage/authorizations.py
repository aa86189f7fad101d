"""What people have authorized applications to do, and the codes on the way there."""

from ..core.tokens import TokenDigest
from .credentials import Credential
from .credentials import Credentials
from .expiring import ExpiringMap
from .interfaces import IAuthorization
from .interfaces import IAuthorizationCodes
from .interfaces import IAuthorizations
from .interfaces import IRefreshFamily
from .interfaces import ISession
from BTrees.OOBTree import OOBTree
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from persistent import Persistent
from typing import Any
from zope.interface import implementer


#: Seconds for which a code is remembered after it has expired, so that one that comes a
#: second time is known for what it is.
REMEMBERED = 15 * 60
_PERIOD = REMEMBERED
#: With what a record begins, so that later ones can hold something else.
_VERSION = 1


@implementer(IAuthorization)
class Authorization(Credential):
    """See IAuthorization."""

    kind = "authorization"
    claims: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    families: tuple[IRefreshFamily, ...] = ()

    def __init__(
        self,
        credential_id: str,
        *,
        application: str,
        resource: str,
        address: str,
        **common: Any,
    ) -> None:
        super().__init__(credential_id, **common)
        self.application = application
        self.resource = resource
        self.address = address

    @property
    def client_id(self) -> str:
        return self.application


@implementer(IAuthorizations)
class Authorizations(Credentials[Authorization]):
    """See IAuthorizations."""

    def __init__(self) -> None:
        super().__init__()
        self._newest = OOBTree()

    def add(self, credential: Authorization) -> None:
        super().add(credential)
        self._newest[_key(credential)] = credential.credential_id

    def newest(
        self, owner: str, application: str, resource: str
    ) -> Authorization | None:
        credential_id = self._newest.get((application, owner, resource))
        return None if credential_id is None else self._by_id[credential_id]

    def of_application(self, application: str) -> Iterator[Authorization]:
        for (client_id, *_), credential_id in self._newest.items(min=(application,)):
            if client_id != application:
                return
            yield self._by_id[credential_id]

    def remove(self, credential_id: str) -> None:
        key = _key(self._by_id[credential_id])
        if self._newest.get(key) == credential_id:
            del self._newest[key]
        super().remove(credential_id)


def _key(authorization: Authorization) -> tuple[str, str, str]:
    # Those of one application stand together.
    return authorization.application, authorization.owner, authorization.resource


@dataclass(frozen=True, kw_only=True)
class AuthorizationCode:
    """What the site knows of a code that it issued (RFC 6749 section 4.1.2).

    :param authorization: by which it was issued
    :param redirect_uri: to which it was sent
    :param challenge: of PKCE, None where the request had none
    :param scope: what is granted with it, as one string
    :param expires_at: seconds since the epoch
    :param data: what is kept for the answer of the token endpoint
    :param session: of the browser in which it was issued, None where none is kept
    """

    authorization: Authorization
    redirect_uri: str
    challenge: str | None
    scope: str
    expires_at: float
    data: Mapping[str, Any]
    session: ISession | None = None

    def __post_init__(self) -> None:
        if self.challenge is not None and not self.challenge:
            # It would look like none at all.
            raise ValueError("A challenge is not empty.")


@implementer(IAuthorizationCodes)
class AuthorizationCodes(Persistent):
    """See IAuthorizationCodes.

    That a code was used is noted beside it, under the same digest: two transactions
    that use the same code conflict.
    """

    def __init__(self) -> None:
        self._issued = ExpiringMap(_PERIOD)
        self._used = ExpiringMap(_PERIOD)

    def add(self, digest: TokenDigest, code: AuthorizationCode, now: float) -> None:
        record = (
            _VERSION,
            code.authorization,
            code.redirect_uri,
            code.challenge,
            code.scope,
            code.expires_at,
            dict(code.data) or None,
            code.session,
        )
        self._issued.drop_expired_beside(digest, now)
        self._issued.insert(digest, record, code.expires_at + REMEMBERED)

    def get(self, digest: TokenDigest, now: float) -> AuthorizationCode | None:
        found = self._issued.get(digest, now)
        if found is None:
            return None
        authorization, redirect_uri, challenge, scope, expires_at, data, session = (
            found[2:]
        )
        return AuthorizationCode(
            authorization=authorization,
            redirect_uri=redirect_uri,
            challenge=challenge,
            scope=scope,
            expires_at=expires_at,
            data=data or {},
            session=session,
        )

    def use(
        self,
        digest: TokenDigest,
        made: IRefreshFamily | TokenDigest | None,
        code: AuthorizationCode,
        now: float,
    ) -> None:
        self._used.drop_expired_beside(digest, now)
        self._used.insert(digest, (made,), code.expires_at + REMEMBERED)

    def is_used(self, digest: TokenDigest, now: float) -> bool:
        return self._used.get(digest, now) is not None

    def made_of(
        self, digest: TokenDigest, now: float
    ) -> IRefreshFamily | TokenDigest | None:
        found = self._used.get(digest, now)
        return None if found is None else found[1]

    def drop_expired(self, now: float) -> None:
        self._issued.drop_expired(now)
        self._used.drop_expired(now)
