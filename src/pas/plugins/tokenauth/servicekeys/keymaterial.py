"""The key pair of a service key: made by the site, or a public key from the client."""

from ..core.keys import ALGORITHMS
from ..core.keys import DEFAULT_ALGORITHM
from ..core.keys import generate_key_pair
from ..core.keys import KeyPair
from ..core.keys import PublicKey
from ..credentials.publickeys import read_public_key
from ..i18n import _
from ..site.context import SiteContext
from ..site.errors import InvalidInput
from ..site.errors import PolicyViolation
from collections.abc import Mapping
from typing import Any


def checked_material(
    site: SiteContext, material: Mapping[str, Any], now: float
) -> PublicKey | str:
    """Read what was given, see IKeyMaterial.

    :returns: the public key whose private half only the client has, or the algorithm
        of the key pair that the site is to make
    :raises InvalidInput: when it cannot be used, or the site's policy is against it
    """
    for value in material.values():
        if isinstance(value, InvalidInput):
            raise value
    if material.get("public_key", "").strip():
        public_key = read_public_key(material, now)
        check_algorithm(site.settings, public_key.algorithm)
        return public_key
    algorithm = material.get("algorithm") or default_algorithm(site.settings)
    if algorithm not in ALGORITHMS:
        raise InvalidInput("algorithm", _("There is no such algorithm."))
    check_algorithm(site.settings, algorithm)
    return str(algorithm)


def default_algorithm(settings: Any) -> str:
    """The algorithm where none is chosen."""
    allowed = settings.allowed_algorithms
    return next(name for name in (DEFAULT_ALGORITHM, *ALGORITHMS) if name in allowed)


def check_algorithm(settings: Any, algorithm: str) -> None:
    """Refuse an algorithm.

    :raises PolicyViolation: when the site does not allow it
    """
    if algorithm not in settings.allowed_algorithms:
        raise PolicyViolation(
            "algorithm",
            _(
                "The policy of this site does not allow ${algorithm}.",
                mapping={"algorithm": algorithm},
            ),
        )


def new_key_pair(checked: PublicKey | str, now: float) -> KeyPair:
    """Make a key pair; without the private half, if only the client has it."""
    if isinstance(checked, PublicKey):
        return KeyPair("", checked)
    return generate_key_pair(checked, now)
