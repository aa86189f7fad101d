"""The issuer: what can be one, and where it comes from."""

from App.config import getConfiguration
from datetime import date
from pas.plugins.tokenauth.site.issuer import FormerTokenEndpoint
from pas.plugins.tokenauth.site.issuer import is_issuer
from pas.plugins.tokenauth.site.issuer import is_local_host
from pas.plugins.tokenauth.site.issuer import is_token_endpoint
from pas.plugins.tokenauth.site.issuer import overrides
from pas.plugins.tokenauth.site.subscribers import check_configuration
from typing import Any

import pytest
import time


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://www.example.org",
        "https://www.example.org/Plone",
        "https://www.example.org/XX",
        "https://www.example.org:8443/a/b",
        "http://localhost:8080/Plone",
        "http://plone.localhost",
        "http://127.0.0.1:8080/Plone",
        "http://127.9.9.9",
        "http://[::1]:8080/Plone",
    ],
)
def test_https_and_loopback_urls_can_be_issuers(url: str) -> None:
    """AS-06, TE-23: https is required, except on this computer itself."""
    assert is_issuer(url)


@pytest.mark.parametrize("host", ["", "example.org", "192.0.2.1", "localhost.org"])
def test_other_hosts_are_not_this_computer(host: str) -> None:
    assert is_local_host(host) is False


@pytest.mark.parametrize(
    "url",
    [
        "http://www.example.org",
        "http://192.168.1.1",
        "http://localhost.example.org",
        "http://127.0.0.1.example.org",
        "http://127.1",
        "https://",
        "https:///path",
        "www.example.org",
        "https://www.example.org/",
        "https://www.example.org/?",
        "https://www.example.org/#",
        "https://user:secret@www.example.org",
        "https://www.example.org:x",
        "https://www.example.org:99999",
        "https://www.example.org/a b",
        "https://www.exämple.org",
        'https://www.example.org/"',
        "https://[::1",
        "http://localhost/\x01",
        "javascript:alert(1)",
        "ftp://localhost/token",
        "file:///etc/passwd",
    ],
)
def test_other_urls_cannot_be_issuers(url: str) -> None:
    """AS-06."""
    assert is_issuer(url) is False


def test_a_former_endpoint_may_end_in_a_slash() -> None:
    assert is_token_endpoint("https://www.example.org/token/")
    assert not is_token_endpoint("http://www.example.org/token")
    assert is_token_endpoint("") is False


def test_zope_conf_overrides_the_setting_of_one_site(
    zope_conf: dict[str, str],
) -> None:
    zope_conf["issuer"] = "/a https://a.example.org /b https://b.example.org"
    assert overrides("/a") == {"issuer": "https://a.example.org"}
    assert overrides("/b") == {"issuer": "https://b.example.org"}
    assert overrides("/c") == {}


def test_a_trailing_slash_of_an_override_is_taken_off(
    zope_conf: dict[str, str],
) -> None:
    zope_conf["issuer"] = "/a https://a.example.org/X/"
    assert overrides("/a") == {"issuer": "https://a.example.org/X"}


def test_zope_may_be_without_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(getConfiguration(), "product_config", raising=False)
    assert overrides("/a") == {}


@pytest.mark.parametrize(
    "value",
    ["/a http://a.example.org", "/a", "https://a.example.org", "/a https://", "/a /"],
)
@pytest.mark.parametrize("key", ["issuer", "pages-url"])
def test_zope_does_not_start_with_an_override_that_cannot_be_one(
    zope_conf: dict[str, str], key: str, value: str
) -> None:
    zope_conf[key] = value
    with pytest.raises(
        ValueError,
        match=r"^The (issuer|pages-url) in zope\.conf"
        r" (must be pairs of path and URL\.|cannot be one: (http.*|https:/)?)$",
    ):
        check_configuration(None)


def test_a_copy_of_the_site_refuses_grants_for_the_original(
    site: Any, zope_conf: dict[str, str]
) -> None:
    keyfile = site.issue()
    assert site.exchange(site.grant(keyfile)).status_code == 200
    former = FormerTokenEndpoint("https://old.example.org", date(2100, 1, 1))
    site.plugin.former_token_endpoints = (former,)
    zope_conf["issuer"] = "/plone https://staging.example.org"
    response = site.exchange(site.grant(keyfile))
    assert response.status_code == 400
    assert "error" in response.json()
    # Nor does it listen to the names that the original had before.
    assert site.context.audiences(time.time()) == {
        "https://staging.example.org",
        "https://staging.example.org/@@oauth2-token",
    }


def test_a_former_endpoint_is_an_audience_until_its_last_day(site: Any) -> None:
    now = time.time()
    site.plugin.former_token_endpoints = (
        FormerTokenEndpoint("https://old.example.org", date(2100, 1, 1)),
        FormerTokenEndpoint("https://older.example.org", date(2000, 1, 1)),
    )
    assert site.context.audiences(now) == {
        site.url,
        site.endpoint,
        "https://old.example.org",
    }


def test_a_forged_host_changes_nothing(site: Any) -> None:
    """AS-21, ZP-14."""
    keyfile = site.issue()
    assert keyfile["token_uri"] == site.endpoint
    forged = site.grant(keyfile, aud="http://evil.example.org/plone")
    response = site.request(
        "POST",
        "/@@oauth2-token",
        headers={
            "Host": "evil.example.org",
            "X-Forwarded-Host": "evil.example.org",
        },
        data={
            "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
            "assertion": forged,
        },
    )
    assert response.json()["error"] == "invalid_grant"
