"""The key pair that an argument asks for."""

from ..servicekeys.keymaterial import KeyMaterial
from .failures import Absent
from .failures import WrongUsage
from pathlib import Path
from typing import Any


def key_material(arguments: Any) -> KeyMaterial:
    """A key pair of the site, or the public key in a file.

    :raises Absent: when there is no such file
    :raises WrongUsage: when there is no key in it
    """
    if arguments.public_key is None:
        return KeyMaterial(algorithm=arguments.algorithm)
    try:
        text = Path(arguments.public_key).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise Absent(f"There is no file {arguments.public_key}.") from None
    except (OSError, UnicodeDecodeError):
        raise WrongUsage(f"{arguments.public_key} is no text file.") from None
    if not text.strip():
        # Who means to give a key must not get one of ours instead.
        raise WrongUsage(f"There is no key in {arguments.public_key}.")
    return KeyMaterial(algorithm=arguments.algorithm, public_key=text)
