"""requests-oauthlib: a session by the JWT bearer grant, for RS256 keys."""

from oauthlib.oauth2 import ServiceApplicationClient
from requests_oauthlib import OAuth2Session

import json
import uuid


def plone_session(path: str, scope: list[str] | None = None) -> OAuth2Session:
    with open(path, encoding="utf-8") as keyfile:
        key = json.load(keyfile)
    client = ServiceApplicationClient(
        key["client_id"],
        private_key=key["private_key"],
        issuer=key["client_id"],
        subject=key["user_id"],
        audience=key["token_uri"],
    )
    session = OAuth2Session(client=client, scope=scope)
    session.fetch_token(key["token_uri"], jwt_id=uuid.uuid4().hex)
    session.headers["Accept"] = "application/json"
    return session
