"""Rotating the key pairs of service keys, and keys as a deployment says they are."""

from ..core.keys import PublicKey
from ..credentials.fields import Switch
from ..credentials.kind import Issued
from ..credentials.maintenance import DAY
from ..credentials.options import accepted_options
from ..credentials.options import Decision
from ..credentials.options import defaults
from ..credentials.options import options_of
from ..credentials.rights import check_may_widen
from ..credentials.rights import check_owner
from ..credentials.service import announce
from ..credentials.service import change_credential
from ..credentials.service import check_changeable
from ..credentials.service import check_may_live
from ..credentials.service import named_credential
from ..credentials.service import note
from ..events import ChangedEvent
from ..i18n import _
from ..site.context import SiteContext
from ..site.errors import InvalidInput
from ..site.errors import Problems
from ..site.fields import fields_of
from ..site.requester import Requester
from ..storage.servicekeys import ServiceKey
from .interfaces import IServiceKeyOptions
from .keymaterial import checked_material
from .keymaterial import new_key_pair
from .keymaterial import read_public_key
from .kind import issued_key_pair
from .kind import IssuedServiceKey
from .kind import SERVICE_KEY
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from typing import Any
from typing import cast


#: One in use, one that replaces it, and one for who rotates again too soon.
MAX_PUBLIC_KEYS = 3
MAX_OVERLAP = 90 * DAY


@dataclass(frozen=True, kw_only=True)
class EnsuredServiceKey:
    """A service key that is as it was asked to be.

    :param service_key: what the site keeps
    :param issued: the fresh key pair if there is one; nobody gets it again
    :param created: whether the key is a new one
    :param changed: whether anything is different now
    """

    service_key: ServiceKey
    issued: Issued | None = field(repr=False)
    created: bool
    changed: bool


def rotate_service_key(
    site: SiteContext,
    requester: Requester,
    service_key: ServiceKey,
    now: float,
    overlap: float | InvalidInput,
    material: Mapping[str, Any] | None = None,
    options: Mapping[str, Any] | None = None,
) -> IssuedServiceKey:
    """Add another key pair to a service key; those before it end.

    The client id, the options and the tokens in use stay.

    :param service_key: as credential_of or own_credential has found it
    :param overlap: seconds for which the ones before still verify grants
    :param material: where the key pair comes from, see IKeyMaterial
    :param options: with `expires_at`, if it is to change
    :raises NotAllowed: when the requester may not, or the key has ended
    :raises InvalidInput: for everything that cannot be used; nothing is changed
    """
    check_changeable(service_key)
    check_may_widen(requester, service_key)
    SERVICE_KEY.check_ready(site)
    problems = Problems()
    with problems.collected():
        checked = checked_material(site, material or {}, now)
    with problems.collected():
        ends_at = now + _checked_overlap(overlap)
    with problems.collected():
        expires_at = _expiry_of_new_pair(
            site, requester, service_key, now, options or {}
        )
    problems.check()
    check_may_live(site, service_key, now)
    pair = new_key_pair(checked, now)
    service_key.public_keys = _rotated(service_key, pair.public_key, ends_at, now)
    service_key.expires_at = expires_at
    note("rotate", [service_key], requester)
    details = {"kid": pair.public_key.kid, "others_end_at": ends_at}
    announce(ChangedEvent, service_key, requester, new_secret=True, details=details)
    return issued_key_pair(site, service_key, pair)


def ensure_service_key(
    site: SiteContext,
    requester: Requester,
    owner: str,
    name: str,
    options: Mapping[str, Any],
    now: float,
    material: Mapping[str, Any],
) -> EnsuredServiceKey:
    """Issue a key to a user under a name, or correct the live key of that name.

    A public key that the key does not have replaces those it has, at once. Where none
    is given, the key pair of a key that exists stays, whatever its algorithm.

    :param options: values by name; those that are left out get their defaults
    :raises NotAllowed: when the requester may not issue keys to this user
    :raises InvalidInput: for everything that cannot be used; nothing is changed
    """
    check_owner(site, requester, SERVICE_KEY, owner)
    if not name:
        raise InvalidInput("name", _("Please enter a name."))
    service_key = named_service_key(site, owner, name, now)
    if service_key is None:
        named = {**material, "name": name}
        issued = SERVICE_KEY.issue(
            site, requester, options, now, "", material=named, owner=owner
        )
        return EnsuredServiceKey(
            service_key=issued.credential, issued=issued, created=True, changed=True
        )
    options = {**defaults(IServiceKeyOptions), **options}
    replaces = replaces_public_key(service_key, material, now)
    if replaces:
        # What the rotation below asks for must not fail half way.
        SERVICE_KEY.check_ready(site)
        problems = Problems()
        with problems.collected():
            checked_material(site, material, now)
        with problems.collected():
            _expiry_of_new_pair(site, requester, service_key, now, options)
        problems.check()
    made_at = now if replaces else None
    changed = change_credential(site, requester, service_key, options, now, made_at)
    if replaces:
        rotate_service_key(site, requester, service_key, now, 0, material)
    return EnsuredServiceKey(
        service_key=service_key,
        issued=None,
        created=False,
        changed=changed or replaces,
    )


def named_service_key(
    site: SiteContext, owner: str, name: str, now: float
) -> ServiceKey | None:
    """The live key of a user that has a name, or None."""
    named = named_credential(site, SERVICE_KEY, owner, name, now)
    return cast(ServiceKey | None, named)


def replaces_public_key(
    service_key: ServiceKey, material: Mapping[str, Any], now: float
) -> bool:
    """Whether a public key is given that the key does not have.

    :raises InvalidInput: when it cannot be used
    """
    if not material.get("public_key", "").strip():
        return False
    kid = read_public_key(material, now).kid
    return kid not in {key.kid for key in service_key.live_public_keys(now)}


def _expiry_of_new_pair(
    site: SiteContext,
    requester: Requester,
    service_key: ServiceKey,
    now: float,
    options: Mapping[str, Any],
) -> float | None:
    """When a key ends that gets a new secret, which obeys the policies like a new key.

    :raises InvalidInput: for everything that is not acceptable
    """
    before = options_of(SERVICE_KEY, service_key)
    switches = {
        name: before[name]
        for name, option in fields_of(IServiceKeyOptions).items()
        if isinstance(option, Switch)
    }
    decision = Decision(
        site=site,
        requester=requester,
        kind=SERVICE_KEY,
        owner=service_key.owner,
        now=now,
        made_at=now,
        before=switches,
    )
    accepted = accepted_options(decision, {**before, **options})
    expires_at: float | None = accepted["expires_at"]
    return expires_at


def _checked_overlap(overlap: float | InvalidInput) -> float:
    if isinstance(overlap, InvalidInput):
        raise overlap
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
