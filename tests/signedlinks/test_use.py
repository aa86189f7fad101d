"""Links are used by people who have no account."""

from pas.plugins.tokenauth.permissions import CREATE_SIGNED_LINKS
from pas.plugins.tokenauth.signedlinks.service import MAX_OPENINGS
from pas.plugins.tokenauth.signedlinks.service import MAX_WRONG
from pas.plugins.tokenauth.signedlinks.service import MAX_WRONG_OF_NETWORK
from pas.plugins.tokenauth.signedlinks.service import open_link
from pas.plugins.tokenauth.signedlinks.service import TooManyTries
from pas.plugins.tokenauth.signedlinks.service import WRONG_PERIOD
from pas.plugins.tokenauth.usage.recorder import recorder
from plone import api
from Products.DCWorkflow.utils import modifyRolesForPermission
from tests.plone_fixtures import PASSWORD
from tests.signedlinks.conftest import Browser
from tests.signedlinks.conftest import CONTENT
from typing import Any

import logging
import pytest
import re
import requests
import time


#: What looks at links for somebody else: scanners of mail, previews of chats, browsers.
SCANNERS = [
    {"User-Agent": "BarracudaCentral"},
    {"User-Agent": "Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1; Trident/5.0)"},
    {"User-Agent": "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)"},
    {"User-Agent": "Mimecast URL Protect"},
    {"Sec-Purpose": "prefetch;prerender", "Purpose": "prefetch"},
]


def wrote(site: Any) -> Any:
    """The last transaction of the database."""
    return site.app._p_jar.db().lastTransaction()


def test_a_page_is_shown_at_its_own_url(
    page: Any, share: Any, browser: Browser
) -> None:
    answer = browser.open(share(page).url)
    assert answer.status_code == 303, answer.text
    assert answer.headers["Location"] == page.absolute_url()
    shown = browser.get(page.absolute_url())
    assert shown.status_code == 200
    assert "Nobody knows this number." in shown.text


def test_what_is_shown_is_kept_by_nobody(
    page: Any, share: Any, browser: Browser
) -> None:
    """SL-08: neither by caches nor by search engines; no other site learns of it."""
    link = share(page)
    browser.open(link.url)
    for url in (link.url, page.absolute_url()):
        headers = browser.get(url).headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["X-Robots-Tag"] == "noindex"


def test_a_link_moves_with_its_object(
    site: Any, page: Any, share: Any, browser: Browser
) -> None:
    link = share(page)
    moved = api.content.move(page, site.portal, "renamed")
    site.commit()
    assert browser.open(link.url).headers["Location"] == moved.absolute_url()
    assert "Nobody knows this number." in browser.get(moved.absolute_url()).text


def test_a_file_is_handed_out_at_once(file: Any, share: Any) -> None:
    """SL-09: as what it is, and as nothing that runs in a page of the site."""
    answer = requests.get(share(file).url, timeout=30)
    assert answer.status_code == 200
    assert answer.content == CONTENT
    headers = answer.headers
    assert headers["Content-Type"] == "application/pdf"
    assert headers["Content-Disposition"] == "attachment; filename*=UTF-8''figures.pdf"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"
    # It would say where the file is.
    assert "Link" not in headers


def test_a_part_of_a_file_is_handed_out(file: Any, share: Any) -> None:
    """RFC 9110 section 14."""
    answer = requests.get(share(file).url, headers={"Range": "bytes=10-19"}, timeout=30)
    assert answer.status_code == 206
    assert answer.content == CONTENT[10:20]
    assert answer.headers["Content-Range"] == f"bytes 10-19/{len(CONTENT)}"


def test_who_asks_about_a_file_gets_nothing_of_it(file: Any, share: Any) -> None:
    answer = requests.head(share(file).url, timeout=30)
    assert answer.status_code == 200
    assert answer.headers["Content-Length"] == str(len(CONTENT))
    assert answer.content == b""


@pytest.mark.parametrize("method", ["OPTIONS", "PATCH", "PROPFIND", "PUT", "DELETE"])
def test_a_link_is_nowhere_to_who_wants_anything_else(
    file: Any, share: Any, method: str
) -> None:
    """Zope fails where somebody uses the methods of WebDAV on a page."""
    url = share(file).url
    answer = requests.request(method, url, timeout=30, allow_redirects=False)
    assert 400 <= answer.status_code < 500
    assert url.rpartition("/")[2] not in answer.text


def test_a_file_can_be_shown_in_the_site(
    file: Any, share: Any, browser: Browser
) -> None:
    answer = browser.open(share(file, action="view").url)
    assert answer.headers["Location"] == f"{file.absolute_url()}/view"
    assert browser.get(f"{file.absolute_url()}/view").status_code == 200
    assert browser.get(f"{file.absolute_url()}/@@download/file").content == CONTENT


def test_a_password_is_asked_for(page: Any, share: Any, browser: Browser) -> None:
    link = share(page, password="Grüße")
    wrong = browser.open(link.url, password="Gruesse")
    assert wrong.status_code == 403
    assert "This is not the password." in wrong.text
    assert "Gruesse" not in wrong.text
    assert browser.get(page.absolute_url()).status_code == 302
    assert browser.open(link.url, password=" Grüße ").status_code == 303


def test_a_file_behind_a_password_is_handed_out_to_who_knows_it(
    file: Any, share: Any, browser: Browser
) -> None:
    link = share(file, password="secret")
    assert browser.get(link.url).content != CONTENT
    answer = browser.open(link.url, password="secret")
    assert answer.status_code == 303
    assert browser.get(answer.headers["Location"]).content == CONTENT
    assert requests.get(link.url, timeout=30).content != CONTENT


def test_nobody_guesses_a_password(
    site: Any, page: Any, share: Any, browser: Browser
) -> None:
    """SL-07: after some wrong ones, none is looked at for a while."""
    link = share(page, password="secret")
    link.credential.wrong_passwords = (time.time(), MAX_WRONG - 1)
    site.commit()
    assert browser.open(link.url, password="guess").status_code == 403
    refused = browser.open(link.url, password="secret")
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    site.sync()
    link.credential.wrong_passwords = (time.time() - 3600, MAX_WRONG)
    site.commit()
    assert browser.open(link.url, password="secret").status_code == 303


def test_who_guesses_a_password_locks_out_their_own_network_only(
    site: Any, page: Any, share: Any
) -> None:
    """SL-07: an address of IPv4, a /64 of IPv6."""
    link, now = share(page, password="secret").credential, time.time()
    for guesser, victim in (
        ("192.0.2.1", "192.0.2.2"),
        ("2001:db8::1", "2001:db8:0:1::1"),
    ):
        for _ in range(MAX_WRONG_OF_NETWORK):
            assert open_link(site.context, link, "guess", guesser, now) is None
        with pytest.raises(TooManyTries):
            open_link(site.context, link, "secret", guesser, now)
        assert open_link(site.context, link, "secret", victim, now) is not None
    with pytest.raises(TooManyTries):
        open_link(site.context, link, "secret", "2001:db8::2", now)
    later = now + WRONG_PERIOD
    assert open_link(site.context, link, "secret", "192.0.2.1", later) is not None


def test_a_link_is_not_opened_without_end_from_one_network(
    site: Any, page: Any, share: Any
) -> None:
    """Each time writes. Nobody else is kept out by it."""
    link, now = share(page).credential, time.time()
    for _ in range(MAX_OPENINGS):
        open_link(site.context, link, "", "192.0.2.1", now)
    with pytest.raises(TooManyTries):
        open_link(site.context, link, "", "192.0.2.1", now)
    assert open_link(site.context, link, "", "192.0.2.2", now) is not None
    assert open_link(site.context, link, "", "192.0.2.1", now + 60) is not None


def test_who_guesses_the_password_of_one_link_can_open_others(
    site: Any, page: Any, share: Any
) -> None:
    """SL-07."""
    link, other = (share(page, password="secret").credential for _ in range(2))
    for _ in range(MAX_WRONG_OF_NETWORK):
        open_link(site.context, link, "guess", "192.0.2.1", time.time())
    found = open_link(site.context, other, "secret", "192.0.2.1", time.time())
    assert found is not None


def test_a_link_is_used_as_often_as_it_can_be(
    site: Any, page: Any, share: Any, browser: Browser
) -> None:
    """SL-06: who has opened it goes on looking; nobody else opens it."""
    link = share(page, max_uses=2)
    assert browser.open(link.url).status_code == 303
    other = Browser()
    assert other.open(link.url).status_code == 303
    assert Browser().get(link.url).status_code == 404
    assert browser.get(page.absolute_url()).status_code == 200
    site.sync()
    assert link.credential.uses.value == 2


@pytest.mark.parametrize("kind", ["page", "file"])
def test_who_only_looks_at_a_link_uses_nothing_up(
    site: Any,
    request: Any,
    share: Any,
    kind: str,
) -> None:
    """SL-05: and opens nothing, stores nothing, and learns nothing."""
    obj = request.getfixturevalue(kind)
    link = share(obj, max_uses=1)
    before = wrote(site)
    looks = [(method, each) for method in ("HEAD", "GET", "GET") for each in SCANNERS]
    for method, headers in looks:
        answer = requests.request(method, link.url, headers=headers, timeout=30)
        assert answer.status_code == 200
        assert not answer.cookies
        assert obj.title not in answer.text
        assert answer.content != CONTENT
    recorder.flush(everything=True)
    site.sync()
    assert wrote(site) == before
    assert link.credential.uses.value == 0
    assert Browser().open(link.url).status_code == 303


def test_the_page_says_nothing_of_the_content_unless_its_owner_wants_it(
    page: Any, share: Any
) -> None:
    assert page.title not in requests.get(share(page).url, timeout=30).text
    shown = share(page, shows_title=True)
    assert page.title in requests.get(shown.url, timeout=30).text


def test_a_use_is_on_record(site: Any, page: Any, share: Any, browser: Browser) -> None:
    link = share(page)
    browser.open(link.url)
    recorder.flush(everything=True)
    site.sync()
    [entry] = site.context.storage["usage_log"].entries(link.credential.credential_id)
    assert (entry.address, entry.user_agent) == ("127.0.0.1", "A browser")


def test_each_part_of_a_file_is_a_use(site: Any, file: Any, share: Any) -> None:
    """Zope hands out the whole for ranges that it does not understand."""
    link = share(file)
    requests.head(link.url, timeout=30)
    for part in ("bytes=0-3", "bytes=5-", "bytes=00-", "items=0-5"):
        requests.get(link.url, headers={"Range": part}, timeout=30)
    recorder.flush(everything=True)
    site.sync()
    [entry] = site.context.storage["usage_log"].entries(link.credential.credential_id)
    assert entry.uses == 4


# -- the cookie --------------------------------------------------------------


def test_the_cookie_is_for_the_object_alone(
    page: Any, share: Any, browser: Browser
) -> None:
    """SL-04: no script reads it, it holds no token of a link, and ends with it."""
    answer = Browser().open(share(page, expires_at=time.time() + 100).url)
    assert 0 < int(re.findall(r"Max-Age=(\d+)", answer.headers["Set-Cookie"])[0]) <= 100
    link = share(page)
    answer = browser.open(link.url)
    [cookie] = browser.session.cookies
    assert cookie.path == "/plone/private/page"
    sent = answer.headers["Set-Cookie"]
    assert "HttpOnly" in sent and "SameSite=Lax" in sent
    assert cookie.value.startswith("ptv_")
    assert cookie.expires is not None and cookie.expires <= time.time() + 3601


def test_a_visit_ends_with_its_link(
    site: Any, page: Any, share: Any, browser: Browser
) -> None:
    """SL-03: every request is checked again."""
    link = share(page)
    browser.open(link.url)
    assert browser.get(page.absolute_url()).status_code == 200
    store = site.context.storage["signed_link"]
    store.mark_revoked(link.credential.credential_id, "editor", time.time())
    site.commit()
    assert browser.get(page.absolute_url()).status_code == 302


def test_a_visitor_changes_nothing(
    site: Any, page: Any, share: Any, browser: Browser
) -> None:
    browser.open(share(page).url)
    before = wrote(site)
    for method in ("POST", "PUT", "PATCH", "DELETE", "PROPFIND"):
        answer = browser.session.request(
            method, page.absolute_url(), timeout=30, allow_redirects=False
        )
        assert "Nobody knows this number." not in answer.text
    site.sync()
    assert wrote(site) == before


def test_a_person_stays_who_they_are(
    site: Any, page: Any, share: Any, browser: Browser
) -> None:
    """SL-10: a link never takes the place of a log-in."""
    site.add_user("member", "Member")
    browser.open(share(page).url)
    url = page.absolute_url()
    assert browser.get(url).status_code == 200
    for auth in (("member", PASSWORD), ("nobody", "wrong")):
        answer = browser.get(url, auth=auth)
        assert "Nobody knows this number." not in answer.text
    login = {
        "__ac_name": "member",
        "__ac_password": PASSWORD,
        "buttons.login": "Log in",
    }
    browser.session.post(f"{site.url}/login", data=login, timeout=30)
    assert "__ac" in browser.session.cookies
    assert "Nobody knows this number." not in browser.get(url).text


def test_who_is_logged_in_and_sees_nothing_is_told_why(
    site: Any, page: Any, file: Any, share: Any
) -> None:
    site.add_user("member", "Member")
    link = share(page)
    answer = requests.get(link.url, auth=("member", PASSWORD), timeout=30)
    assert "private window" in answer.text.replace("\n", " ")
    assert "Open the page" not in answer.text
    # A file is handed out to everybody.
    answer = requests.get(share(file).url, auth=("member", PASSWORD), timeout=30)
    assert answer.content == CONTENT


# -- links that lead nowhere -------------------------------------------------


def _revoked(site: Any, obj: Any, link: Any) -> None:
    store = site.context.storage["signed_link"]
    store.mark_revoked(link.credential_id, "editor", time.time())


def _disabled(site: Any, obj: Any, link: Any) -> None:
    link.disabled_at = time.time()


def _expired(site: Any, obj: Any, link: Any) -> None:
    link.expires_at = time.time() - 1


def _from_elsewhere(site: Any, obj: Any, link: Any) -> None:
    link.ip_ranges = "192.0.2.0/24"


def _without_object(site: Any, obj: Any, link: Any) -> None:
    api.content.delete(obj, check_linkintegrity=False)


def _without_owner(site: Any, obj: Any, link: Any) -> None:
    site.portal.acl_users.source_users.removeUser("editor")


def _of_one_who_may_not_share(site: Any, obj: Any, link: Any) -> None:
    modifyRolesForPermission(obj, CREATE_SIGNED_LINKS, ("Manager",))


def _of_one_who_does_not_see(site: Any, obj: Any, link: Any) -> None:
    obj.manage_permission("View", ["Manager", "Reader"])


def _where_readers_see_nothing(site: Any, obj: Any, link: Any) -> None:
    obj.manage_permission("View", ["Manager", "Editor"])


def _switched_off(site: Any, obj: Any, link: Any) -> None:
    site.plugin.allow_signed_links = False


def _of_another_type(site: Any, obj: Any, link: Any) -> None:
    site.plugin.signed_link_types = "Event News"


#: What is done once for all links.
OF_THE_SITE = (_switched_off, _of_another_type, _without_owner)
#: What is done to a link itself.
OF_THE_LINK = (_revoked, _disabled, _expired, _from_elsewhere)
REASONS = {
    "credential has ended": [_revoked, _expired],
    "credential is disabled": [_disabled],
    "client address is outside the IP ranges": [_from_elsewhere],
    "the object is gone": [_without_object],
    "owner is gone or locked out": [_without_owner],
    "its owner may not share the object": [
        _of_one_who_may_not_share,
        _of_one_who_does_not_see,
    ],
    "the role Reader does not see the object": [_where_readers_see_nothing],
    "links are switched off": [_switched_off],
    "links to content of this type are not allowed": [_of_another_type],
}
CASES = [(change, reason) for reason in REASONS for change in REASONS[reason]]


@pytest.mark.parametrize(
    ("change", "reason"), CASES, ids=lambda case: getattr(case, "__name__", "")
)
def test_nobody_learns_why_a_link_leads_nowhere(
    site: Any,
    page: Any,
    file: Any,
    share: Any,
    browser: Browser,
    caplog: pytest.LogCaptureFixture,
    change: Any,
    reason: str,
) -> None:
    """SL-03: one answer for every reason, which the log knows; for visits, too."""
    unknown = requests.get(f"{site.url}/@@link/ptl_unknown", timeout=30)
    assert unknown.status_code == 404
    for obj in (page, file):
        link = share(obj)
        visit = share(obj, action="view")
        browser.open(visit.url)
        url = visit_url(obj)
        assert browser.get(url).status_code == 200
        change(site, obj, link.credential)
        if change in OF_THE_LINK:
            change(site, obj, visit.credential)
        site.commit()
        with caplog.at_level(logging.WARNING, "pas.plugins.tokenauth"):
            answer = requests.get(link.url, timeout=30)
        assert (answer.status_code, answer.text) == (404, unknown.text)
        assert reason in caplog.text
        assert browser.get(url).status_code in (302, 404)
        if change in OF_THE_SITE:
            break


def visit_url(obj: Any) -> str:
    """Where an object shows itself."""
    url: str = obj.absolute_url()
    return f"{url}/view" if obj.portal_type == "File" else url


@pytest.mark.parametrize(
    "token",
    ["", "ptl_", "ptp_" + "0" * 49, "ptl_" + "0" * 49, "ptl_x/more", "%00"],
)
def test_what_is_no_link_leads_nowhere(site: Any, token: str) -> None:
    answer = requests.get(f"{site.url}/@@link/{token}", timeout=30)
    assert answer.status_code == 404


def test_tokens_of_others_open_nothing(
    site: Any, page: Any, share: Any, browser: Browser
) -> None:
    link = share(page)
    browser.open(link.url)
    [cookie] = browser.session.cookies
    assert (
        requests.get(f"{site.url}/@@link/{cookie.value}", timeout=30).status_code == 404
    )
    token = link.url.rpartition("/")[2]
    headers = {"Cookie": f"{cookie.name}={token}"}
    answer = requests.get(
        page.absolute_url(), headers=headers, timeout=30, allow_redirects=False
    )
    assert answer.status_code == 302


# -- the token ---------------------------------------------------------------


def test_the_token_acts_as_nobody(site: Any, page: Any, share: Any) -> None:
    """SL-11: it stands in URLs, which others see."""
    token = share(page).url.rpartition("/")[2]
    for path in ("", "/private/page", "/@users/editor"):
        assert site.api("GET", path, token).status_code == 401
        as_password = site.api("GET", path, auth=("editor", token))
        assert as_password.status_code == 401


def test_whoever_finds_a_link_can_end_it(site: Any, page: Any, share: Any) -> None:
    """RFC 7009: at the revocation endpoint, as any token."""
    link = share(page)
    token = link.url.rpartition("/")[2]
    data = {"token": token}
    answer = requests.post(f"{site.url}/@@oauth2-revoke", data=data, timeout=30)
    assert answer.status_code == 200
    site.sync()
    assert link.credential.revoked_at is not None


def test_the_token_stands_in_no_log(
    site: Any,
    page: Any,
    share: Any,
    browser: Browser,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """SL-12: also where the page itself fails, and the error log keeps its request."""
    from pas.plugins.tokenauth.signedlinks.pages import link as module

    def fail(*_: Any) -> None:
        raise RuntimeError("on purpose")

    link = share(page)
    token = link.url.rpartition("/")[2]
    with caplog.at_level(logging.DEBUG):
        browser.open(link.url)
        monkeypatch.setattr(module, "find_link", fail)
        assert requests.get(link.url, timeout=30).status_code == 500
    ours = [each for each in caplog.records if not each.name.startswith("urllib3")]
    assert not any(token in each.getMessage() for each in ours)
    site.sync()
    entries = site.portal.error_log.getLogEntries() + site.app.error_log.getLogEntries()
    assert "on purpose" in str(entries)
    assert token not in str(entries)
