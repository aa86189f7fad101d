"""google-auth: a session from the keyfile for google-auth."""

from google.auth.transport.requests import AuthorizedSession
from google.oauth2 import service_account

import json


def plone_session(path: str) -> AuthorizedSession:
    with open(path, encoding="utf-8") as keyfile:
        token_uri = json.load(keyfile)["token_uri"]
    credentials = service_account.Credentials.from_service_account_file(
        path, additional_claims={"aud": token_uri}
    )
    session = AuthorizedSession(credentials)
    session.headers["Accept"] = "application/json"
    return session
