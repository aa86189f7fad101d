"""MCP SDK: it finds the authorization server of a URL that answers 401."""

from pathlib import Path
from Products.SiteAccess.VirtualHostMonster import VirtualHostMonster
from tests.clients.programs import library
from tests.clients.programs import program
from tests.proxies.webserver import NGINX
from tests.proxies.webserver import serve
from typing import Any
from urllib.parse import parse_qs

import pytest


anyio = library("anyio")
httpx = library("httpx2")
auth_errors = library("mcp.client.auth.exceptions")
extensions = library("mcp.client.auth.extensions.client_credentials")
mcp_auth = program("mcp_auth")

JSON = {"Accept": "application/json"}


class Visits:
    """Requests with an authentication, one after the other, and what they caused."""

    def __init__(self, auth: Any) -> None:
        self._auth = auth
        #: What was posted to the token endpoint.
        self.token_requests: list[dict[str, list[str]]] = []

    def get(self, *urls: str) -> list[Any]:
        return self.send(*(("GET", url) for url in urls))

    def send(self, *requests: tuple[str, str], **options: Any) -> list[Any]:
        async def run() -> list[Any]:
            hooks = {"request": [self._note]}
            async with httpx.AsyncClient(
                auth=self._auth, headers=JSON, event_hooks=hooks
            ) as client:
                return [
                    await client.request(method, url, **options)
                    for method, url in requests
                ]

        return anyio.run(run)

    async def _note(self, request: Any) -> None:
        if request.url.path.endswith("/@@oauth2-token"):
            self.token_requests.append(parse_qs(request.content.decode()))


@pytest.mark.parametrize("algorithm", ["RS256", "PS256", "ES256", "EdDSA"])
def test_it_finds_its_way_from_a_401(site: Any, save: Any, algorithm: str) -> None:
    """PR-05, PR-06, AS-05: challenge, resource, server, token, 200."""
    url = f"{site.url}/@users/owner"
    path = save(site.issue(algorithm=algorithm))
    visits = Visits(mcp_auth.plone_auth(path, site.url, url))
    (answer,) = visits.get(url)
    assert answer.json()["id"] == "owner"
    assert visits.token_requests[0]["resource"] == [url]


def test_the_client_asks_for_what_a_request_needs_and_gets_what_the_key_has(
    site: Any, save: Any
) -> None:
    """TE-07, RS-10: what the key lacks is left out, and stays refused."""
    path = save(site.issue(algorithm="ES256", scopes=("plone.read",)))
    visits = Visits(mcp_auth.plone_auth(path, site.url, site.url))
    site.portal.manage_permission("View", ["Manager", "Member"])
    site.commit()
    (read,) = visits.get(site.url)
    assert read.status_code == 200
    (asked,) = visits.token_requests
    assert asked["scope"] == ["plone.read"]
    body = {"@type": "Document", "title": "No"}
    (written,) = visits.send(("POST", site.url), json=body)
    assert written.status_code == 403
    assert 'error="insufficient_scope"' in written.headers["WWW-Authenticate"]
    # Once more, with what was missing; the key cannot have it.
    assert visits.token_requests[1]["scope"] == ["plone.read plone.write"]
    assert len(visits.token_requests) == 2


def test_it_renews_a_token_that_ended_early(
    site: Any, save: Any, end_token: Any
) -> None:
    url = f"{site.url}/@users/owner"
    auth = mcp_auth.plone_auth(save(site.issue(algorithm="ES256")), site.url, url)
    visits = Visits(auth)
    visits.get(url)
    end_token(auth.context.current_tokens.access_token)
    (answer,) = visits.get(url)
    assert answer.status_code == 200
    assert len(visits.token_requests) == 2


def test_another_url_works_with_the_token_but_cannot_renew_it(
    site: Any, save: Any, end_token: Any
) -> None:
    """An MCP server is one URL, and so is what the library authenticates for."""
    url = f"{site.url}/@users/owner"
    auth = mcp_auth.plone_auth(save(site.issue(algorithm="ES256")), site.url, url)
    visits = Visits(auth)
    answers = visits.get(url, f"{site.url}/@types")
    assert [answer.status_code for answer in answers] == [200, 200]
    end_token(auth.context.current_tokens.access_token)
    with pytest.raises(auth_errors.OAuthFlowError, match="does not match expected"):
        visits.get(f"{site.url}/@types")


def test_the_secret_of_a_service_key_is_refused(site: Any) -> None:
    """It has none; the error says so."""
    keyfile = site.issue(algorithm="ES256")
    url = f"{site.url}/@users/owner"
    auth = extensions.ClientCredentialsOAuthProvider(
        url, mcp_auth.InMemory(), keyfile["client_id"], "secret", issuer=site.url
    )
    with pytest.raises(auth_errors.OAuthTokenError, match="no secret of its own"):
        Visits(auth).get(url)


def test_it_works_where_the_site_is_the_root_of_its_host(
    site: Any, save: Any, tmp_path: Path
) -> None:
    """AS-05: an issuer without a path keeps its spelling, without a slash."""
    site.app._setObject("virtual_hosting", VirtualHostMonster())
    with serve(NGINX, "site-at-the-root", site.url, tmp_path) as public:
        site.plugin.issuer = public
        site.commit()
        url = f"{public}/@users/owner"
        path = save(site.issue(algorithm="ES256"))
        (answer,) = Visits(mcp_auth.plone_auth(path, public, url)).get(url)
        assert answer.json()["id"] == "owner"
