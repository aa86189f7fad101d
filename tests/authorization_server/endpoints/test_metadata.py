"""What the documents of metadata say; where they are is tested beside."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote
from urllib.parse import urlsplit

import pytest
import requests
import unicodedata


SERVER = "/.well-known/oauth-authorization-server"
RESOURCE = "/.well-known/oauth-protected-resource"


def at_the_root(site: Any, document: str, path: str) -> requests.Response:
    """A document as it is found below the root of Zope."""
    parts = urlsplit(site.url)
    url = f"{parts.scheme}://{parts.netloc}{document}{path}"
    return requests.get(url, timeout=30)


def urls_in(document: dict[str, Any]) -> Iterator[str]:
    """Every value that is an address."""
    for value in document.values():
        values = value if isinstance(value, list) else [value]
        yield from (text for text in values if "://" in text)


@pytest.mark.parametrize("document", [SERVER, RESOURCE, f"{RESOURCE}/a/b"])
def test_every_address_is_below_the_issuer(site: Any, document: str) -> None:
    """AS-07, PR-02, RV-11: https if that is https, and without a fragment."""
    issuer = "https://www.example.org/plone"
    site.plugin.issuer = issuer
    site.commit()
    urls = list(urls_in(site.get(document).json()))
    assert issuer in urls
    assert len(urls) >= 2
    for url in urls:
        assert url == issuer or url.startswith(f"{issuer}/")
        assert "#" not in url
        assert "?" not in url


def test_server_and_resource_name_each_other(site: Any) -> None:
    """AS-15, PR-03."""
    server, resource = site.get(SERVER).json(), site.get(RESOURCE).json()
    assert server["protected_resources"] == [resource["resource"]]
    assert resource["authorization_servers"] == [server["issuer"]]
    # To stay signed in is no affair of the resource.
    of_server = set(server["scopes_supported"]) - {"offline_access"}
    assert set(resource["scopes_supported"]) == of_server


def test_a_resource_is_described_for_people_and_programs(site: Any) -> None:
    """PR-03."""
    site.portal.title = "Example Site"
    site.commit()
    document = site.get(RESOURCE).json()
    assert document["resource_name"] == "Example Site"
    assert document["bearer_methods_supported"] == ["header"]
    assert {"plone.read", "plone.write"} <= set(document["scopes_supported"])


@pytest.mark.parametrize("path", ["", "/a/b"])
def test_nothing_about_a_resource_is_empty(site: Any, path: str) -> None:
    """PR-04: not even the name of a site without a title."""
    site.portal.title = ""
    site.commit()
    assert all(site.get(f"{RESOURCE}{path}").json().values())


@pytest.mark.parametrize("document", [SERVER, RESOURCE])
def test_a_path_is_compared_exactly(site: Any, document: str) -> None:
    """AS-17, PR-10."""
    path = urlsplit(site.url).path
    assert at_the_root(site, document, path).status_code == 200
    for other in (path.upper(), path.title(), f"{path}%CC%81", f"{path}%20"):
        assert at_the_root(site, document, other).status_code == 404, other


def test_no_path_is_normalised(site: Any) -> None:
    """PR-10: two spellings are two resources, each as it was asked for."""
    for form in ("NFC", "NFD"):
        name = unicodedata.normalize(form, "Zürich")
        found = site.get(f"{RESOURCE}/{quote(name)}").json()
        assert found["resource"] == f"{site.url}/{quote(name)}"
