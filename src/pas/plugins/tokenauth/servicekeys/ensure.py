"""Making a service key what a deployment says it should be."""

from ..credentials.kinds import SERVICE_KEY
from ..credentials.options import accepted_options
from ..credentials.options import ServiceKeyOptions
from ..credentials.policies import check_algorithm
from ..credentials.rights import check_owner
from ..credentials.service import change_credential
from ..i18n import _
from ..site.context import SiteContext
from ..site.errors import InvalidInput
from ..site.requester import Requester
from ..storage.servicekeys import ServiceKey
from .find import named_service_key
from .keymaterial import KeyMaterial
from .keymaterial import read_public_key
from .service import check_issuer
from .service import issue_service_key
from .service import IssuedServiceKey
from .service import rotate_service_key
from dataclasses import dataclass
from dataclasses import field


@dataclass(frozen=True, kw_only=True)
class EnsuredServiceKey:
    """A service key that is as it was asked to be.

    :param service_key: what the site keeps
    :param issued: the fresh key pair if there is one; nobody gets it again
    :param created: whether the key is a new one
    :param changed: whether anything is different now
    """

    service_key: ServiceKey
    issued: IssuedServiceKey | None = field(repr=False)
    created: bool
    changed: bool


def ensure_service_key(
    site: SiteContext,
    requester: Requester,
    owner: str,
    name: str,
    options: ServiceKeyOptions,
    now: float,
    material: KeyMaterial,
) -> EnsuredServiceKey:
    """Issue a key to a user under a name, or correct the live key of that name.

    A public key that the key does not have replaces those it has, at once. Where none
    is given, the key pair of a key that exists stays, whatever its algorithm.

    :raises NotAllowed: when the requester may not issue keys to this user
    :raises InvalidInput: when a value cannot be used; nothing is changed
    """
    check_owner(site, requester, SERVICE_KEY, owner)
    if not name:
        raise InvalidInput("name", _("Please enter a name."))
    service_key = named_service_key(site, owner, name, now)
    if service_key is None:
        issued = issue_service_key(
            site, requester, options, now, "", material, owner, name
        )
        return EnsuredServiceKey(
            service_key=issued.service_key, issued=issued, created=True, changed=True
        )
    client_id = service_key.client_id
    replaces = replaces_public_key(service_key, material, now)
    if replaces:
        # What the rotation below asks for must not fail half way.
        _check_rotation(site, options, now, material)
    made_at = now if replaces else None
    changed = change_credential(site, requester, client_id, options, now, made_at)
    if replaces:
        rotate_service_key(site, requester, client_id, now, 0, material)
    return EnsuredServiceKey(
        service_key=service_key,
        issued=None,
        created=False,
        changed=changed or replaces,
    )


def replaces_public_key(
    service_key: ServiceKey, material: KeyMaterial, now: float
) -> bool:
    """Whether a public key is given that the key does not have.

    :raises InvalidInput: when it cannot be used
    """
    if not material.public_key.strip():
        return False
    kid = read_public_key(material, now).kid
    return kid not in {key.kid for key in service_key.live_public_keys(now)}


def _check_rotation(
    site: SiteContext,
    options: ServiceKeyOptions,
    now: float,
    material: KeyMaterial,
) -> None:
    """Refuse what a key with these options cannot be rotated to."""
    check_issuer(site)
    accepted_options(site, SERVICE_KEY, options, now, made_at=now)
    check_algorithm(site.settings, read_public_key(material, now).algorithm)
