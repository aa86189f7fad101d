"""Authlib: an application with a secret, acting by itself; it renews its tokens."""

from authlib.integrations.requests_client import OAuth2Session

import json


def plone_session(path: str, method: str = "client_secret_basic") -> OAuth2Session:
    with open(path, encoding="utf-8") as credentials:
        application = json.load(credentials)
    session = OAuth2Session(
        client_id=application["client_id"],
        client_secret=application["client_secret"],
        token_endpoint=application["token_endpoint"],
        token_endpoint_auth_method=method,
        grant_type="client_credentials",  # without it, expired tokens are not renewed
    )
    session.fetch_token()
    session.headers["Accept"] = "application/json"
    return session
