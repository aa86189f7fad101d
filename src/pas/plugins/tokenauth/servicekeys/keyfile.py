"""The keyfile: the JSON document a client gets once, and its twin for google-auth."""

from ..core.keys import KeyPair
from datetime import datetime
from datetime import timezone
from typing import Any


#: Anything but Google's own domain keeps google-auth from sending our tokens
#: to Google in the background.
UNIVERSE_DOMAIN = "tokenauth.invalid"


def keyfile(
    key_pair: KeyPair, client_id: str, user_id: str, token_uri: str
) -> dict[str, Any]:
    """The keyfile: the fields that clients of ftw.tokenauth know, and the algorithm.

    The private key is left out if only the client has it.
    """
    public_key = key_pair.public_key
    issued = datetime.fromtimestamp(public_key.added_at, timezone.utc)
    document = {
        "key_id": public_key.kid,
        "client_id": client_id,
        "user_id": user_id,
        "issued": issued.isoformat(timespec="seconds"),
        "token_uri": token_uri,
        "algorithm": public_key.algorithm,
    }
    if key_pair.private_pem:
        document["private_key"] = key_pair.private_pem
    return document


def google_keyfile(key_pair: KeyPair, client_id: str, token_uri: str) -> dict[str, Any]:
    """The keyfile for the libraries of Google, which sign with RSA only."""
    return {
        "type": "service_account",
        # Java's and Python's older libraries need both.
        "client_id": client_id,
        "client_email": client_id,
        "private_key_id": key_pair.public_key.kid,
        "private_key": key_pair.private_pem,
        "token_uri": token_uri,
        "universe_domain": UNIVERSE_DOMAIN,
    }
