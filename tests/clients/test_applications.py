"""Applications that act by themselves, with the libraries that people use."""

from collections.abc import Callable
from pas.plugins.tokenauth.core.keys import generate_key_pair
from tests.applications.registering import Register
from tests.clients.programs import library
from tests.clients.programs import program
from typing import Any

import json
import pytest
import time


oauth2 = library("oauthlib.oauth2")
requests_oauthlib = library("requests_oauthlib")
requests_client = library("authlib.integrations.requests_client")
rfc7523 = library("authlib.oauth2.rfc7523")
jwk = library("joserfc.jwk")
with_oauthlib = program("oauthlib_application")
with_authlib = program("authlib_application")

Save = Callable[[dict[str, Any]], str]


@pytest.fixture
def credentials(register: Register, save: Save) -> str:
    """The file that an application gets, and where it is."""
    return save(json.loads(register(runs_as="robot").text))


def test_requests_oauthlib_sends_the_secret_in_the_header(
    site: Any, credentials: str
) -> None:
    """CA-01, CR-05: raw, and it is the same as encoded."""
    session = with_oauthlib.plone_session(credentials)
    assert session.get(f"{site.url}/@users/robot").json()["id"] == "robot"


def test_requests_oauthlib_sends_the_secret_in_the_body(
    site: Any, register: Register
) -> None:
    """CR-06: if it is told to."""
    issued = register(runs_as="robot", authentication="client_secret_post")
    client = oauth2.BackendApplicationClient(issued.credential.client_id)
    session = requests_oauthlib.OAuth2Session(client=client)
    token = session.fetch_token(
        site.endpoint, client_secret=issued.secret, include_client_id=True
    )
    assert token["scope"] == ["plone.read"]


def test_requests_oauthlib_says_that_a_secret_is_wrong(
    site: Any, register: Register
) -> None:
    """CA-03: invalid_client, by the name of its class."""
    issued = register(runs_as="robot")
    client = oauth2.BackendApplicationClient(issued.credential.client_id)
    session = requests_oauthlib.OAuth2Session(client=client)
    with pytest.raises(oauth2.InvalidClientError):
        session.fetch_token(site.endpoint, client_secret="wrong")


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_authlib_sends_the_secret(site: Any, credentials: str, method: str) -> None:
    """CA-01, CR-05, CR-06: in the header raw, or in the body."""
    session = with_authlib.plone_session(credentials, method)
    assert session.get(f"{site.url}/@users/robot").json()["id"] == "robot"


def test_authlib_renews_a_token(site: Any, credentials: str) -> None:
    """CC-02: without a refresh token, by the same grant."""
    session = with_authlib.plone_session(credentials)
    first = session.token["access_token"]
    session.token["expires_at"] = 1
    assert session.get(f"{site.url}/@users/robot").json()["id"] == "robot"
    assert session.token["access_token"] != first


def test_authlib_signs_with_a_key_of_its_own(site: Any, register: Register) -> None:
    """JB-22, JB-26: told whom to address, it conforms."""
    pair = generate_key_pair("ES256", time.time())
    issued = register(
        {"public_key": pair.public_key.pem},
        runs_as="robot",
        authentication="private_key_jwt",
    )
    session = requests_client.OAuth2Session(
        client_id=issued.credential.client_id,
        client_secret=jwk.import_key(pair.private_pem, "EC"),
        token_endpoint=site.endpoint,
        token_endpoint_auth_method=rfc7523.PrivateKeyJWT(site.url, alg="ES256"),
        grant_type="client_credentials",
    )
    session.fetch_token()
    answer = session.get(
        f"{site.url}/@users/robot", headers={"Accept": "application/json"}
    )
    assert answer.json()["id"] == "robot"


def test_authlib_revokes_a_token(site: Any, register: Register) -> None:
    """RV-01: with the secret in the header."""
    issued = register(runs_as="robot")
    session = requests_client.OAuth2Session(
        client_id=issued.credential.client_id, client_secret=issued.secret
    )
    token = session.fetch_token(site.endpoint, grant_type="client_credentials")
    assert session.revoke_token(f"{site.url}/@@oauth2-revoke").status_code == 200
    assert site.api("GET", "", token["access_token"]).status_code == 401
