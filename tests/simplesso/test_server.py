"""``@@simple-sso/``: request tokens, log-in, and who it was."""

from pas.plugins.tokenauth.sealing.keyring import make_key
from pas.plugins.tokenauth.simplesso.protocol import sign_url_safe
from tests.delegation.conftest import Browser
from tests.simplesso.conftest import Consumer
from tests.simplesso.conftest import Register
from tests.simplesso.conftest import SHOP
from typing import Any
from urllib.parse import parse_qs
from urllib.parse import unquote
from urllib.parse import urlsplit

import base64
import json
import pytest
import requests
import time


JANE = {
    "username": "jane",
    "email": "j@example.org",
    "first_name": "Jane van",
    "last_name": "Roe",
    "is_staff": False,
    "is_superuser": False,
    "is_active": True,
}


def go(browser: Browser, url: str) -> requests.Response:
    return browser.session.get(url, timeout=30, allow_redirects=False)


def access_token(answer: requests.Response) -> str:
    """The access token in a redirect to a consumer, whose signature is on it."""
    assert answer.status_code == 303, answer.text
    location = answer.headers["Location"]
    assert location.startswith(f"{SHOP}authenticate/?next=%2F&access_token=")
    signed = parse_qs(urlsplit(location).query)["access_token"][0]
    payload = signed.split(".")[0]
    padding = "=" * (-len(payload) % 4)
    return json.loads(base64.urlsafe_b64decode(payload + padding))


def logged_in(browser: Browser, consumer: Consumer) -> str:
    """Log somebody in, as far as to the access token."""
    browser.log_in("jane")
    return access_token(go(browser, consumer.authorize_url(consumer.request_token())))


def test_a_person_logs_in_by_way_of_the_log_in_of_the_site(
    site: Any, browser: Browser, register: Register
) -> None:
    """Conformance: SS-03."""
    consumer = register()
    asked = go(browser, consumer.authorize_url(consumer.request_token()))
    assert asked.headers["Location"].startswith(f"{site.url}/login?came_from=")
    came_from = unquote(asked.headers["Location"].partition("came_from=")[2])
    answer = browser.log_in("jane", came_from)
    assert answer.headers["Location"] == came_from
    token = access_token(go(browser, came_from))
    assert consumer.opened(consumer.ask("verify", access_token=token)) == JANE
    site.sync()
    (entry,) = site.context.storage["usage_log"].entries(consumer.public_key)
    assert entry.subject == "jane"


def test_who_is_logged_in_goes_straight_back(
    browser: Browser, register: Register
) -> None:
    """Conformance: SS-03."""
    consumer = register()
    answer = consumer.ask(
        "verify", access_token=logged_in(browser, consumer), extra_data=["groups"]
    )
    assert consumer.opened(answer) == {**JANE, "extra_data": {}}


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/",
        "https://shop.example.org.evil.example/client/",
        "https://shop.example.org/clientele/",
        f"{SHOP}../evil",
        f"{SHOP}a\r\nb",
        "javascript:alert(1)",
        "",
    ],
)
def test_people_are_sent_back_to_registered_places_only(
    register: Register, url: str
) -> None:
    """Conformance: SS-04."""
    answer = register().ask("request-token", redirect_to=url)
    assert (answer.status_code, answer.text) == (403, "redirect_to is not registered")


def test_a_place_that_was_taken_away_is_none_any_more(
    site: Any, browser: Browser, register: Register
) -> None:
    """Conformance: SS-04."""
    consumer = register()
    token = consumer.request_token()
    site.sync()
    consumer.credential.urls = ("https://other.example.org/",)
    site.commit()
    browser.log_in("jane")
    assert go(browser, consumer.authorize_url(token)).status_code == 403


def test_a_request_token_logs_in_once(
    browser: Browser, other_browser: Browser, register: Register
) -> None:
    """Conformance: SS-05."""
    consumer = register()
    url = consumer.authorize_url(consumer.request_token())
    browser.log_in("jane")
    other_browser.log_in("jane")
    assert access_token(go(browser, url))
    for each in (browser, other_browser):
        assert go(each, url).status_code == 403


def test_an_access_token_tells_once_who_it_was(
    browser: Browser, register: Register
) -> None:
    """Conformance: SS-05: what is kept is what was signed, not how it is spelled."""
    consumer = register()
    token = logged_in(browser, consumer)
    assert consumer.ask("verify", access_token=token).status_code == 200
    for again in (token, f"{token}=", f" {token}"):
        answer = consumer.ask("verify", access_token=again)
        assert (answer.status_code, answer.text) == (403, "Token not found")


def test_what_was_begun_in_one_browser_is_finished_in_no_other(
    browser: Browser, other_browser: Browser, register: Register
) -> None:
    """Conformance: SS-06."""
    consumer = register()
    url = consumer.authorize_url(consumer.request_token())
    asked = go(other_browser, url)
    came_from = unquote(asked.headers["Location"].partition("came_from=")[2])
    browser.log_in("jane")
    assert go(browser, came_from).status_code == 403


def test_one_consumer_learns_nothing_with_the_token_of_another(
    browser: Browser, register: Register
) -> None:
    """Conformance: SS-07."""
    consumer, other = register(), register(title="Other")
    token = logged_in(browser, consumer)
    assert other.ask("verify", access_token=token).status_code == 403


def test_a_token_is_none_of_the_other_sort(
    browser: Browser, register: Register
) -> None:
    """Conformance: SS-07."""
    consumer = register()
    request_token = consumer.request_token()
    assert consumer.ask("verify", access_token=request_token).status_code == 403
    token = logged_in(browser, consumer)
    assert go(browser, consumer.authorize_url(token)).status_code == 403


def test_a_consumer_is_for_some_people(
    site: Any, browser: Browser, register: Register
) -> None:
    """Conformance: SS-08: also between log-in and question."""
    site.add_user("joe", "Member")
    mine, theirs = register(users=("jane",)), register(users=("joe",))
    token = logged_in(browser, mine)
    refused = go(browser, theirs.authorize_url(theirs.request_token()))
    assert refused.status_code == 403 and "Shop" in refused.text
    site.sync()
    mine.credential.users = ("joe",)
    site.commit()
    answer = mine.ask("verify", access_token=token)
    assert (answer.status_code, answer.text) == (403, "Access denied")


def test_a_user_who_is_gone_is_nobody(
    site: Any, browser: Browser, register: Register
) -> None:
    """Conformance: SS-08."""
    consumer = register()
    token = logged_in(browser, consumer)
    site.sync()
    site.portal.acl_users.source_users.removeUser("jane")
    site.commit()
    assert consumer.ask("verify", access_token=token).status_code == 403


@pytest.mark.parametrize("path", ["request-token", "verify"])
def test_what_is_wrong_is_said_as_the_protocol_does_and_is_no_500(
    register: Register, path: str
) -> None:
    """Conformance: SS-09."""
    consumer, now = register(), time.time()
    key = "X-Services-Public-Key"
    good = consumer.signed({"redirect_to": SHOP, "access_token": "x"})

    def post(body: str, **headers: str) -> tuple[int, str]:
        answer = consumer.post(path, body, **headers)
        return answer.status_code, answer.text

    assert post(good, **{key: ""}) == (400, "No public key")
    assert post(good, **{key: "nobody"}) == (400, "Invalid public key")
    assert post(consumer.signed({}, now - 60)) == (400, "Signature expired")
    assert post(consumer.signed({}, now + 60)) == (400, "Signature expired")
    for bad in ("", "{}", good + "=", good[:-2], "\udcff", "x" * 20_000):
        body = bad.encode("utf-8", "surrogateescape").decode("latin-1")
        assert post(body) == (400, "Bad Signature")
    url_form = sign_url_safe("tok", consumer.private_key.encode(), now)
    assert post(url_form) == (400, "Bad Signature")
    for value in ({}, [1], "x", {"redirect_to": 5, "access_token": []}):
        assert post(consumer.signed(value)) == (400, "Failed to process the request")
    answer = requests.get(f"{consumer.server_url}{path}/", timeout=30)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")


@pytest.mark.parametrize(
    "path, status",
    [
        ("", 404),
        ("other/", 404),
        ("authorize/more/", 404),
        ("authorize/", 403),
        ("authorize/?token=x", 403),
        ("authorize/?token=%C3%BC", 403),
        ("authorize/?token=%ff", 400),
        ("authorize/?pending=x", 400),
    ],
)
def test_whoever_comes_with_nothing_reads_a_page(
    browser: Browser, register: Register, path: str, status: int
) -> None:
    """Conformance: SS-09."""
    answer = go(browser, f"{register().server_url}{path}")
    assert answer.status_code == status


def test_a_consumer_that_has_ended_or_asks_from_elsewhere_gets_nothing(
    site: Any, browser: Browser, register: Register
) -> None:
    """Conformance: SS-08: in force at once."""
    elsewhere = register(ip_ranges="192.0.2.0/24")
    answer = elsewhere.ask("request-token", redirect_to=SHOP)
    assert (answer.status_code, "IP ranges" in answer.text) == (403, True)
    consumer = register()
    token = consumer.request_token()
    site.sync()
    consumer.credential.expires_at = time.time() - 1
    site.commit()
    browser.log_in("jane")
    assert go(browser, consumer.authorize_url(token)).status_code == 403
    assert consumer.ask("request-token", redirect_to=SHOP).text == "Invalid public key"


def test_it_is_off_unless_it_is_switched_on_and_has_its_key(
    site: Any, register: Register, zope_conf: dict[str, str]
) -> None:
    """Conformance: SS-10."""
    consumer = register()
    zope_conf.clear()
    assert consumer.ask("request-token", redirect_to=SHOP).status_code == 503
    site.sync()
    site.plugin.simple_sso_enabled = False
    site.commit()
    for path in ("request-token", "verify", "authorize"):
        assert consumer.ask(path).status_code in (404, 405)


@pytest.mark.parametrize("other", [True, False])
def test_while_the_sealing_key_is_gone_nobody_gets_in_and_nothing_is_used_up(
    browser: Browser, register: Register, zope_conf: dict[str, str], other: bool
) -> None:
    """Conformance: SS-10, OD-12, OD-13."""
    consumer = register()
    url = consumer.authorize_url(consumer.request_token())
    browser.log_in("jane")
    key = zope_conf.pop("sealing-key")
    if other:
        zope_conf["sealing-key"] = make_key()
    assert go(browser, url).status_code == 503
    assert consumer.ask("request-token", redirect_to=SHOP).status_code == 503
    zope_conf["sealing-key"] = key
    assert "access_token=" in go(browser, url).headers["Location"]


def test_neither_key_nor_token_is_in_database_or_log(
    site: Any, browser: Browser, register: Register, caplog: pytest.LogCaptureFixture
) -> None:
    """Conformance: SS-10."""
    consumer = register()
    request_token = consumer.request_token()
    token = logged_in(browser, consumer)
    go(browser, consumer.authorize_url("x" + request_token))
    site.sync()
    storage = site.app._p_jar.db().storage
    records = b"".join(record.data for txn in storage.iterator() for record in txn)
    assert consumer.public_key.encode() in records
    for secret in (consumer.private_key, request_token, token):
        assert secret.encode() not in records
        assert secret not in caplog.text
