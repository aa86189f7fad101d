"""Issuing service keys, and rotating their key pairs."""

from ..core.keys import KeyPair
from ..core.keys import PublicKey
from ..core.keys import RS256
from ..credentials.errors import AlreadyIssued
from ..credentials.identifiers import identifier
from ..credentials.kinds import SERVICE_KEY
from ..credentials.maintenance import DAY
from ..credentials.maintenance import forget_ended
from ..credentials.options import accepted_options
from ..credentials.options import check_scopes
from ..credentials.options import check_switches
from ..credentials.options import options_of
from ..credentials.options import ServiceKeyOptions
from ..credentials.policies import check_number
from ..credentials.rights import check_may_widen
from ..credentials.rights import check_owner
from ..credentials.service import check_may_live
from ..credentials.service import check_name_is_free
from ..credentials.service import note
from ..events import ServiceKeyIssued
from ..events import ServiceKeyRotated
from ..i18n import _
from ..site.context import SiteContext
from ..site.errors import InvalidInput
from ..site.errors import NoIssuer
from ..site.requester import Requester
from ..storage.servicekeys import ServiceKey
from .find import changeable_service_key
from .keyfile import google_keyfile
from .keyfile import keyfile
from .keymaterial import KeyMaterial
from .keymaterial import new_key_pair
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from typing import Any
from typing import Literal
from zope.event import notify

import re


CLIENT_ID_PREFIX = "svc-"
#: One in use, one that replaces it, and one for an owner who rotates again too soon.
MAX_PUBLIC_KEYS = 3
MAX_OVERLAP = 90 * DAY
NAME = re.compile(r"[a-z0-9]([a-z0-9._-]{0,62}[a-z0-9])?")

_ANY_KEY = KeyMaterial()


@dataclass(frozen=True, kw_only=True)
class IssuedServiceKey:
    """A fresh key pair of a service key, with the only copy of its private half.

    :param service_key: what the site keeps
    :param keyfile: the document for the client; without a private key, if only the
        client has it
    :param google_keyfile: the same for google-auth, None for keys it cannot use
    """

    service_key: ServiceKey
    keyfile: dict[str, Any] = field(repr=False)
    google_keyfile: dict[str, Any] | None = field(repr=False)

    @property
    def has_private_key(self) -> bool:
        """Whether there is anything to keep secret."""
        return "private_key" in self.keyfile


def check_issuer(site: SiteContext) -> None:
    """Refuse while no grant could be addressed to the site.

    :raises NoIssuer: while the site has no issuer
    """
    if not site.issuer:
        raise NoIssuer()


def check_may_issue(
    site: SiteContext, requester: Requester, now: float, owner: str = ""
) -> None:
    """Refuse unless the requester can issue a service key now.

    :param owner: user id of the owner; the requester if it is empty
    :raises NotAllowed: with the reason, one class for each
    :raises InvalidInput: when there is no such owner
    """
    check_owner(site, requester, SERVICE_KEY, owner)
    check_issuer(site)
    check_number(site, SERVICE_KEY, owner or requester.user_id, now)


def issue_service_key(
    site: SiteContext,
    requester: Requester,
    options: ServiceKeyOptions,
    now: float,
    idempotency_key: str,
    material: KeyMaterial = _ANY_KEY,
    owner: str = "",
    name: str = "",
) -> IssuedServiceKey:
    """Issue a service key.

    :param idempotency_key: a random string for this one form; the client id is made
        from it, so that a form sent twice cannot issue two keys. A name takes its
        place
    :param owner: user id of the owner; the requester if it is empty
    :param name: by which a program finds the key among its owner's
    :raises NotAllowed: when that may not be, or the form was used
    :raises InvalidInput: when a value cannot be used; nothing is stored
    """
    check_may_issue(site, requester, now, owner)
    owner = owner or requester.user_id
    accepted = accepted_options(site, SERVICE_KEY, options, now, made_at=now)
    check_switches(site, requester, owner, accepted)
    check_scopes(site, requester, owner, accepted)
    if name:
        check_name(site, owner, name, now)
        idempotency_key = _once(site, owner, name, now)
    client_id = identifier(CLIENT_ID_PREFIX, owner, idempotency_key)
    service_keys = site.storage.service_keys
    if service_keys.get(client_id) is not None:
        raise AlreadyIssued(SERVICE_KEY)

    key_pair = new_key_pair(site, material, now)
    service_key = ServiceKey(
        client_id,
        owner=owner,
        public_key=key_pair.public_key,
        issued_at=now,
        issued_by="" if requester.is_user(owner) else requester.name,
        name=name,
        **vars(accepted),
    )
    service_keys.add(service_key)
    forget_ended(site, now)
    note("issue", [service_key], requester)
    notify(ServiceKeyIssued(client_id, owner, requester.name))
    return _issued(site, service_key, key_pair)


def rotate_service_key(
    site: SiteContext,
    requester: Requester,
    client_id: str,
    now: float,
    overlap: float,
    material: KeyMaterial = _ANY_KEY,
    expires_at: float | Literal["unchanged"] | None = "unchanged",
) -> IssuedServiceKey:
    """Add another key pair to a service key; those before it end.

    The client id, the options and the tokens in use stay.

    :param overlap: seconds for which the ones before still verify grants
    :param expires_at: when the service key ends from now on
    :raises NotAllowed: when the requester may not, or the key has ended
    :raises InvalidInput: when a value cannot be used; nothing is changed
    """
    service_key = changeable_service_key(site, requester, client_id)
    check_may_widen(requester, service_key)
    check_issuer(site)
    options = options_of(service_key)
    if expires_at != "unchanged":
        options = replace(options, expires_at=expires_at)
    # A new secret obeys the policies like that of a new key.
    accepted = accepted_options(site, SERVICE_KEY, options, now, made_at=now)
    check_scopes(site, requester, service_key.owner, accepted, before=accepted)
    check_may_live(site, service_key, now)
    key_pair = new_key_pair(site, material, now)
    ends_at = now + _checked_overlap(overlap)
    service_key.public_keys = _rotated(service_key, key_pair.public_key, ends_at, now)
    service_key.expires_at = accepted.expires_at
    note("rotate", [service_key], requester)
    notify(
        ServiceKeyRotated(
            client_id,
            service_key.owner,
            requester.name,
            key_pair.public_key.kid,
            ends_at,
        )
    )
    return _issued(site, service_key, key_pair)


def check_name(site: SiteContext, owner: str, name: str, now: float) -> None:
    """Refuse a name that programs cannot use, or that a live key of the owner has.

    :raises InvalidInput: for such a name
    """
    if not NAME.fullmatch(name):
        raise InvalidInput(
            "name",
            _(
                "A name has up to 64 lowercase letters, digits, dots, hyphens and"
                " underscores, and starts and ends with a letter or digit."
            ),
        )
    check_name_is_free(site, SERVICE_KEY, owner, name, now)


def _once(site: SiteContext, owner: str, name: str, now: float) -> str:
    """What the client id is made from: the same for two that run at once.

    So one of them conflicts with the other, is repeated, and finds the key there.
    """
    same = site.storage.service_keys.owned_by(owner)
    ended = sorted(key.client_id for key in same if key.name == name)
    return "\0".join([name, str(int(now // DAY)), *ended])


def _checked_overlap(overlap: float) -> float:
    if not 0 <= overlap <= MAX_OVERLAP:
        raise InvalidInput("overlap", _("Please choose at most 90 days."))
    return overlap


def _rotated(
    service_key: ServiceKey, added: PublicKey, ends_at: float, now: float
) -> tuple[PublicKey, ...]:
    """The public keys with another one; those before it end at a time at the latest."""
    live = service_key.live_public_keys(now)
    if added.kid in {key.kid for key in live}:
        raise InvalidInput("public_key", _("The key has this public key already."))
    kept = tuple(_ending(key, ends_at) for key in live)
    kept = tuple(key for key in kept if key.is_live(now))
    if len(kept) >= MAX_PUBLIC_KEYS:
        raise InvalidInput(
            "overlap",
            _(
                "Three key pairs would be in use besides the new one. Let them end at"
                " once, or wait until one has ended."
            ),
        )
    return (*kept, added)


def _ending(public_key: PublicKey, ends_at: float) -> PublicKey:
    if public_key.expires_at is not None:
        ends_at = min(ends_at, public_key.expires_at)
    return replace(public_key, expires_at=ends_at)


def _issued(
    site: SiteContext, service_key: ServiceKey, key_pair: KeyPair
) -> IssuedServiceKey:
    client_id, endpoint = service_key.client_id, site.token_endpoint
    suits_google = key_pair.private_pem and key_pair.public_key.algorithm == RS256
    return IssuedServiceKey(
        service_key=service_key,
        keyfile=keyfile(key_pair, client_id, service_key.owner, endpoint),
        google_keyfile=(
            google_keyfile(key_pair, client_id, endpoint) if suits_google else None
        ),
    )
