"""requests-oauth2client: everything the site offers, found by its metadata."""

from jwskate import Jwk
from requests_oauth2client import OAuth2Client
from requests_oauth2client import OAuth2ClientCredentialsAuth
from requests_oauth2client import PrivateKeyJwt
from typing import Any

import json
import requests


def oauth_client(path: str, site: str, **options: Any) -> OAuth2Client:
    with open(path, encoding="utf-8") as keyfile:
        key = json.load(keyfile)
    private_key = Jwk.from_pem(key["private_key"]) | {"kid": key["key_id"]}
    method = PrivateKeyJwt(
        key["client_id"], private_key, alg=key["algorithm"], aud=site
    )
    return OAuth2Client.from_discovery_endpoint(issuer=site, auth=method, **options)


def plone_session(client: OAuth2Client) -> requests.Session:
    session = requests.Session()
    session.auth = OAuth2ClientCredentialsAuth(client)
    session.headers["Accept"] = "application/json"
    return session
