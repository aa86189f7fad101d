"""The documented rules for proxies: metadata at every place where clients look."""

from typing import Any

import pytest
import requests


JSON = {"Accept": "application/json"}
WELL_KNOWN = "/.well-known"


@pytest.mark.parametrize("name", ["oauth-authorization-server", "openid-configuration"])
def test_the_server_is_found_at_both_places(public: Any, name: str) -> None:
    """AS-01, AS-02: below the issuer, and with its path behind the document."""
    below = f"{public.public}{WELL_KNOWN}/{name}"
    inserted = f"{public.public_root}{WELL_KNOWN}/{name}{public.public_path}"
    for url in (below, inserted):
        assert get(url).json()["issuer"] == public.public


@pytest.mark.parametrize("part", ["", "/@users", "/@@news", "/a%20b"])
def test_every_part_is_found_as_a_resource(public: Any, part: str) -> None:
    """PR-05, PR-06."""
    name = f"{WELL_KNOWN}/oauth-protected-resource"
    below = f"{public.public}{name}{part}"
    inserted = f"{public.public_root}{name}{public.public_path}{part}"
    for url in (below, inserted):
        document = get(url).json()
        assert document["resource"] == public.public + part
        assert document["authorization_servers"] == [public.public]


def test_a_client_finds_its_way_from_a_401(public: Any) -> None:
    """PR-07: challenge, resource, server, token, 200."""
    url = f"{public.public}/@users/owner"
    keyfile = public.issue(algorithm="ES256")
    refused = requests.get(url, headers=JSON, timeout=30)
    assert refused.status_code == 401
    challenge = refused.headers["WWW-Authenticate"]
    place = challenge.partition('resource_metadata="')[2].partition('"')[0]
    (issuer,) = get(place).json()["authorization_servers"]
    server = get(f"{issuer}{WELL_KNOWN}/oauth-authorization-server").json()
    assert server["token_endpoint"] == keyfile["token_uri"]
    token = requests.post(
        server["token_endpoint"],
        data={
            "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
            "assertion": public.grant(keyfile),
        },
        timeout=30,
    ).json()["access_token"]
    headers = {**JSON, "Authorization": f"Bearer {token}"}
    assert requests.get(url, headers=headers, timeout=30).json()["id"] == "owner"


def test_the_rules_let_nothing_else_through(public: Any) -> None:
    """A neighbour whose name begins alike is not the site."""
    path = f"{public.public_path or '/Plone'}foo"
    url = f"{public.public_root}{WELL_KNOWN}/oauth-authorization-server{path}"
    answer = requests.get(url, timeout=30)
    assert answer.status_code == 404 or answer.text.startswith("other ")


def get(url: str) -> requests.Response:
    answer = requests.get(url, timeout=30, allow_redirects=False)
    assert answer.status_code == 200, (url, answer.status_code, answer.text)
    return answer
