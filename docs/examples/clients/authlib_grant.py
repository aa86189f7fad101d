"""Authlib: a session that obtains its tokens by the JWT bearer grant."""

from authlib.integrations.requests_client import AssertionSession
from joserfc.jwk import import_key
from typing import Any

import json


KEY_TYPES = {"RS256": "RSA", "PS256": "RSA", "ES256": "EC", "EdDSA": "OKP"}


def plone_session(path: str, **options: Any) -> AssertionSession:
    with open(path, encoding="utf-8") as keyfile:
        key = json.load(keyfile)
    session = AssertionSession(
        token_endpoint=key["token_uri"],
        issuer=key["client_id"],
        subject=key["user_id"],
        key=import_key(key["private_key"], KEY_TYPES[key["algorithm"]]),
        header={"alg": key["algorithm"], "kid": key["key_id"]},
        **options,
    )
    session.headers["Accept"] = "application/json"
    return session
