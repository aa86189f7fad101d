"""The key pair of a service key: made by the site, or a public key from the client."""

from ..core.errors import KeyRefused
from ..core.keys import ALGORITHMS
from ..core.keys import generate_key_pair
from ..core.keys import KeyPair
from ..core.keys import PublicKey
from ..core.uploads import PrivateKeyUploaded
from ..core.uploads import uploaded_public_key
from ..credentials.messages import key_message
from ..credentials.policies import check_algorithm
from ..credentials.policies import default_algorithm
from ..i18n import _
from ..site.context import SiteContext
from ..site.errors import InvalidInput
from dataclasses import dataclass
from dataclasses import field


@dataclass(frozen=True, kw_only=True)
class KeyMaterial:
    """Where the key pair comes from.

    :param algorithm: how the client signs; empty for the usual one
    :param public_key: a public key as PEM, JWK or in the format of OpenSSH; empty
        to let the site make a key pair
    """

    algorithm: str = ""
    public_key: str = field(default="", repr=False)


def new_key_pair(site: SiteContext, material: KeyMaterial, now: float) -> KeyPair:
    """Make a key pair, or read the public key that was given.

    :returns: the pair; without the private half, if only the client has it
    :raises InvalidInput: when it cannot be used, or the site's policy is against it
    """
    if material.public_key.strip():
        public_key = read_public_key(material, now)
        check_algorithm(site.settings, public_key.algorithm)
        return KeyPair("", public_key)
    algorithm = material.algorithm or default_algorithm(site.settings)
    if algorithm not in ALGORITHMS:
        raise InvalidInput("algorithm", _("There is no such algorithm."))
    check_algorithm(site.settings, algorithm)
    return generate_key_pair(algorithm, now)


def read_public_key(material: KeyMaterial, now: float) -> PublicKey:
    """Read the public key that was given.

    :raises PrivateKeyGiven: for a private key; nothing of it is in the error
    :raises InvalidInput: when it cannot be used
    """
    try:
        return uploaded_public_key(material.public_key, now, material.algorithm)
    except PrivateKeyUploaded:
        raise PrivateKeyGiven() from None
    except KeyRefused as refused:
        raise InvalidInput("public_key", key_message(refused)) from None


class PrivateKeyGiven(InvalidInput):
    """A private key where a public one belongs: it is no secret any more."""

    def __init__(self) -> None:
        super().__init__(
            "public_key",
            _(
                "This is a private key. It was neither used nor stored, but it has"
                " left its place: better make a new pair, and give us only the public"
                " half."
            ),
        )
