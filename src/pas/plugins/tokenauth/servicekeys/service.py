"""Service keys as a deployment says they are."""

from ..credentials.kind import Issued
from ..credentials.options import presets
from ..credentials.publickeys import read_public_key
from ..credentials.rights import check_owner
from ..credentials.rotation import expiry_of_new_secret
from ..credentials.service import change_credential
from ..credentials.service import named_credential
from ..i18n import _
from ..site.context import SiteContext
from ..site.errors import InvalidInput
from ..site.errors import Problems
from ..site.requester import Requester
from ..storage.servicekeys import ServiceKey
from .keymaterial import checked_material
from .kind import SERVICE_KEY
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from typing import Any
from typing import cast


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

    :param options: values by name; those that are left out get their presets
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
    replaces = replaces_public_key(service_key, material, now)
    made_at = now if replaces else service_key.secret_made_at
    options = {**presets(site.settings, SERVICE_KEY, made_at), **options}
    if replaces:
        # What the rotation below asks for must not fail half way.
        SERVICE_KEY.check_ready(site)
        problems = Problems()
        with problems.collected():
            checked_material(site, material, now)
        with problems.collected():
            expiry_of_new_secret(
                site, requester, SERVICE_KEY, service_key, now, options
            )
        problems.check()
    changed = change_credential(site, requester, service_key, options, now, made_at)
    if replaces:
        SERVICE_KEY.rotate(site, requester, service_key, now, 0, material=material)
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
