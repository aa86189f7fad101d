"""Public keys whose private half is no secret."""

from .errors import KeyRefused
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization import PublicFormat


#: The checks of badkeys that need nothing but the key: neither a network nor the
#: blocklists that have to be downloaded.
_CHECKS = ("fermat", "roca", "rsapoly", "sharedprimes", "smallfactors")

#: y of the Ed25519 points of order 1, 2, 4 and 8, little endian, also where it is not
#: reduced modulo p. With such a key one signature fits many messages.
_SMALL_ORDER = frozenset(
    bytes.fromhex(y)
    for y in (
        "00" * 32,
        "01" + "00" * 31,
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "ec" + "ff" * 30 + "7f",
        "ed" + "ff" * 30 + "7f",
        "ee" + "ff" * 30 + "7f",
    )
)


def check_not_weak(key: object) -> None:
    """Refuse a key for which somebody else can sign.

    :raises KeyRefused: when the key has a weakness that is known
    """
    if isinstance(key, RSAPublicKey):
        _check_rsa(key)
    elif isinstance(key, Ed25519PublicKey):
        _check_ed25519(key)


def _check_rsa(key: RSAPublicKey) -> None:
    # Takes a fifth of a second, and brings scanners along that few will need.
    from badkeys import checkrsa

    numbers = key.public_numbers()
    found = checkrsa(numbers.n, e=numbers.e, checks=_CHECKS)
    if found:
        raise KeyRefused("weak", weakness=", ".join(found))


def _check_ed25519(key: Ed25519PublicKey) -> None:
    raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    # The highest bit is the sign of x.
    if raw[:-1] + bytes([raw[-1] & 0x7F]) in _SMALL_ORDER:
        raise KeyRefused("weak", weakness="small order")
