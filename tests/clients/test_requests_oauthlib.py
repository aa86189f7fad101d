"""requests-oauthlib: both grants; PyJWT signs where the library cannot."""

from tests.clients.programs import library
from tests.clients.programs import program
from typing import Any

import jwt
import pytest


oauth2 = library("oauthlib.oauth2")
requests_oauthlib = library("requests_oauthlib")
grant = program("oauthlib_grant")
credentials = program("oauthlib_credentials")


class TestServiceApplicationClient:
    def test_it_works(self, site: Any, save: Any) -> None:
        """CA-02, JB-19: with its client id as Basic, and an empty password."""
        session = grant.plone_session(save(site.issue(algorithm="RS256")))
        assert session.get(f"{site.url}/@users/owner").json()["id"] == "owner"

    def test_it_does_not_renew_a_token(self, site: Any, save: Any) -> None:
        session = grant.plone_session(save(site.issue(algorithm="RS256")))
        session.token["expires_at"] = session._client._expires_at = 1
        with pytest.raises(oauth2.TokenExpiredError):
            session.get(site.url)

    def test_it_knows_rs256_only(self, site: Any, save: Any) -> None:
        with pytest.raises(jwt.InvalidKeyError):
            grant.plone_session(save(site.issue(algorithm="ES256")))

    def test_its_error_says_what_is_wrong(self, site: Any, save: Any) -> None:
        keyfile = site.issue(algorithm="RS256") | {"client_id": "nobody"}
        with pytest.raises(oauth2.InvalidGrantError, match="invalid_grant"):
            grant.plone_session(save(keyfile))


class TestBackendApplicationClient:
    @pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
    def test_it_works_with_an_assertion(
        self, site: Any, save: Any, algorithm: str
    ) -> None:
        path = save(site.issue(algorithm=algorithm))
        session = credentials.plone_session(path, site.url)
        assert session.get(f"{site.url}/@users/owner").json()["id"] == "owner"

    def test_an_empty_password_beside_the_assertion_does_no_harm(
        self, site: Any, save: Any
    ) -> None:
        """CA-02, CA-05: the library sends ``Basic client_id:`` by itself."""
        keyfile = site.issue(algorithm="ES256")
        client = oauth2.BackendApplicationClient(keyfile["client_id"])
        session = requests_oauthlib.OAuth2Session(client=client)
        session.fetch_token(
            keyfile["token_uri"],
            client_assertion_type=credentials.TYPE,
            client_assertion=credentials.assertion(keyfile, site.url),
        )
        assert site.api("GET", "", session.token["access_token"]).status_code == 200

    def test_a_secret_is_refused(self, site: Any) -> None:
        keyfile = site.issue(algorithm="ES256")
        client = oauth2.BackendApplicationClient(keyfile["client_id"])
        session = requests_oauthlib.OAuth2Session(client=client)
        with pytest.raises(oauth2.InvalidClientError, match="no secret of its own"):
            session.fetch_token(keyfile["token_uri"], client_secret="secret")

    def test_without_an_assertion_it_says_what_to_do(self, site: Any) -> None:
        keyfile = site.issue(algorithm="ES256")
        client = oauth2.BackendApplicationClient(keyfile["client_id"])
        session = requests_oauthlib.OAuth2Session(client=client)
        with pytest.raises(oauth2.InvalidClientError, match="private_key_jwt"):
            session.fetch_token(keyfile["token_uri"])

    def test_it_complains_when_it_gets_less_than_it_asks_for(
        self, site: Any, save: Any
    ) -> None:
        path = save(site.issue(algorithm="ES256", scopes=("plone.read",)))
        with pytest.raises(Warning, match="Scope has changed"):
            credentials.plone_session(
                path, site.url, scope=["plone.read", "plone.write"]
            )
