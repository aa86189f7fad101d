"""Metadata of the site: where it is, and that every word of it is true."""

from collections.abc import Iterator
from pas.plugins.tokenauth.layer import ITokenAuthLayer
from plone.base.interfaces import IPloneSiteRoot
from plone.browserlayer.utils import register_layer
from Products.Five.browser import BrowserView
from typing import Any
from urllib.parse import urlsplit
from zExceptions import NotFound
from zope.component import getGlobalSiteManager
from zope.interface import implementer
from zope.interface import Interface
from zope.publisher.interfaces import IPublishTraverse

import pytest
import requests


DOCUMENTS = ("oauth-authorization-server", "openid-configuration")


def root_of(site: Any) -> str:
    parts = urlsplit(site.url)
    return f"{parts.scheme}://{parts.netloc}"


def path_of(site: Any) -> str:
    return urlsplit(site.url).path


def metadata(site: Any) -> dict[str, Any]:
    return site.get(f"/.well-known/{DOCUMENTS[0]}").json()


class TestPlaces:
    @pytest.mark.parametrize("document", DOCUMENTS)
    @pytest.mark.parametrize("slash", ["", "/"])
    def test_the_metadata_is_below_the_site_and_below_the_root(
        self, site: Any, document: str, slash: str
    ) -> None:
        """AS-01, AS-02, AS-05, AS-18: one document, with exactly the issuer."""
        below = site.get(f"/.well-known/{document}{slash}")
        inserted = requests.get(
            f"{root_of(site)}/.well-known/{document}{path_of(site)}{slash}", timeout=30
        )
        for answer in (below, inserted):
            assert answer.status_code == 200, answer.text
            assert answer.headers["Content-Type"] == "application/json"
            assert answer.json() == metadata(site)
        assert metadata(site)["issuer"] == site.url

    def test_the_resource_is_described_there_too(self, site: Any) -> None:
        """PR-01, PR-02, PR-05: the resource is what the URL was built from."""
        path = "/.well-known/oauth-protected-resource"
        below = site.get(path)
        inserted = requests.get(f"{root_of(site)}{path}{path_of(site)}", timeout=30)
        assert below.json() == inserted.json()
        assert below.json()["resource"] == site.url

    @pytest.mark.parametrize(
        "part",
        ["a/b", "++api++/news", "@search", "a/@@view", "a%20b", "@@oauth2-token"],
    )
    def test_a_part_of_the_site_is_described_there_too(
        self, site: Any, part: str
    ) -> None:
        """PR-06, RI-14: the resource equals the URL that was requested."""
        path = "/.well-known/oauth-protected-resource"
        for url in (
            f"{site.url}{path}/{part}",
            f"{root_of(site)}{path}{path_of(site)}/{part}",
        ):
            answer = requests.get(url, timeout=30)
            assert answer.status_code == 200, answer.text
            assert answer.json()["resource"] == f"{site.url}/{part}"

    @pytest.mark.parametrize(
        "path",
        [
            "/.well-known",
            "/.well-known/",
            "/.well-known/security.txt",
            "/.well-known/oauth-authorization-server/more",
            "/.well-known/oauth-authorization-server/../x",
        ],
    )
    def test_no_other_path_has_a_document(self, site: Any, path: str) -> None:
        assert site.get(path).status_code == 404
        assert requests.get(root_of(site) + path, timeout=30).status_code == 404

    @pytest.mark.parametrize("path", ["", "/other", "/acl_users", "/plone/more"])
    def test_the_root_knows_only_sites(self, site: Any, path: str) -> None:
        url = f"{root_of(site)}/.well-known/oauth-authorization-server{path}"
        assert requests.get(url, timeout=30).status_code == 404

    def test_a_site_with_an_issuer_elsewhere_is_not_found_at_the_root(
        self, site: Any
    ) -> None:
        """AS-05: the issuer must be the URL that the document was found by."""
        site.plugin.issuer = "https://www.example.org"
        site.commit()
        url = f"{root_of(site)}/.well-known/oauth-authorization-server{path_of(site)}"
        assert requests.get(url, timeout=30).status_code == 404
        assert metadata(site)["issuer"] == "https://www.example.org"

    def test_a_site_without_an_issuer_has_no_metadata(self, site: Any) -> None:
        site.plugin.issuer = ""
        site.commit()
        for document in (*DOCUMENTS, "oauth-protected-resource"):
            assert site.get(f"/.well-known/{document}").status_code == 404


class OtherLayer(ITokenAuthLayer):
    """Marks requests to sites that have installed another package; it comes first."""


@implementer(IPublishTraverse)
class OtherView(BrowserView):
    """``.well-known`` of another package, which is an OpenID provider."""

    def __init__(self, context: Any, request: Any, name: str = "") -> None:
        super().__init__(context, request)
        self.name = name

    def publishTraverse(self, request: Any, name: str) -> "OtherView":
        if self.name or name not in ("openid-configuration", "security.txt"):
            raise NotFound(name)
        return OtherView(self.context, request, name)

    def __call__(self) -> str:
        return f"{self.name} of another, {self.request['URL'].rpartition('/')[2]}"


@pytest.fixture
def other(site: Any) -> Iterator[None]:
    """Another package with such a view, installed in the site."""
    manager = getGlobalSiteManager()
    required = (IPloneSiteRoot, OtherLayer)
    manager.registerAdapter(OtherView, required, Interface, ".well-known")
    register_layer(OtherLayer, "other", site.portal.getSiteManager())
    site.commit()
    yield
    manager.unregisterAdapter(OtherView, required, Interface, ".well-known")


class TestBesideAnotherProvider:
    def test_the_documents_that_it_does_not_have_are_ours(
        self, site: Any, other: None
    ) -> None:
        assert metadata(site)["issuer"] == site.url
        path = "/.well-known/oauth-protected-resource"
        assert site.get(f"{path}/news").json()["resource"] == f"{site.url}/news"
        root = requests.get(
            f"{root_of(site)}/.well-known/openid-configuration{path_of(site)}",
            timeout=30,
        )
        assert root.json() == metadata(site)

    def test_the_documents_that_we_do_not_have_are_its_own(
        self, site: Any, other: None
    ) -> None:
        answer = site.get("/.well-known/security.txt")
        assert answer.text == "security.txt of another, security.txt"
        for path in ("/.well-known/x", "/.well-known/security.txt/x"):
            assert site.get(path).status_code == 404

    def test_the_openid_provider_is_the_one_that_is_one(
        self, site: Any, other: None, sealing_key: str
    ) -> None:
        path = "/.well-known/openid-configuration"
        said = "openid-configuration of another, openid-configuration"
        assert site.get(path).text == said
        site.sync()
        site.plugin.openid_enabled = True
        site.commit()
        assert site.get(path).json() == metadata(site)

    def test_all_are_its_own_where_we_have_none(self, site: Any, other: None) -> None:
        site.plugin.issuer = ""
        site.commit()
        path = "/.well-known/openid-configuration"
        assert "of another" in site.get(path).text


class TestAccess:
    @pytest.mark.parametrize("accept", ["*/*", "application/json", "text/html"])
    def test_anybody_may_read_the_metadata(self, site: Any, accept: str) -> None:
        """AS-04, AS-20: anonymous, without cookies, for any origin, cacheable."""
        answer = site.get(
            f"/.well-known/{DOCUMENTS[0]}",
            headers={"Accept": accept, "Origin": "https://evil.example"},
        )
        assert answer.status_code == 200
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "max-age" in answer.headers["Cache-Control"]
        assert "Set-Cookie" not in answer.headers

    def test_the_metadata_of_a_private_site_is_public(self, site: Any) -> None:
        """AS-20."""
        site.portal.manage_permission("View", ["Manager"])
        site.commit()
        assert metadata(site)["issuer"] == site.url

    @pytest.mark.parametrize(
        "value",
        ["Bearer pta_x", "Bearer ptp_x", "Bearer x", "Basic !", "Basic eDp5", "x"],
    )
    @pytest.mark.parametrize("place", ["site", "root"])
    def test_credentials_do_not_matter_to_the_metadata(
        self, site: Any, place: str, value: str
    ) -> None:
        path = f"/.well-known/{DOCUMENTS[0]}"
        url = (
            site.url + path if place == "site" else root_of(site) + path + path_of(site)
        )
        answer = requests.get(url, headers={"Authorization": value}, timeout=30)
        assert answer.status_code == 200, answer.text

    @pytest.mark.parametrize("method", ["PUT", "MKCOL", "LOCK", "DELETE", "POST"])
    def test_nothing_fails_at_the_root(self, site: Any, method: str) -> None:
        url = f"{root_of(site)}/.well-known/{DOCUMENTS[0]}{path_of(site)}"
        answer = requests.request(method, url, timeout=30)
        assert answer.status_code in (404, 405), answer.text

    @pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
    def test_the_metadata_is_only_for_reading(self, site: Any, method: str) -> None:
        """AS-03."""
        answer = site.request(method, f"/.well-known/{DOCUMENTS[0]}")
        assert answer.status_code == 405, answer.text

    def test_head_has_no_body(self, site: Any) -> None:
        """AS-03."""
        answer = site.request("HEAD", f"/.well-known/{DOCUMENTS[0]}")
        assert (answer.status_code, answer.content) == (200, b"")

    @pytest.mark.parametrize("header", ["Host", "X-Forwarded-Host"])
    def test_a_forged_host_changes_nothing(self, site: Any, header: str) -> None:
        """AS-21: what is cached for one is true for all."""
        answer = site.get(
            f"/.well-known/{DOCUMENTS[0]}", headers={header: "evil.example"}
        )
        assert answer.json() == metadata(site)
        assert "evil" not in answer.text


class TestTruth:
    def test_required_members_are_there_and_none_is_empty(self, site: Any) -> None:
        """AS-04, AS-07, AS-08, AS-09, AS-10."""
        document = metadata(site)
        assert all(value not in ("", [], None) for value in document.values())
        assert document["response_types_supported"] == ["code"]
        for name in ("token", "revocation", "introspection"):
            url = urlsplit(document[f"{name}_endpoint"])
            assert not (url.query or url.fragment)
            algorithms = document[f"{name}_endpoint_auth_signing_alg_values_supported"]
            assert "none" not in algorithms
            assert "RS256" in algorithms


class TestChallenges:
    @pytest.mark.parametrize("path", ["/@users", "/++api++/@users", "/page"])
    def test_a_401_of_the_api_leads_to_the_resource(self, site: Any, path: str) -> None:
        """PR-06, PR-07, RS-07, RS-08, ZP-06: no error where there was no token."""
        site.portal.manage_permission("View", ["Manager"])
        site.portal.invokeFactory("Document", "page")
        site.commit()
        answer = site.api("GET", path)
        assert answer.status_code == 401
        check_challenge(site, answer, path)
        assert "error=" not in answer.headers["WWW-Authenticate"]

    @pytest.mark.parametrize("accept", ["*/*", "application/json", "text/html"])
    def test_the_401_of_a_refused_token_leads_to_the_resource(
        self, site: Any, accept: str
    ) -> None:
        """PR-07, RS-09, ZP-07, RS-12, RS-13: never a log-in form."""
        site.portal.invokeFactory("Document", "news")
        site.commit()
        answer = site.get("/news", "pta_x", headers={"Accept": accept})
        assert answer.status_code == 401
        check_challenge(site, answer, "/news")
        assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]

    def test_the_403_of_too_little_scope_leads_to_the_resource(self, site: Any) -> None:
        """RS-10, PR-07, RS-12, RS-13."""
        token = site.personal_access_token(scopes=("plone.read",))
        body = {"@type": "Document", "title": "No"}
        answer = site.api("POST", "", token, json=body)
        assert answer.status_code == 403
        check_challenge(site, answer, "")
        assert 'scope="plone.read plone.write"' in answer.headers["WWW-Authenticate"]

    def test_a_url_that_is_too_long_for_a_header_is_left_out(self, site: Any) -> None:
        """RS-12: proxies refuse long headers."""
        for length, is_there in ((500, True), (30_000, False)):
            answer = site.api("GET", "/@users/" + "a" * length)
            assert answer.status_code == 401
            challenge = answer.headers["WWW-Authenticate"]
            assert ("resource_metadata" in challenge) == is_there
            assert len(challenge) < 2_000

    def test_a_forged_host_is_in_no_challenge(self, site: Any) -> None:
        """AS-21."""
        answer = site.get("", "pta_x", headers={"Host": "evil.example"})
        assert "evil" not in answer.headers["WWW-Authenticate"]

    def test_a_host_that_shows_a_part_of_the_site_has_no_metadata(
        self, site: Any
    ) -> None:
        """PR-06: its URL is none below the issuer."""
        site.portal.invokeFactory("Folder", "sub")
        site.commit()
        path = f"/VirtualHostBase/http/sub.example:80{path_of(site)}/sub"
        url = f"{root_of(site)}{path}/VirtualHostRoot/"
        answer = requests.get(
            url, headers={"Authorization": "Bearer pta_x"}, timeout=30
        )
        assert answer.status_code in (401, 404)
        assert "resource_metadata" not in answer.headers.get("WWW-Authenticate", "")

    def test_without_an_issuer_there_is_no_metadata(self, site: Any) -> None:
        site.plugin.issuer = ""
        site.commit()
        answer = site.get("", "pta_x")
        assert "resource_metadata" not in answer.headers["WWW-Authenticate"]


def check_challenge(site: Any, answer: Any, path: str) -> None:
    """RS-12, RS-13: one Bearer challenge, each parameter once; its URL works."""
    value = answer.headers["WWW-Authenticate"]
    assert value.count("Bearer") == value.count("realm=") == 1
    url = value.partition('resource_metadata="')[2].partition('"')[0]
    document = requests.get(url, timeout=30).json()
    assert document["resource"] == f"{site.url}{path}"
    assert document["authorization_servers"] == [site.url]
