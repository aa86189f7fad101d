"""Clients of CAS that are in use log people in, and out, as they are."""

from cas import CASClient
from collections.abc import Iterator
from pas.plugins.tokenauth import fetching
from pas.plugins.tokenauth.fetching.deliveries import Deliveries
from pas.plugins.tokenauth.fetching.interfaces import IDeliveries
from pas.plugins.tokenauth.fetching.interfaces import IFetcher
from pas.plugins.tokenauth.testing import FUNCTIONAL_TESTING
from plone.app.testing import PLONE_SITE_ID
from tests.cas.conftest import alice as alice
from tests.cas.conftest import Register
from tests.cas.conftest import register as register
from tests.cas.conftest import server as server
from tests.cas.conftest import ticket_in
from tests.clients.cas.relyingsites import RelyingSite
from tests.clients.cas.relyingsites import SITES
from tests.delegation.conftest import Browser
from tests.fetching.delivering import deliver
from typing import Any
from urllib.parse import urlsplit
from zope.component import getGlobalSiteManager
from zope.component import getUtility

import pytest
import requests


@pytest.fixture(scope="module", params=SITES)
def relying(
    keep_layers: None,
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[RelyingSite]:
    """A web site that lets people log in by CAS; its browsers share nothing."""
    start, version = SITES[request.param]
    server = f"http://{FUNCTIONAL_TESTING['host']}:{FUNCTIONAL_TESTING['port']}"
    address = f"{server}/{PLONE_SITE_ID}/@@cas"
    folder = tmp_path_factory.mktemp("relying")
    with start(address, folder, version) as site:  # type: ignore[attr-defined]
        yield site


@pytest.fixture
def deliveries(
    zope_conf: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Deliveries]:
    """Messages that are sent when the test says so."""
    fetcher = getUtility(IFetcher)
    # A thread knows nothing of the registry that tests have.
    monkeypatch.setattr(fetching.deliveries, "getUtility", lambda _interface: fetcher)
    manager, before = getGlobalSiteManager(), getUtility(IDeliveries)
    found = Deliveries(in_background=False)
    manager.registerUtility(found, IDeliveries)
    yield found
    manager.registerUtility(before, IDeliveries)


def visit(browser: Browser, site: RelyingSite) -> requests.Response:
    """Go to the page, wherever that leads."""
    answer = browser.get(site.page_url, allow_redirects=True)
    assert len(answer.history) < 10
    return answer


def user_on(answer: requests.Response) -> str:
    """Who is logged in, as the web site says."""
    shown = answer.headers.get("X-User") or answer.text
    return shown.partition("user=")[2].split(" ")[0] or shown


def test_a_person_logs_in(
    relying: RelyingSite, register: Register, alice: Browser
) -> None:
    """CP-24: with what it is told, and nothing else."""
    site = alice.site
    site.sync()
    member = site.portal.portal_membership.getMemberById("alice")
    member.setMemberProperties({"email": "alice@example.org"})
    site.commit()
    register(urls=(relying.url,), attributes=("email",))
    answer = visit(alice, relying)
    assert answer.status_code == 200, answer.text
    assert (
        urlsplit(answer.url)._replace(query="").geturl()
        == (relying.page_url.partition("?")[0])
    )
    assert user_on(answer) == "alice"
    assert ("mail=alice@example.org" in answer.text) == relying.tells_mail


def test_a_site_that_is_not_registered_gets_nobody(
    relying: RelyingSite, register: Register, alice: Browser
) -> None:
    """CP-06: its page stays closed."""
    register()
    answer = visit(alice, relying)
    assert answer.status_code == 403
    assert answer.url.startswith(f"{alice.site.url}/@@cas/login?")


def test_a_ticket_of_another_site_lets_nobody_in(
    relying: RelyingSite, register: Register, alice: Browser
) -> None:
    """CP-17; threat: one service uses its ticket at another."""
    register(urls=(relying.url,))
    register(urls=("https://other.example.org/",))
    login = f"{alice.site.url}/@@cas/login?service=https://other.example.org/"
    ticket = ticket_in(alice.get(login))
    stranger = Browser(alice.site)
    separator = "&" if "?" in relying.page_url else "?"
    answer = stranger.get(f"{relying.page_url}{separator}ticket={ticket}")
    assert user_on(answer) != "alice"
    assert "protected" not in answer.text


def test_who_logs_out_here_is_logged_out_there(
    relying: RelyingSite,
    register: Register,
    alice: Browser,
    deliveries: Deliveries,
    zope_conf: dict[str, str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """CP-20: by the message that each understands."""
    zope_conf["fetch-hosts"] = urlsplit(relying.url).netloc
    register(urls=(relying.url,))
    assert user_on(visit(alice, relying)) == "alice"
    alice.get(f"{alice.site.url}/logout")
    assert user_on(visit(alice, relying)) == "alice"  # The site has not heard of it.
    deliver(deliveries)
    answer = alice.get(relying.page_url, allow_redirects=True)
    assert ("/login" in answer.url) is relying.hears
    assert (user_on(answer) != "alice") is relying.hears
    assert "did not arrive" not in caplog.text


@pytest.mark.parametrize("version", [1, 2, "3"])
def test_python_cas_reads_what_it_is_told(
    register: Register, alice: Browser, deliveries: Deliveries, version: Any
) -> None:
    """CP-10, CP-11, CP-24: by each version."""
    register(urls=("https://app.example.org/",), attributes=("id", "roles"))
    client = CASClient(
        version=version,
        service_url="https://app.example.org/login?next=%2Fä b",
        server_url=f"{alice.site.url}/@@cas/",
    )
    ticket = ticket_in(alice.get(client.get_login_url()))
    user, attributes, _ = client.verify_ticket(ticket)
    assert user == "alice"
    if version == "3":
        assert attributes["roles"] == "Member"
    assert client.verify_ticket(ticket)[0] is None
    out = client.get_logout_url("https://app.example.org/")
    assert alice.get(out).headers["Location"] == "https://app.example.org/"
