"""Views that ask for a partner, and URLs that the site signs for one."""

from collections.abc import Iterator
from pas.plugins.tokenauth.partners.api import require_partner
from pas.plugins.tokenauth.partners.api import sign_url
from pas.plugins.tokenauth.usage.recorder import recorder
from plone.base.interfaces import IPloneSiteRoot
from Products.Five.browser import BrowserView
from ska.shortcuts import sign_url as ska_sign_url
from ska.shortcuts import validate_signed_request_data
from tests.partners.registering import HASHES
from tests.partners.registering import Register
from tests.partners.registering import Ska
from typing import Any
from urllib.parse import parse_qsl
from urllib.parse import urlsplit
from zope.component import getGlobalSiteManager
from zope.interface import Interface
from zope.publisher.interfaces.browser import IDefaultBrowserLayer

import pytest
import requests
import time


SHOP = "https://shop.example.org/sso/"


@pytest.fixture
def view(site: Any) -> Iterator[Any]:
    """A view of an add-on that only a partner may call; the id is set later."""

    class Orders(BrowserView):
        """Orders of whoever the partner says."""

        partner_id = ""
        #: Whether it stores something itself.
        writes = False

        def __call__(self) -> str:
            signed = require_partner(self.request, self.partner_id)
            if self.writes:
                self.context.description = "written"
            return f"orders of {signed.user} {dict(signed.extras)}"

    manager = getGlobalSiteManager()
    required = (IPloneSiteRoot, IDefaultBrowserLayer)
    manager.registerAdapter(Orders, required, Interface, "orders")
    yield Orders
    manager.unregisterAdapter(Orders, required, Interface, "orders")


def get(url: str) -> requests.Response:
    return requests.get(url, timeout=30, allow_redirects=False)


def test_a_view_is_called_by_its_partner_once(
    site: Any, view: Any, register: Register
) -> None:
    """Conformance: SK-16."""
    ska = register(purpose="views", extras=("since",))
    view.partner_id = ska.id
    url = ska.sign("joe", url=f"{site.url}/@@orders", since="2030")
    assert get(url).text == "orders of joe {'since': '2030'}"
    assert get(url).status_code == 403
    recorder.flush(everything=True)
    site.sync()
    (entry,) = site.context.storage["usage_log"].entries(ska.id)
    assert entry.subject == "joe"


def test_a_view_is_closed_to_everybody_else(
    site: Any, view: Any, register: Register, caplog: pytest.LogCaptureFixture
) -> None:
    """Conformance: SK-09, SK-16."""
    ska, login = register(purpose="views"), register()
    other = register(purpose="views", title="Other")
    view.partner_id = ska.id
    url = f"{site.url}/@@orders"
    for signed in (
        url,
        other.sign(url=url),
        login.sign(url=url),
        f"{url}?{'a=1&' * 60}",
    ):
        answer = get(signed)
        assert answer.status_code == 403
        assert answer.json()["error"] == "invalid_signature"
        assert answer.headers["Cache-Control"] == "no-store"
    signed = ska.sign(url=url)
    assert requests.post(signed, timeout=30).status_code == 403
    assert get(f"{signed}&auth_user=eve").status_code == 403
    view.partner_id = login.id
    assert get(login.sign(url=url)).status_code == 403
    view.partner_id = "nobody"
    assert get(ska.sign(url=url)).status_code == 403
    assert {each.levelname for each in caplog.records} == {"WARNING"}


def test_a_look_at_a_view_uses_nothing_up(
    site: Any, view: Any, register: Register
) -> None:
    """HEAD asks what GET would say."""
    ska = register(purpose="views")
    view.partner_id = ska.id
    url = ska.sign(url=f"{site.url}/@@orders")
    assert requests.head(url, timeout=30).status_code == 200
    assert get(url).status_code == 200


def test_without_its_sealing_key_no_view_is_called(
    site: Any, view: Any, register: Register, zope_conf: dict[str, str]
) -> None:
    """Conformance: SK-15."""
    ska = register(purpose="views")
    view.partner_id = ska.id
    zope_conf.clear()
    assert get(ska.sign(url=f"{site.url}/@@orders")).status_code == 403


@pytest.mark.parametrize("algorithm", sorted(HASHES))
def test_ska_itself_accepts_what_the_site_signs(
    site: Any, register: Register, algorithm: str
) -> None:
    """Conformance: SK-17."""
    names = ("email", "company")
    ska = register(purpose="outgoing", algorithm=algorithm, extras=names, urls=(SHOP,))
    values = {"email": "jane@example.org", "company": "Müller & Söhne"}
    url = sign_url(ska.id, f"{SHOP}enter?a=1", "jane", **values)
    assert url.startswith(f"{SHOP}enter?a=1&signature=")
    data = dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))
    accepts = HASHES[algorithm]
    result = validate_signed_request_data(
        data=data, secret_key=ska.secret, signature_cls=accepts
    )
    assert result.result, list(result.reason)
    eve = validate_signed_request_data(
        data={**data, "auth_user": "eve"}, secret_key=ska.secret, signature_cls=accepts
    )
    assert not eve.result


def test_what_the_site_signs_is_what_ska_would(site: Any, register: Register) -> None:
    """Conformance: SK-17: to the last byte."""
    ska = register(purpose="outgoing", extras=("q",), urls=(SHOP,))
    at = float(int(time.time()))
    ours = sign_url(ska.id, SHOP, "jane", 300, at, q="ä/ ~")

    assert ours == ska_sign_url(
        auth_user="jane",
        secret_key=ska.secret,
        valid_until=at + 300,
        url=SHOP,
        extra={"q": "ä/ ~"},
        signature_cls=ska.hash,
    )


@pytest.mark.parametrize(
    "change",
    [
        {"url": "https://evil.org/"},
        {"url": f"{SHOP}../evil"},
        {"user": "a%20b"},
        {"user": ""},
        {"lifetime": 601},
        {"lifetime": 0},
        {"q": "a&b=c"},
        {"more": "x"},
        {"partner_id": "nobody"},
    ],
)
def test_what_cannot_be_signed_is_a_clear_error(
    site: Any, register: Register, change: dict[str, Any]
) -> None:
    """Conformance: SK-05, SK-17."""
    ska = register(purpose="outgoing", extras=("q",), urls=(SHOP,))
    values = {"partner_id": ska.id, "url": SHOP, "user": "jane", "q": "1"}
    assert sign_url(**values)
    with pytest.raises(ValueError):
        sign_url(**{**values, **change})


def test_nothing_is_signed_for_a_partner_that_logs_people_in(
    site: Any, register: Register
) -> None:
    """Conformance: SK-09."""
    ska: Ska = register()
    with pytest.raises(ValueError):
        sign_url(ska.id, SHOP, "jane")
