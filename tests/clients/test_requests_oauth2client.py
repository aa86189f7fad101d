"""requests-oauth2client: metadata, both grants, introspection and revocation."""

from tests.clients.programs import library
from tests.clients.programs import program
from typing import Any

import pytest
import time


jwskate = library("jwskate")
requests_oauth2client = library("requests_oauth2client")
oauth2client = program("oauth2client")


@pytest.fixture
def client(site: Any, save: Any) -> Any:
    return oauth2client.oauth_client(
        save(site.issue(algorithm="ES256")), site.url, testing=True
    )


@pytest.mark.parametrize("algorithm", ["RS256", "PS256", "ES256", "EdDSA"])
def test_it_works_with_keys_of_every_kind(site: Any, save: Any, algorithm: str) -> None:
    path = save(site.issue(algorithm=algorithm))
    client = oauth2client.oauth_client(path, site.url, testing=True)
    session = oauth2client.plone_session(client)
    assert session.get(f"{site.url}/@users/owner").json()["id"] == "owner"


def test_it_finds_the_endpoints_by_the_metadata(site: Any, client: Any) -> None:
    """AS-07."""
    assert client.issuer == site.url
    assert client.token_endpoint == site.endpoint
    assert client.revocation_endpoint == f"{site.url}/@@oauth2-revoke"
    assert client.introspection_endpoint == f"{site.url}/@@oauth2-introspect"


def test_it_renews_an_expired_token(site: Any, client: Any) -> None:
    session = oauth2client.plone_session(client)
    session.get(site.url)
    first = session.auth.token
    session.auth.token = requests_oauth2client.BearerToken(
        first.access_token, expires_in=-1
    )
    assert session.get(f"{site.url}/@users/owner").status_code == 200
    assert session.auth.token.access_token != first.access_token


def test_it_does_not_notice_a_token_that_ended_early(
    site: Any, client: Any, end_token: Any
) -> None:
    session = oauth2client.plone_session(client)
    session.get(site.url)
    end_token(session.auth.token.access_token)
    assert session.get(site.url).status_code == 401
    session.auth.forget_token()
    assert session.get(site.url).status_code == 200


def test_it_introspects_and_revokes_tokens(site: Any, client: Any) -> None:
    """IN-01, RV-01, RV-10."""
    token = client.client_credentials(scope="plone.read")
    told = client.introspect_token(token)
    assert (told["active"], told["scope"]) == (True, "plone.read")
    assert client.revoke_access_token(token) is True
    assert client.introspect_token(token) == {"active": False}


def test_it_exchanges_a_grant_that_it_signs(site: Any, client: Any) -> None:
    claims = {
        "iss": client.client_id,
        "sub": "owner",
        "aud": site.url,
        "iat": int(time.time()),
        "exp": int(time.time()) + 60,
    }
    assertion = jwskate.Jwt.sign(claims, client.auth.private_jwk, alg="ES256")
    token = client.jwt_bearer(assertion)
    assert site.api("GET", "/@users/owner", token.access_token).status_code == 200


def test_its_own_audience_is_refused(site: Any, save: Any) -> None:
    keyfile = site.issue(algorithm="ES256")
    client = oauth2client.oauth_client(save(keyfile), site.url, testing=True)
    key = client.auth.private_jwk
    method = requests_oauth2client.PrivateKeyJwt(client.client_id, key, alg="ES256")
    lenient = requests_oauth2client.OAuth2Client(
        site.endpoint, auth=method, testing=True
    )
    with pytest.raises(requests_oauth2client.InvalidClient, match="must be the issuer"):
        lenient.client_credentials()
    site.plugin.accept_token_endpoint_audience = True
    site.commit()
    assert lenient.client_credentials().access_token
