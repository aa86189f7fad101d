"""The documented limits of nginx: a flood is stopped, and nobody else notices."""

from collections.abc import Iterator
from pathlib import Path
from Products.SiteAccess.VirtualHostMonster import VirtualHostMonster
from tests.proxies.webserver import NGINX
from tests.proxies.webserver import serve
from typing import Any

import pytest
import requests


GRANT_TYPE = "urn:ietf:params:oauth:grant-type:jwt-bearer"
JSON = {"Accept": "application/json"}
#: So many requests are always more than the limit lets through meanwhile.
FLOOD = 400
SPELLINGS = [
    "/@@oauth2-token",
    "/++view++oauth2-token",
    "/++api++/@@oauth2-token",
    "/%40%40oauth2-token",
    "//@@oauth2-token",
    "/x/../@@oauth2-token/",
]


@pytest.fixture
def public(site: Any, tmp_path: Path) -> Iterator[Any]:
    """The site behind nginx."""
    site.app._setObject("virtual_hosting", VirtualHostMonster())
    with serve(NGINX, "rate-limit", site.url, tmp_path) as server:
        site.plugin.issuer = site.public = server
        site.commit()
        yield site


def flood(
    session: requests.Session, url: str, most: int = FLOOD, **options: Any
) -> requests.Response:
    """Repeat a request until it is refused as one too many."""
    for _ in range(most):
        # nginx itself is asked for this path, not the client library's idea of it.
        request = session.prepare_request(requests.Request("POST", url, **options))
        request.url = url
        answer = session.send(request, timeout=30, allow_redirects=False)
        if answer.status_code == 429:
            return answer
    raise AssertionError("The flood was not stopped.")


def token_of(public: Any) -> str:
    form = {"grant_type": GRANT_TYPE, "assertion": public.grant(public.issue())}
    answer = requests.post(f"{public.public}/@@oauth2-token", data=form, timeout=30)
    assert answer.status_code == 200, answer.text
    return answer.json()["access_token"]


@pytest.mark.parametrize("path", SPELLINGS)
def test_a_flood_of_grants_is_stopped_in_json(
    public: Any, elsewhere: requests.Session, path: str
) -> None:
    """However the endpoint is spelled."""
    answer = flood(elsewhere, public.public + path, data={"grant_type": GRANT_TYPE})
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Retry-After"] == "1"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Too many requests" in answer.json()["message"]


def test_a_client_at_another_address_does_not_notice(
    public: Any, elsewhere: requests.Session
) -> None:
    flood(elsewhere, f"{public.public}/@@oauth2-token", data={})
    headers = {**JSON, "Authorization": f"Bearer {token_of(public)}"}
    for _ in range(50):
        answer = requests.get(public.public, headers=headers, timeout=30)
        assert answer.status_code == 200


def test_the_endpoints_have_a_limit_of_their_own(
    public: Any, elsewhere: requests.Session
) -> None:
    """Who floods them can still be served pages, and the other way round."""
    flood(elsewhere, f"{public.public}/@@oauth2-token", data={})
    assert elsewhere.get(public.public, headers=JSON, timeout=30).status_code == 200


def test_all_endpoints_share_one_limit(
    public: Any, elsewhere: requests.Session
) -> None:
    """Nobody gets four times as many guesses."""
    flood(elsewhere, f"{public.public}/@@oauth2-token", data={})
    for name in ("introspect", "revoke", "authorize"):
        # One may be let through for each second that has passed.
        flood(elsewhere, f"{public.public}/@@oauth2-{name}", most=10, data={})


def test_a_client_that_gets_its_tokens_in_a_burst_is_served(public: Any) -> None:
    """Twenty at once, for instance after a restart of everything."""
    keyfile = public.issue(algorithm="ES256")
    for _ in range(20):
        form = {"grant_type": GRANT_TYPE, "assertion": public.grant(keyfile)}
        answer = requests.post(f"{public.public}/@@oauth2-token", data=form, timeout=30)
        assert answer.status_code == 200


def test_a_large_body_for_an_endpoint_does_not_reach_zope(public: Any) -> None:
    url = f"{public.public}/@@oauth2-token"
    answer = requests.post(url, data={"x": "y" * 70_000}, timeout=30)
    assert answer.status_code == 413
    assert answer.headers["Content-Type"] == "application/json"
    assert "Server" in answer.headers and "X-Powered-By" not in answer.headers
