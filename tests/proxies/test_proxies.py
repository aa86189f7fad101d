"""The documented rules for proxies: addresses, and where programs and people arrive."""

from collections.abc import Callable
from itertools import product
from tests.proxies.conftest import Situation
from tests.proxies.conftest import SITUATIONS
from tests.proxies.webserver import NGINX
from tests.proxies.webserver import PROXIES
from tests.proxies.webserver import Proxy
from typing import Any
from urllib.parse import urlsplit

import lxml.html
import pytest
import requests


JSON = {"Accept": "application/json"}
PASSWORD = "correct-horse-battery-1"
VOLTO = SITUATIONS[-1]


def bearer(token: str, **headers: str) -> dict[str, str]:
    return {**JSON, "Authorization": f"Bearer {token}", **headers}


def log_in(session: requests.Session, base: str, user_id: str) -> requests.Response:
    """By the form of the site."""
    form = {
        "__ac_name": user_id,
        "__ac_password": PASSWORD,
        "buttons.login": "Log in",
    }
    return session.post(f"{base}/login", data=form, timeout=60)


def test_the_address_of_the_client_counts(
    public: Any, elsewhere: requests.Session
) -> None:
    """And nothing that a client says about it."""
    token = public.personal_access_token(ip_ranges="127.0.0.1")
    url = f"{public.public}/@users/owner"
    asked = requests.get(url, headers=bearer(token), timeout=30)
    assert asked.json()["id"] == "owner"
    for claim in ({}, {"X-Forwarded-For": "127.0.0.1"}):
        refused = elsewhere.get(url, headers=bearer(token, **claim), timeout=30)
        assert refused.status_code == 401
        assert "cannot be used from this address" in refused.text


def test_a_client_that_comes_by_ipv6_is_known_by_its_address(public: Any) -> None:
    url = f"{public.public}/@users/owner".replace("localhost", "[::1]")
    for address, status in (("::1", 200), ("127.0.0.1", 401)):
        token = public.personal_access_token(ip_ranges=address)
        answer = requests.get(url, headers=bearer(token), timeout=30)
        assert answer.status_code == status


def test_a_port_behind_the_address_does_not_matter(
    behind: Any, proxy: Proxy, start: Callable[..., str], elsewhere: requests.Session
) -> None:
    """Some proxies, Azure's among them, tell it."""
    root = start(proxy, "site-at-the-root", behind.url, with_port=True)
    token = behind.personal_access_token(ip_ranges="127.0.0.2")
    url = f"{root}/@users/owner"
    assert elsewhere.get(url, headers=bearer(token), timeout=30).status_code == 200
    assert requests.get(url, headers=bearer(token), timeout=30).status_code == 401


def test_the_pages_are_where_the_site_says(public: Any) -> None:
    """Who logs in by the form of the site sees them, and all links stay there."""
    public.personal_access_token("person")
    with requests.Session() as session:
        page = public.context.page_url("manage-personal-access-tokens")
        assert page.startswith(f"{public.public_pages}/@@")
        login = log_in(session, public.public_pages, "person")
        assert login.url.startswith(public.public_pages)
        shown = session.get(page, timeout=60)
        assert "A token" in shown.text
        html = lxml.html.fromstring(shown.text)
        links = [*html.xpath("//link/@href"), *html.xpath("//a/@href")]
        for url in filter(lambda each: urlsplit(each).scheme == "http", links):
            outside = ("http://plone.org", "http://www.gnu.org")
            assert url.startswith((public.public_pages, *outside)), url
        style = next(url for url in links if "tokenauth" in url and ".css" in url)
        assert session.get(style, timeout=60).status_code == 200


def test_people_are_sent_to_the_pages_and_programs_to_the_issuer(public: Any) -> None:
    place = f"{public.public}/.well-known/oauth-authorization-server"
    metadata = requests.get(place, timeout=30).json()
    assert metadata["issuer"] == public.public
    authorize = f"{public.public_pages}/@@oauth2-authorize"
    assert metadata["authorization_endpoint"] == authorize
    assert metadata["token_endpoint"] == f"{public.public}/@@oauth2-token"


def test_the_panel_warns_of_nothing_behind_a_documented_proxy(public: Any) -> None:
    """Neither of a copy nor of a proxy that is not trusted."""
    public.add_user("manager", "Manager")
    for base in {public.public, public.public_pages}:
        answer = requests.get(
            f"{base}/@@tokenauth-controlpanel",
            auth=("manager", PASSWORD),
            headers={"Accept": "text/html"},
            timeout=60,
        )
        assert answer.status_code == 200
        assert 'id="warning-copy"' not in answer.text
        assert 'id="warning-proxy"' not in answer.text


LIMITED = Situation("rate-limit", "", "")


@pytest.mark.parametrize(
    ("proxy", "situation"),
    [*product(PROXIES, SITUATIONS), (NGINX, LIMITED)],
    ids=lambda value: getattr(value, "folder", "") or value.name,
)
def test_nobody_else_says_where_the_site_is(
    proxy: Proxy, situation: Situation, start: Callable[..., str], other: int
) -> None:
    """No path leads past the rules, which Zope would believe; no line break either."""
    root = start(proxy, situation.name, f"http://127.0.0.1:{other}/Plone")
    evil = "/VirtualHostBase/https/evil.example:443/Plone/VirtualHostRoot/_vh_a"
    places = {situation.issuer, situation.pages}
    for place, path in product(places, ["/a", "/a%0Ab", "/%0A", f"{evil}%0Ab/login"]):
        answer = requests.get(f"{root}{place}{path}", timeout=30)
        assert answer.text.startswith("other /VirtualHostBase/http/localhost:")


class TestBehindVolto:
    """Volto has all URLs but those of the API and of Plone's pages."""

    @pytest.fixture
    def situation(self) -> Situation:
        return VOLTO

    def test_everything_else_is_volto(self, public: Any) -> None:
        for path in ("", "/", "/news", "/++api", "/ClassicUIfoo", "/login"):
            answer = requests.get(f"{public.public_root}{path}", timeout=30)
            assert answer.text.startswith(f"other {path or '/'}")

    def test_who_logs_in_to_volto_is_logged_in_to_the_pages(self, public: Any) -> None:
        """Its log-in sets Plone's cookie for the host, too."""
        public.personal_access_token("person")
        with requests.Session() as session:
            body = {"login": "person", "password": PASSWORD}
            login = session.post(
                f"{public.public}/@login", json=body, headers=JSON, timeout=60
            )
            assert login.status_code == 200
            page = public.context.page_url("manage-personal-access-tokens")
            shown = session.get(page, timeout=60)
            assert shown.url == page
            assert "A token" in shown.text


class TestWhatIsNotPlone:
    """Plone decides who gets it: auth_request of nginx."""

    @pytest.fixture
    def reports(self, behind: Any, start: Callable[..., str]) -> Any:
        root = start(NGINX, "check", behind.url)
        behind.portal.portal_groups.addGroup("Reports")
        behind.add_user("reader", "Manager")
        behind.portal.portal_groups.addPrincipalToGroup("reader", "Reports")
        behind.plugin.issuer = behind.public = root
        behind.commit()
        return behind

    @pytest.mark.parametrize(
        ("user_id", "status", "text"),
        [("reader", 200, "other /reports/x reader"), ("stranger", 403, "")],
    )
    def test_is_given_to_tokens_of_a_group(
        self, reports: Any, user_id: str, status: int, text: str
    ) -> None:
        token = reports.personal_access_token(user_id)
        url = f"{reports.public}/reports/x"
        answer = requests.get(url, headers=bearer(token), timeout=30)
        assert answer.status_code == status
        assert text in answer.text

    def test_is_given_to_who_is_logged_in(self, reports: Any) -> None:
        with requests.Session() as session:
            log_in(session, reports.public, "reader")
            answer = session.get(f"{reports.public}/reports/x", timeout=30)
            assert answer.text == "other /reports/x reader"

    def test_is_given_to_nobody_else(self, reports: Any) -> None:
        url = f"{reports.public}/reports/x"
        for headers in ({}, bearer("ptp_x"), {"X-Plone-User": "reader"}):
            answer = requests.get(url, headers=headers, timeout=30)
            assert answer.status_code == 401

    def test_is_not_given_after_the_token_was_revoked(self, reports: Any) -> None:
        token = reports.personal_access_token("reader")
        url = f"{reports.public}/reports/x"
        assert requests.get(url, headers=bearer(token), timeout=30).status_code == 200
        revoke = f"{reports.public}/@@oauth2-revoke"
        requests.post(revoke, data={"token": token}, timeout=30)
        assert requests.get(url, headers=bearer(token), timeout=30).status_code == 401
