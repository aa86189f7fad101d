"""requests-oauthlib: a session by client credentials; PyJWT signs the assertion."""

from oauthlib.oauth2 import BackendApplicationClient
from requests_oauthlib import OAuth2Session

import json
import jwt
import time
import uuid


TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def assertion(key: dict[str, str], site: str) -> str:
    claims = {"iss": key["client_id"], "sub": key["client_id"], "aud": site}
    times = {"iat": time.time(), "exp": time.time() + 60, "jti": uuid.uuid4().hex}
    return jwt.encode(claims | times, key["private_key"], key["algorithm"])


def plone_session(
    path: str, site: str, scope: list[str] | None = None
) -> OAuth2Session:
    with open(path, encoding="utf-8") as keyfile:
        key = json.load(keyfile)
    client = BackendApplicationClient(key["client_id"])
    session = OAuth2Session(client=client, scope=scope)
    session.fetch_token(
        key["token_uri"],
        include_client_id=True,
        client_assertion_type=TYPE,
        client_assertion=assertion(key, site),
    )
    session.headers["Accept"] = "application/json"
    return session
