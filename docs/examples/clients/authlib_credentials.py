"""Authlib: a session that obtains its tokens by client credentials."""

from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from joserfc.jwk import import_key
from typing import Any

import json


KEY_TYPES = {"RS256": "RSA", "PS256": "RSA", "ES256": "EC", "EdDSA": "OKP"}


def plone_session(path: str, audience: str, **options: Any) -> OAuth2Session:
    with open(path, encoding="utf-8") as keyfile:
        key = json.load(keyfile)
    method = PrivateKeyJWT(audience, alg=key["algorithm"])
    session = OAuth2Session(
        client_id=key["client_id"],
        client_secret=import_key(key["private_key"], KEY_TYPES[key["algorithm"]]),
        token_endpoint=key["token_uri"],
        token_endpoint_auth_method=method,
        revocation_endpoint_auth_method=method,
        grant_type="client_credentials",  # without it, expired tokens are not renewed
        **options,
    )
    session.fetch_token()
    session.headers["Accept"] = "application/json"
    return session
