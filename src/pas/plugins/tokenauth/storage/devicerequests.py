"""Requests of devices that have no browser, until a person answers them (RFC 8628)."""

from ..core.tokens import TokenDigest
from .authorizations import Authorization
from .expiring import ExpiringMap
from .interfaces import IDeviceRequests
from .interfaces import IRefreshFamily
from collections.abc import Mapping
from dataclasses import dataclass
from persistent import Persistent
from typing import Any
from zope.interface import implementer


#: Seconds for which a request is remembered after it has expired, so that its client
#: learns that, and one that comes a second time is known for what it is.
REMEMBERED = 15 * 60
_PERIOD = 60 * 60
#: With what a record begins, so that later ones can hold something else.
_VERSION = 1


@dataclass(frozen=True, kw_only=True)
class DeviceRequest:
    """What a device wants to be authorized to do.

    :param client_id: of the application on the device
    :param scope: what it can be granted of what it asks for, as one string
    :param resource: what the token is to be for; empty for the site
    :param address: from where it asked
    :param user_agent: how the program calls itself
    :param requested_at: seconds since the epoch
    :param expires_at: seconds since the epoch
    """

    client_id: str
    scope: str
    resource: str
    address: str
    user_agent: str
    requested_at: float
    expires_at: float


@dataclass(frozen=True, kw_only=True)
class DeviceAnswer:
    """What a person has answered.

    :param authorization: what they have authorized, None for a refusal
    :param scope: what is granted, as one string
    :param data: what is kept for the answer of the token endpoint
    """

    authorization: Authorization | None
    scope: str = ""
    data: Mapping[str, Any]


@implementer(IDeviceRequests)
class DeviceRequests(Persistent):
    """See IDeviceRequests.

    That a request was answered, and that its code was used, is noted beside it, under
    the same digest: two transactions that answer or use the same one conflict.
    """

    def __init__(self) -> None:
        self._asked = ExpiringMap(_PERIOD)
        self._by_user_code = ExpiringMap(_PERIOD)
        self._answers = ExpiringMap(_PERIOD)
        self._used = ExpiringMap(_PERIOD)

    def add(
        self, digest: TokenDigest, user_code: TokenDigest, request: DeviceRequest
    ) -> None:
        record = (
            _VERSION,
            request.client_id,
            request.scope,
            request.resource,
            request.address,
            request.user_agent,
            request.requested_at,
        )
        now, expires_at = request.requested_at, request.expires_at
        self._by_user_code.drop_expired_beside(user_code, now)
        self._by_user_code.insert(user_code, (digest,), expires_at)
        self._asked.drop_expired_beside(digest, now)
        self._asked.insert(digest, record, expires_at + REMEMBERED)

    def get(self, digest: TokenDigest, now: float) -> DeviceRequest | None:
        found = self._asked.get(digest, now)
        if found is None:
            return None
        kept_until, _version, client_id, scope, resource, address, agent, at = found
        return DeviceRequest(
            client_id=client_id,
            scope=scope,
            resource=resource,
            address=address,
            user_agent=agent,
            requested_at=at,
            expires_at=kept_until - REMEMBERED,
        )

    def waiting(self, user_code: TokenDigest, now: float) -> TokenDigest | None:
        found = self._by_user_code.get(user_code, now)
        if found is None or self.answer_of(found[1], now) is not None:
            return None
        return found[1]

    def answer(
        self,
        digest: TokenDigest,
        request: DeviceRequest,
        answer: DeviceAnswer,
        now: float,
    ) -> None:
        record = (
            _VERSION,
            answer.authorization,
            answer.scope,
            dict(answer.data) or None,
        )
        self._answers.drop_expired_beside(digest, now)
        self._answers.insert(digest, record, request.expires_at + REMEMBERED)

    def answer_of(self, digest: TokenDigest, now: float) -> DeviceAnswer | None:
        found = self._answers.get(digest, now)
        if found is None:
            return None
        _, _version, authorization, scope, data = found
        return DeviceAnswer(authorization=authorization, scope=scope, data=data or {})

    def use(
        self,
        digest: TokenDigest,
        request: DeviceRequest,
        made: IRefreshFamily | TokenDigest,
        now: float,
    ) -> None:
        self._used.drop_expired_beside(digest, now)
        self._used.insert(digest, (made,), request.expires_at + REMEMBERED)

    def made_of(
        self, digest: TokenDigest, now: float
    ) -> IRefreshFamily | TokenDigest | None:
        found = self._used.get(digest, now)
        return None if found is None else found[1]

    def drop_expired(self, now: float) -> None:
        for each in (self._asked, self._by_user_code, self._answers, self._used):
            each.drop_expired(now)
