"""Another authorization server in the same site: pas.plugins.identity[server]."""

from importlib.util import find_spec
from plone import api
from plone.app.testing import applyProfile
from typing import Any

import pytest


#: It needs Python 3.12, and is installed where there is one.
pytestmark = pytest.mark.skipif(
    find_spec("pas.plugins.identity") is None,
    reason="pas.plugins.identity not installed: make neighbours-test with Python 3.12",
)

OURS = ("pas.plugins.tokenauth:default",)
THEIRS = ("pas.plugins.identity:default", "pas.plugins.identity.server:default")
METADATA = "/.well-known/oauth-authorization-server"
OPENID_CONFIGURATION = "/.well-known/openid-configuration"


@pytest.fixture(params=[OURS + THEIRS, THEIRS + OURS], ids=["ours first", "ours last"])
def site(empty_site: Any, request: pytest.FixtureRequest) -> Any:
    """A site with both servers, which have one issuer."""
    site = empty_site
    applyProfile(site.portal, "pas.plugins.tokenauth:uninstall")
    for profile in request.param:
        applyProfile(site.portal, profile)
    site.plugin.issuer = site.url
    api.portal.set_registry_record("pas.plugins.identity.server_issuer", site.url)
    site.add_user("owner", "Manager")
    site.commit()
    return site


def test_each_server_tells_where_it_is(site: Any) -> None:
    """Conformance: PL-18."""
    ours = site.get(METADATA).json()
    assert ours["token_endpoint"] == f"{site.url}/@@oauth2-token"
    path = "/.well-known/oauth-protected-resource"
    assert site.get(path).json()["resource"] == site.url
    theirs = site.get(OPENID_CONFIGURATION).json()
    assert theirs["token_endpoint"] == f"{site.url}/@@oauth-token"
    assert site.get("/@@oauth-jwks").json()["keys"]
    site.sync()
    site.plugin.openid_enabled = True
    site.commit()
    assert site.get(OPENID_CONFIGURATION).json() == site.get(METADATA).json()


def test_a_token_acts_as_its_user(site: Any) -> None:
    """Conformance: PL-18."""
    token = site.token(site.issue("owner"))
    assert site.api("GET", "/@users/owner", token).json()["id"] == "owner"
    refused = site.api("GET", "/@users/owner", f"{token[:-1]}x")
    assert refused.status_code == 401
    assert refused.json()["error"] == "invalid_token"


def test_neither_server_takes_tokens_of_the_other(site: Any) -> None:
    token = site.token(site.issue("owner"))
    answer = site.request("GET", "/@@oauth-userinfo", token=token)
    assert answer.status_code in (401, 403)
    theirs = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJvd25lciJ9.AAAA"
    assert site.api("GET", "/@users/owner", theirs).status_code == 401
