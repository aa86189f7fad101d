"""The public keys of the site, over HTTP."""

from pas.plugins.tokenauth.openid.signingkeys import MAX_AGE
from pas.plugins.tokenauth.openid.signingkeys import SigningKeyRing
from pas.plugins.tokenauth.openid.subscribers import openid_needs_sealing
from pas.plugins.tokenauth.site.requester import Operator
from pas.plugins.tokenauth.site.settings import change_settings
from typing import Any

import pytest
import time


JWKS = "/@@oauth2-jwks"


def keys(site: Any) -> list[dict[str, str]]:
    response = site.get(JWKS)
    assert response.status_code == 200
    return response.json()["keys"]


def test_anybody_reads_the_keys(provider: Any, ring: SigningKeyRing) -> None:
    """Conformance: OD-08, JK-01, CS-39."""
    ring.keep_fresh(time.time())
    provider.commit()
    response = provider.get(JWKS, headers={"Origin": "https://rp.example"})
    assert response.json() == ring.jwks(time.time())
    assert len(response.json()["keys"]) == 3
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["Cache-Control"] == f"public, max-age={MAX_AGE}"
    assert MAX_AGE <= 3600
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Set-Cookie" not in response.headers


def test_there_are_no_keys_where_openid_is_off(provider: Any) -> None:
    """Conformance: OD-03."""
    assert keys(provider) == []
    provider.plugin.openid_enabled = False
    provider.commit()
    assert provider.get(JWKS).status_code == 404


def test_a_request_with_a_cookie_gets_the_same(provider: Any) -> None:
    response = provider.get(
        f"{JWKS}?kid:int=x", headers={"Cookie": "__ac=x", "Authorization": "Basic x"}
    )
    assert response.status_code == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_other_methods_are_refused(provider: Any, method: str) -> None:
    response = provider.request(method, JWKS)
    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD"


def test_a_preflight_is_answered(provider: Any) -> None:
    response = provider.request(
        "OPTIONS",
        JWKS,
        headers={"Origin": "https://x", "Access-Control-Request-Method": "GET"},
    )
    assert response.status_code == 204


@pytest.mark.usefixtures("sealing_key")
def test_openid_has_keys_as_soon_as_it_is_on(site: Any) -> None:
    admin = Operator("admin")
    change_settings(site.context, admin, {"signing_key_lifetime": 80}, 0)
    assert SigningKeyRing(site.context).verifying_keys() == ()
    change_settings(site.context, admin, {"openid_enabled": True}, 0)
    site.commit()
    before = keys(site)
    assert len(before) == 3
    change_settings(site.context, admin, {"signing_key_lifetime": 70}, 0)
    change_settings(site.context, admin, {"openid_enabled": False}, 0)
    change_settings(site.context, admin, {"openid_enabled": True}, 0)
    site.commit()
    assert keys(site) == before


def test_openid_without_a_sealing_key_is_a_warning(
    site: Any, zope_conf: dict[str, str]
) -> None:
    """Conformance: OD-12."""
    assert openid_needs_sealing(site.context) == ""
    change_settings(site.context, Operator("admin"), {"openid_enabled": True}, 0)
    site.commit()
    assert keys(site) == []
    assert openid_needs_sealing(site.context) == "OpenID provider"


def test_a_view_of_another_path_finds_nothing(provider: Any) -> None:
    assert provider.get("/oauth2-jwks").status_code == 404
