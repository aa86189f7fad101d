"""Requests of devices that have no browser, until a person answers them (RFC 8628)."""

from ..core.tokens import TokenDigest
from .authorizations import Authorization
from .expiring import ExpiringMap
from .records import RecordsOfCodes
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


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


class DeviceRequests(RecordsOfCodes[DeviceRequest]):
    """Requests of devices by digest of their code.

    That a request was answered is noted like that its code was used.
    """

    record = DeviceRequest

    def __init__(self) -> None:
        super().__init__()
        self._by_user_code = ExpiringMap(self.period)
        self._answers = ExpiringMap(self.period)

    def ask(
        self, digest: TokenDigest, user_code: TokenDigest, request: DeviceRequest
    ) -> None:
        """Keep a request.

        Raises KeyError when one that waits has the same user code, of which this is
        the digest.
        """
        now = request.requested_at
        self._by_user_code.drop_expired_beside(user_code, now)
        self._by_user_code.insert(user_code, (digest,), request.expires_at)
        self.add(digest, request, now)

    def waiting(self, user_code: TokenDigest, now: float) -> TokenDigest | None:
        """Digest of the request that waits for an answer, by its user code; or None."""
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
        """Keep what a person has answered. Raises KeyError when there is an answer.

        Two transactions that answer the same request conflict.
        """
        record = (_VERSION, answer.authorization, answer.scope, dict(answer.data))
        self._answers.drop_expired_beside(digest, now)
        self._answers.insert(digest, record, self._kept_until(request))

    def answer_of(self, digest: TokenDigest, now: float) -> DeviceAnswer | None:
        """What a person has answered, None where nobody has."""
        found = self._answers.get(digest, now)
        if found is None:
            return None
        _, _version, authorization, scope, data = found
        return DeviceAnswer(authorization=authorization, scope=scope, data=data)

    def drop_expired(self, now: float) -> None:
        super().drop_expired(now)
        self._by_user_code.drop_expired(now)
        self._answers.drop_expired(now)
