"""Authlib: AssertionSession, and OAuth2Session with PrivateKeyJWT."""

from tests.clients.programs import library
from tests.clients.programs import program
from typing import Any

import pytest


base_client = library("authlib.integrations.base_client")
oauth2 = library("authlib.oauth2")
grant = program("authlib_grant")
credentials = program("authlib_credentials")

ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]


class TestAssertionSession:
    @pytest.mark.parametrize("algorithm", ALGORITHMS)
    def test_it_works_with_keys_of_every_kind(
        self, site: Any, save: Any, algorithm: str
    ) -> None:
        session = grant.plone_session(save(site.issue(algorithm=algorithm)))
        assert session.get(f"{site.url}/@users/owner").json()["id"] == "owner"
        assert session.token["scope"] == "plone.read plone.write"

    def test_it_renews_an_expired_token(self, site: Any, save: Any) -> None:
        session = grant.plone_session(save(site.issue(algorithm="ES256")))
        session.get(site.url)
        first = session.token["access_token"]
        session.token["expires_at"] = 1
        assert session.get(f"{site.url}/@users/owner").status_code == 200
        assert session.token["access_token"] != first

    def test_it_does_not_notice_a_token_that_ended_early(
        self, site: Any, save: Any, end_token: Any
    ) -> None:
        session = grant.plone_session(save(site.issue(algorithm="ES256")))
        session.get(site.url)
        end_token(session.token["access_token"])
        assert session.get(site.url).status_code == 401
        session.refresh_token()
        assert session.get(site.url).status_code == 200

    def test_it_gets_the_scope_that_it_asks_for(self, site: Any, save: Any) -> None:
        path = save(site.issue(algorithm="ES256"))
        session = grant.plone_session(path, scope="plone.read")
        session.get(site.url)
        assert session.token["scope"] == "plone.read"

    def test_its_error_says_what_is_wrong(self, site: Any, save: Any) -> None:
        path = save(site.issue(algorithm="ES256"))
        session = grant.plone_session(path, audience="https://elsewhere.example")
        with pytest.raises(oauth2.OAuth2Error, match="invalid_grant: The claim aud"):
            session.get(site.url)


class TestPrivateKeyJWT:
    @pytest.mark.parametrize("algorithm", ALGORITHMS)
    def test_it_works_with_keys_of_every_kind(
        self, site: Any, save: Any, algorithm: str
    ) -> None:
        path = save(site.issue(algorithm=algorithm))
        session = credentials.plone_session(path, site.url)
        assert session.get(f"{site.url}/@users/owner").json()["id"] == "owner"
        assert session.token["scope"] == "plone.read plone.write"

    def test_it_renews_an_expired_token(self, site: Any, save: Any) -> None:
        path = save(site.issue(algorithm="ES256"))
        session = credentials.plone_session(path, site.url)
        first = session.token["access_token"]
        session.token["expires_at"] = 1
        assert session.get(f"{site.url}/@users/owner").status_code == 200
        assert session.token["access_token"] != first

    def test_its_own_audience_is_refused(self, site: Any, save: Any) -> None:
        """JB-26: by default it addresses the assertion to the token endpoint."""
        path = save(site.issue(algorithm="ES256"))
        with pytest.raises(base_client.OAuthError, match="must be the issuer"):
            credentials.plone_session(path, None)

    def test_its_own_audience_works_where_the_site_allows_it(
        self, site: Any, save: Any
    ) -> None:
        site.plugin.accept_token_endpoint_audience = True
        path = save(site.issue(algorithm="ES256"))
        session = credentials.plone_session(path, None)
        assert session.get(f"{site.url}/@users/owner").status_code == 200

    def test_a_scope_that_the_key_lacks_is_left_out(self, site: Any, save: Any) -> None:
        path = save(site.issue(algorithm="ES256", scopes=("plone.read",)))
        session = credentials.plone_session(
            path, site.url, scope="plone.read plone.write"
        )
        assert session.token["scope"] == "plone.read"

    def test_it_introspects_and_revokes_its_tokens(self, site: Any, save: Any) -> None:
        """IN-01, RV-01, RV-10."""
        path = save(site.issue(algorithm="ES256"))
        session = credentials.plone_session(path, site.url)
        token = session.token["access_token"]
        endpoint = f"{site.url}/@@oauth2-introspect"
        answer = session.introspect_token(endpoint, token)
        assert answer.json()["active"] is True
        assert session.revoke_token(f"{site.url}/@@oauth2-revoke", token).ok
        assert session.introspect_token(endpoint, token).json() == {"active": False}
        assert site.api("GET", "", token).status_code == 401
