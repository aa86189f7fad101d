"""Tokens for a resource beside the site (RFC 8707), and what they are worth where."""

from pas.plugins.tokenauth.core.errors import AccessRefused
from pas.plugins.tokenauth.core.granttypes import DEVICE_CODE as DEVICE
from pas.plugins.tokenauth.tokens.checks import authenticate
from tests.delegation.conftest import parameters_of
from tests.device.conftest import Device
from tests.device.conftest import device as device
from tests.device.conftest import fresh_counts as fresh_counts
from tests.device.conftest import Person
from tests.exchange.conftest import Client
from tests.exchange.conftest import Resource
from tests.exchange.conftest import resource_of
from tests.exchange.conftest import URL
from typing import Any
from urllib.parse import urlencode

import pytest
import requests
import time


OTHER = "https://other.example.org/"


def error_at_authorize(client: Client, *resources: str, **changes: Any) -> str:
    url = client.browser.url(**{"scope": "notes.read", **changes})
    query = urlencode([("resource", each) for each in resources])
    answer = client.browser.get(f"{url}&{query}")
    return parameters_of(answer.headers.get("Location", "")).get("error", "")


def test_a_token_for_a_resource_says_so_to_it_alone(
    site: Any, client: Client, resource: Resource, register: Any
) -> None:
    """Conformance: RI-06, RI-10, RI-13, CR-36, IN-10."""
    members = client.members()
    assert members["scope"] == "notes.read plone.read"
    told = resource.introspect(members["access_token"])
    assert (told["active"], told["aud"]) == (True, URL)
    assert (told["scope"], told["sub"]) == ("notes.read plone.read", "alice")
    assert told["client_id"] == "app-1"
    other = resource_of(site, register, resource=OTHER, resource_scopes=())
    assert other.introspect(members["access_token"]) == {"active": False}


def test_a_token_for_a_resource_is_worth_nothing_at_the_site(
    site: Any, client: Client
) -> None:
    """Conformance: RI-10, PR-09, SB-03."""
    token = client.token()
    assert site.api("GET", "/@users/alice", token).status_code == 401
    site.sync()
    with pytest.raises(AccessRefused, match="for another resource"):
        authenticate(site.context, token, "127.0.0.1", time.time())


def test_a_token_of_the_site_is_worth_nothing_at_a_resource(
    site: Any, client: Client, resource: Resource
) -> None:
    """Conformance: RI-10, RI-12, RI-08."""
    for named in (None, site.url, f"{site.url}/news"):
        token = client.token(resource=named, scope="plone.read")
        assert resource.introspect(token) == {"active": False}
        assert site.api("GET", "/@users/alice", token).status_code == 200


def test_scopes_of_a_resource_are_none_of_the_site(client: Client) -> None:
    """Conformance: RI-07: and those of the site are none of it, but to exchange."""
    assert client.members(resource=None)["scope"] == "plone.read plone.write"
    assert error_at_authorize(client) == "invalid_scope"
    assert error_at_authorize(client, URL, scope="plone.write") == "invalid_scope"


def test_a_person_sees_where_the_token_works(client: Client) -> None:
    """Conformance: CO-05, RI-13."""
    page = client.browser.authorize(scope="notes.read", resource=URL).text
    assert "Notes" in page
    assert URL in page
    assert "See your notes." in page


def test_consent_is_for_one_resource(client: Client) -> None:
    """Conformance: CO-01: a yes for the site is none for a resource beside it."""
    client.token(resource=None, scope="plone.read")
    page = client.browser.authorize(scope="plone.read", resource=URL)
    assert page.status_code == 200
    client.token(scope="plone.read")
    again = client.browser.authorize(scope="plone.read", resource=URL)
    assert again.status_code == 303


@pytest.mark.parametrize(
    "resources",
    [
        ("https://unknown.example/",),
        (f"{URL}/",),
        (f"{URL}#",),
        ("notes",),
        ("https://[",),
        (URL, OTHER),
    ],
    ids=str,
)
def test_a_resource_that_is_none_is_refused_by_redirect(
    client: Client, resources: tuple[str, ...]
) -> None:
    """Conformance: RI-01, RI-02, RI-04."""
    assert error_at_authorize(client, *resources) == "invalid_target"


def test_one_resource_may_be_named_twice(client: Client) -> None:
    """Conformance: RI-03."""
    assert error_at_authorize(client, URL, URL, prompt="none") == "consent_required"


def test_the_site_and_a_resource_are_two(site: Any, client: Client) -> None:
    """Conformance: RI-03, RI-04."""
    assert error_at_authorize(client, site.url, URL) == "invalid_target"


def test_a_code_is_for_its_resource_alone(site: Any, client: Client) -> None:
    """Conformance: RI-05, RI-11."""
    for named in (site.url, OTHER, "x"):
        answer = client.redeem(client.code(), resource=named)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_target")
    assert client.redeem(client.code(), resource=URL).status_code == 200
    answer = client.redeem(client.code(resource=None), resource=URL)
    assert answer.json()["error"] == "invalid_target"


def test_two_resources_at_the_token_endpoint_are_refused(client: Client) -> None:
    """Conformance: RI-03: the same one, sent twice, is one."""
    answer = client.redeem(client.code(), resource=[URL, OTHER])
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_target")
    assert client.redeem(client.code(), resource=[URL, URL]).status_code == 200


def test_a_refreshed_token_is_for_the_same_resource(
    site: Any, client: Client, resource: Resource, apps: Any
) -> None:
    """Conformance: RI-05, RI-11."""
    grants = frozenset({"authorization_code", "refresh_token"})
    apps.change(grant_types=grants, stays_signed_in=True)
    refresh = {
        "grant_type": "refresh_token",
        "refresh_token": client.members()["refresh_token"],
    }
    answer = client.redeem("", **refresh, resource=site.url)
    assert answer.json()["error"] == "invalid_target"
    answer = client.redeem("", **refresh, resource=URL)
    assert resource.introspect(answer.json()["access_token"])["aud"] == URL


def test_keys_and_grants_of_their_own_are_for_the_site(
    site: Any, client: Client
) -> None:
    """Conformance: RI-04, RI-09: as clients of MCP name it."""
    keyfile = site.issue()
    for named, status in ((URL, 400), (f"{site.url}/news", 200)):
        answer = requests.post(
            site.endpoint,
            {
                "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
                "assertion": site.grant(keyfile),
                "resource": named,
            },
            timeout=30,
        )
        assert answer.status_code == status, answer.text


def test_a_device_gets_a_token_for_a_resource(
    site: Any, resource: Resource, device: Device, browser: Any, apps: Any
) -> None:
    """Conformance: RI-06, DG-01."""
    apps.change(scopes=frozenset({"notes.read"}), grant_types=frozenset({DEVICE}))
    codes = device.codes(scope="notes.read", resource=URL)
    Person(browser).allow(codes["user_code"], scope="notes.read")
    token = device.poll(codes["device_code"]).json()["access_token"]
    assert resource.introspect(token)["aud"] == URL


@pytest.mark.parametrize(
    "options", [{"disabled_at": 1.0}, {"revoked_at": 1.0}, {"resource": OTHER}], ids=str
)
def test_tokens_end_with_the_resource(
    client: Client, resource: Resource, options: Any
) -> None:
    """Conformance: RI-13: at once, and nobody is asked about it any more."""
    token = client.token()
    code = client.code()
    resource.change(**options)
    administrator = requests.post(
        f"{client.site.url}/@@oauth2-introspect",
        {"token": token},
        headers={"Authorization": f"Bearer {client.site.personal_access_token()}"},
        timeout=30,
    )
    assert administrator.json() == {"active": False}
    assert client.redeem(code).status_code == 400
    error = error_at_authorize(client, URL)
    assert error in ("invalid_target", "invalid_scope")


def test_a_token_for_a_resource_is_revoked_like_any_other(
    client: Client, resource: Resource
) -> None:
    """Conformance: RV-01: by its client, and by its holder."""
    token = client.token()
    url = f"{client.site.url}/@@oauth2-revoke"
    requests.post(url, {"token": token}, auth=resource.auth, timeout=30)
    assert resource.introspect(token)["active"]
    requests.post(url, {"token": token}, timeout=30)
    assert resource.introspect(token) == {"active": False}


def test_the_metadata_names_the_resources(
    site: Any, client: Client, resource: Resource
) -> None:
    """Conformance: RI-13."""
    metadata = site.get("/.well-known/oauth-authorization-server").json()
    assert metadata["protected_resources"] == [site.url, URL]
    assert "notes.read" in metadata["scopes_supported"]
    resource_metadata = site.get("/.well-known/oauth-protected-resource").json()
    assert "notes.read" not in resource_metadata["scopes_supported"]
