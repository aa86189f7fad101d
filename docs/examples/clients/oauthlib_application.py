"""requests-oauthlib: an application with a secret, acting by itself."""

from oauthlib.oauth2 import BackendApplicationClient
from requests_oauthlib import OAuth2Session

import json


def plone_session(path: str) -> OAuth2Session:
    with open(path, encoding="utf-8") as credentials:
        application = json.load(credentials)
    client = BackendApplicationClient(application["client_id"])
    session = OAuth2Session(client=client)
    session.fetch_token(
        application["token_endpoint"], client_secret=application["client_secret"]
    )
    session.headers["Accept"] = "application/json"
    return session
