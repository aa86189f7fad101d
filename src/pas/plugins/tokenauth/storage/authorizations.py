"""What people have authorized applications to do, and the codes on the way there."""

from .credentials import Credential
from .credentials import Credentials
from .interfaces import IRefreshFamily
from .interfaces import ISession
from .records import RecordsOfCodes
from BTrees.OOBTree import OOBTree
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


class Authorization(Credential):
    """What a person has authorized an application to do.

    :ivar application: id of the client
    :ivar resource: what it is for (RFC 8707); empty for the site itself
    :ivar claims: names of what it learns about the person, as a tuple
    :ivar targets: where the person has read that they continue
        (core.redirects.shown_target), as a tuple
    :ivar address: from where it was authorized, or an empty string
    :ivar families: its IRefreshFamily objects, also ended ones, as a tuple
    """

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


class Authorizations(Credentials[Authorization]):
    """All authorizations of the site."""

    def __init__(self) -> None:
        super().__init__()
        self._newest = OOBTree()

    def add(self, credential: Authorization) -> None:
        super().add(credential)
        self._newest[_key(credential)] = credential.credential_id

    def newest(
        self, owner: str, application: str, resource: str
    ) -> Authorization | None:
        """The last that a user has given an application for a resource, or None."""
        credential_id = self._newest.get((application, owner, resource))
        return None if credential_id is None else self._by_id[credential_id]

    def of_application(self, application: str) -> Iterator[Authorization]:
        """The last that each user has given an application for each resource."""
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
    :param is_redirect_uri_named: whether the request named it, and did not leave it out
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
    is_redirect_uri_named: bool = True

    def __post_init__(self) -> None:
        if self.challenge is not None and not self.challenge:
            # It would look like none at all.
            raise ValueError("A challenge is not empty.")


class AuthorizationCodes(RecordsOfCodes[AuthorizationCode]):
    """Authorization codes by digest."""

    record = AuthorizationCode
    period = 15 * 60
