"""What a consumer gets: a request token, and who has logged in with it."""

from ..core.errors import AccessRefused
from ..core.ipranges import contains
from ..core.redirects import is_within_registered
from ..core.redirects import with_parameters
from ..core.secret import Secret
from ..core.tokens import digest as digest_of
from ..core.tokens import TokenDigest
from ..sealing.sharedsecrets import opened_secrets
from ..sealing.sharedsecrets import SealedSecrets
from ..site.context import SiteContext
from ..site.memberdata import member_property
from ..site.userlimits import UserLimits
from ..site.users import SiteUser
from ..storage.simplesso import SimpleSSOConsumer
from ..storage.simplesso import SimpleSSOToken
from ..storage.simplesso import SimpleSSOTokens
from ..storage.sync import find_synced
from ..usage.client import ClientInfo
from ..usage.recorder import record_use
from .protocol import sign_url_safe
from .settings import is_enabled
from typing import Any

import secrets


STORE = "simple_sso_tokens"
#: Seconds in which a person logs in, and in which the consumer asks who it was.
REQUEST_LIFETIME = 30 * 60
ACCESS_LIFETIME = 60
#: 48 bytes are 64 characters, as those of the protocol have.
_TOKEN_BYTES = 48


class ConsumerSecrets(SealedSecrets):
    """See ISealedValues."""

    kind = SimpleSSOConsumer.kind


def find_consumer(
    site: SiteContext, public_key: str, now: float
) -> SimpleSSOConsumer | None:
    """The consumer of this public key, None if there is none that is live."""
    if not is_enabled(site):
        return None
    found: SimpleSSOConsumer | None = site.storage[SimpleSSOConsumer.kind].get(
        public_key
    )
    return found if found is not None and found.is_live(now) else None


def issue_request_token(
    site: SiteContext, consumer: SimpleSSOConsumer, url: str, now: float
) -> str:
    """A token with which the consumer sends a person here.

    :param url: where the person is sent back to
    :raises AccessRefused: when that is not registered
    """
    if not is_within_registered(consumer.urls, url):
        raise AccessRefused("redirect_to is not registered", consumer.credential_id)
    expires_at = now + REQUEST_LIFETIME
    token = SimpleSSOToken(
        consumer_id=consumer.credential_id, expires_at=expires_at, url=url
    )
    return _kept(site, token, now)


def requested(
    site: SiteContext, token: str, now: float
) -> tuple[SimpleSSOConsumer, str]:
    """The consumer that has got a request token, and where people are sent back to.

    :raises AccessRefused: when there is no such token any more
    """
    tokens: SimpleSSOTokens = site.storage[STORE]
    found = find_synced(site.storage, tokens.get, _digest(token), now)
    if found is not None:
        consumer = find_consumer(site, found.consumer_id, now)
        # It may have lost the place since; and an access token names none.
        if consumer is not None and is_within_registered(consumer.urls, found.url):
            return consumer, found.url
    raise AccessRefused("unknown request token")


def is_for(site: SiteContext, consumer: SimpleSSOConsumer, user: SiteUser) -> bool:
    """Whether a user may log in there.

    :raises SourceFailed: when a source cannot say
    """
    limits = UserLimits(users=consumer.users, groups=consumer.groups)
    return limits.allow(site.users, user)


def grant(
    site: SiteContext,
    consumer: SimpleSSOConsumer,
    request_token: str,
    url: str,
    user: SiteUser,
    now: float,
) -> str:
    """Use up a request token: the URL by which the person gets back, logged in.

    :raises AccessRefused: when it was used before
    :raises SealingOff: when there is no usable sealing key
    :raises CannotOpen: when the sealing key is another one
    """
    if site.storage[STORE].take(digest_of(request_token), now) is None:
        raise AccessRefused("unknown request token", consumer.credential_id)
    granted = SimpleSSOToken(
        consumer_id=consumer.credential_id,
        expires_at=now + ACCESS_LIFETIME,
        user_id=user.user_id,
    )
    token = _kept(site, granted, now)
    secret = opened_secrets(site, consumer, now)[0]
    return with_parameters(url, [("access_token", sign_url_safe(token, secret, now))])


def use_access_token(
    site: SiteContext,
    consumer: SimpleSSOConsumer,
    token: str,
    client: ClientInfo,
    now: float,
) -> dict[str, Any]:
    """Who has logged in, as the consumer learns it, once.

    :raises AccessRefused: when the token is not, or no longer, good for that
    :raises SourceFailed: when a source cannot say who that is
    """
    tokens: SimpleSSOTokens = site.storage[STORE]
    digest = _digest(token)
    found = find_synced(site.storage, tokens.take, digest, now)
    if found is None or found.consumer_id != consumer.credential_id:
        raise AccessRefused("Token not found", consumer.credential_id)
    # A request token names nobody.
    user = site.users.get(found.user_id)
    if user is None:
        site.users.check_answered()
        raise AccessRefused("the user is gone", consumer.credential_id)
    if not is_for(site, consumer, user):
        raise AccessRefused("Access denied", consumer.credential_id)
    record_use(site, consumer, user.user_id, client, digest[-7:], now)
    first, _separator, last = member_property(user, "fullname").rpartition(" ")
    return {
        "username": user.login if consumer.tells_login_name else user.user_id,
        "email": member_property(user, "email"),
        "first_name": first,
        "last_name": last,
        "is_staff": False,
        "is_superuser": False,
        "is_active": True,
    }


def check_address(consumer: SimpleSSOConsumer, address: str) -> None:
    """Refuse requests of a consumer from elsewhere.

    :raises AccessRefused: for such a request
    """
    if not contains(consumer.ip_ranges, address):
        raise AccessRefused(
            "client address is outside the IP ranges", consumer.credential_id
        )


def _kept(site: SiteContext, token: SimpleSSOToken, now: float) -> Secret:
    """A fresh token that stands for this."""
    secret = Secret(secrets.token_urlsafe(_TOKEN_BYTES))
    site.storage[STORE].add(digest_of(secret), token, now)
    return secret


def _digest(token: str) -> TokenDigest:
    """The name of a token in the store, whatever was sent."""
    return digest_of(token if token.isascii() else "")
