"""``@@partner-login``: partners whose ska signs, and people who come from there."""

from html import unescape
from pas.plugins.tokenauth.events import IRefusedEvent
from pas.plugins.tokenauth.partners.events import IBeforePartnerLogInEvent
from pas.plugins.tokenauth.partners.events import IPartnerLogInEvent
from pas.plugins.tokenauth.partners.events import LogInVetoed
from pas.plugins.tokenauth.usage.recorder import recorder
from Products.PluggableAuthService.interfaces.events import IUserLoggedInEvent
from Products.PluggableAuthService.interfaces.plugins import IRolesPlugin
from Products.PluggableAuthService.interfaces.plugins import IUserEnumerationPlugin
from Products.PluggableAuthService.plugins.BasePlugin import BasePlugin
from tests.delegation.conftest import Browser
from tests.delegation.conftest import fields_of
from tests.partners.registering import Register
from tests.site.sources import info
from tests.site.sources import Source
from typing import Any
from zope.component import getGlobalSiteManager
from zope.interface import implementer

import pytest
import re
import requests
import time


def is_logged_in(browser: Browser) -> bool:
    return bool(browser.session.cookies.get("__ac"))


def come(browser: Browser, url: str) -> requests.Response:
    return browser.session.get(url, timeout=30, allow_redirects=False)


def say_yes(
    browser: Browser, page: requests.Response, **changed: str
) -> requests.Response:
    action = re.search(r'<form action="([^"]*)"', page.text)
    assert action, page.text
    return browser.session.post(
        unescape(action[1]),
        data={**fields_of(page.text), **changed},
        timeout=30,
        allow_redirects=False,
    )


def log_in(browser: Browser, url: str) -> requests.Response:
    page = come(browser, url)
    assert page.status_code == 200, page.text
    return say_yes(browser, page)


def test_a_person_is_logged_in_by_the_partner_whom_they_come_from(
    site: Any, browser: Browser, register: Register, listen: Any
) -> None:
    """Conformance: SK-10."""
    events = listen(IPartnerLogInEvent)
    logins = listen(IUserLoggedInEvent)
    ska = register()
    page = come(browser, ska.sign())
    assert "Intranet" in page.text and "jane" in page.text
    assert not is_logged_in(browser)
    answer = say_yes(browser, page)
    assert answer.status_code == 303, answer.text
    assert answer.headers["Location"] == site.url
    assert "jane" in come(browser, f"{site.url}/@@personal-information").text
    assert [each.principal.getId() for each in logins] == ["jane"]
    (event,) = events
    assert (event.credential_id, event.user_id, event.is_new) == (ska.id, "jane", False)


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "sha384", "sha512"])
def test_a_partner_uses_the_hash_that_it_is_registered_with(
    browser: Browser, register: Register, algorithm: str
) -> None:
    """Conformance: SK-01."""
    ska = register(algorithm=algorithm)
    assert log_in(browser, ska.sign()).status_code == 303


def test_sha_1_is_accepted_from_no_partner_that_can_do_better(
    browser: Browser, register: Register
) -> None:
    """Conformance: SK-01."""
    ska, other = register(), register(algorithm="sha1")
    ska.hash = other.hash
    assert come(browser, ska.sign()).status_code == 403


def test_a_signature_logs_in_once(
    browser: Browser, other_browser: Browser, register: Register
) -> None:
    """Conformance: SK-07."""
    url = register().sign()
    first, second = come(browser, url), come(other_browser, url)
    assert say_yes(browser, first).status_code == 303
    assert say_yes(other_browser, second).status_code == 403
    assert come(other_browser, url).status_code == 200
    assert not is_logged_in(other_browser)


def test_a_used_signature_is_not_good_in_another_spelling(
    browser: Browser, other_browser: Browser, register: Register
) -> None:
    """Conformance: SK-07: what counts is what is signed."""
    url = register().sign()
    assert log_in(browser, url).status_code == 303
    query = url.partition("?")[2]
    for other in (
        f"{query}&unsigned=1",
        "&".join(reversed(query.split("&"))),
        query.replace("auth_user=jane", "auth_user=%6aane"),
    ):
        page = come(other_browser, f"{url.partition('?')[0]}?{other}")
        assert say_yes(other_browser, page).status_code == 403


def test_who_only_looks_uses_nothing_up(browser: Browser, register: Register) -> None:
    """Scanners of mail and previews follow every link."""
    url = register().sign()
    assert requests.head(url, timeout=30).status_code == 405
    assert requests.get(url, timeout=30).status_code == 200
    assert log_in(browser, url).status_code == 303


def test_nobody_is_logged_in_by_what_another_browser_was_asked(
    browser: Browser, other_browser: Browser, register: Register
) -> None:
    """Conformance: SK-08: log-in CSRF, with a page of the attacker's own."""
    page = come(other_browser, register().sign())
    assert say_yes(browser, page).status_code == 403
    come(browser, register().sign())
    assert say_yes(browser, page).status_code == 403
    assert not is_logged_in(browser)


def test_a_signature_for_one_partner_is_none_for_another(
    browser: Browser, register: Register
) -> None:
    """Conformance: SK-09."""
    ska, other = register(), register(title="Other")
    url = ska.sign().replace(ska.id, other.id)
    assert come(browser, url).status_code == 403
    page = come(browser, ska.sign())
    moved = page.text.replace(ska.id, other.id)
    page._content = moved.encode()
    assert say_yes(browser, page).status_code == 403


@pytest.mark.parametrize("purpose", ["views", "outgoing"])
def test_a_secret_for_something_else_logs_nobody_in(
    site: Any, browser: Browser, register: Register, purpose: str
) -> None:
    """Conformance: SK-09: what the site signs for others is not for itself."""
    urls = ("https://shop.example.org/",) if purpose == "outgoing" else ()
    ska = register(purpose=purpose, urls=urls)
    url = f"{site.url}/@@partner-login/{ska.id}"
    assert come(browser, ska.sign(url=url)).status_code == 403


@pytest.mark.parametrize(
    "change",
    [
        lambda url: url.replace("auth_user=jane", "auth_user=boss"),
        lambda url: url.replace("signature=", "signature=A"),
        lambda url: re.sub(r"valid_until=\d", "valid_until=9", url),
        lambda url: url.replace("&extra=", "&extra=role&role=Manager"),
        lambda url: url + "&auth_user=boss",
        lambda url: url + "&%FF=1",
        lambda url: url + "&a=1" * 60,
        lambda url: url.partition("?")[0],
        lambda url: url.replace("/partner-", "/partner-x"),
        lambda url: url.replace("@@partner-login/partner-", "@@partner-login/a/b-"),
        lambda url: re.sub(r"/partner-\w+", "", url),
    ],
)
def test_what_was_changed_or_damaged_is_refused_with_a_page(
    site: Any, browser: Browser, register: Register, change: Any
) -> None:
    """Conformance: SK-04: never a 500, and no reason for whoever tries."""
    site.add_user("boss", "Manager")
    answer = come(browser, change(register().sign()))
    assert answer.status_code in (403, 404), answer.text
    assert "Invalid signature" not in answer.text
    assert not is_logged_in(browser)


@pytest.mark.parametrize("lifetime", [-1, 3600])
def test_a_signature_of_another_time_is_refused(
    browser: Browser, register: Register, lifetime: int
) -> None:
    """Conformance: SK-06."""
    assert come(browser, register().sign(lifetime=lifetime)).status_code == 403


def test_an_administrator_is_logged_in_only_if_named(
    site: Any, browser: Browser, register: Register
) -> None:
    """Conformance: SK-11."""
    site.add_user("boss", "Manager")
    assert come(browser, register().sign("boss")).status_code == 403
    assert log_in(browser, register(users=("boss",)).sign("boss")).status_code == 303


def test_nobody_is_logged_in_whom_plone_takes_for_somebody_else(
    site: Any, browser: Browser, register: Register, source: Source
) -> None:
    """Conformance: SK-11: PAS believes the first source, whomever it answers with."""
    site.add_user("JANE", "Manager")
    source.answer = (info("JANE"),)
    site.portal.acl_users.plugins.movePluginsTop(IUserEnumerationPlugin, ["source"])
    site.commit()
    assert log_in(browser, register().sign("jane")).status_code == 403
    assert not is_logged_in(browser)


def test_a_partner_is_for_some_users_and_groups(
    site: Any, browser: Browser, register: Register
) -> None:
    """Conformance: SK-11."""
    site.add_user("joe", "Member")
    site.portal.portal_groups.addGroup("staff")
    site.portal.acl_users.source_groups.addPrincipalToGroup("jane", "staff")
    site.commit()
    assert come(browser, register(groups=("staff",)).sign("joe")).status_code == 403
    assert come(browser, register(groups=("staff",)).sign()).status_code == 200
    assert come(browser, register(users=("joe",)).sign()).status_code == 403
    assert come(browser, register(users=("joe",)).sign("joe")).status_code == 200
    assert come(browser, register().sign("nobody")).status_code == 403


def test_whom_nobody_knows_gets_an_account_as_a_member(
    site: Any, browser: Browser, register: Register, listen: Any
) -> None:
    """Conformance: SK-12: no extra is a role."""
    events = listen(IPartnerLogInEvent)
    extras = ("email", "first_name", "last_name", "roles")
    ska = register(extras=extras, creates_users=True)
    url = ska.sign(
        "joe",
        email="joe@example.org",
        first_name="Joe",
        last_name="Dö",
        roles="Manager",
    )
    page = come(browser, url)
    assert "Joe Dö" in page.text and "You have no account" in page.text
    site.sync()
    assert site.context.users.get("joe") is None
    assert say_yes(browser, page).status_code == 303
    site.sync()
    member = site.portal.portal_membership.getMemberById("joe")
    assert member.getProperty("fullname") == "Joe Dö"
    assert member.getProperty("email") == "joe@example.org"
    assert set(member.getRoles()) == {"Member", "Authenticated"}
    assert [each.is_new for each in events] == [True]


@pytest.mark.parametrize(
    "user, email", [("joe", "no address"), ("a b/c", "joe@example.org")]
)
def test_an_account_that_cannot_be_made_is_a_page(
    site: Any, browser: Browser, register: Register, user: str, email: str
) -> None:
    """Conformance: SK-12: nothing is stored then."""
    ska = register(extras=("email",), creates_users=True)
    answer = log_in(browser, ska.sign(user, email=email))
    assert answer.status_code == 403, answer.text
    assert "No account can be created" in answer.text
    site.sync()
    assert site.context.users.get(user) is None


def test_an_account_is_made_only_for_whom_the_partner_may_log_in(
    site: Any, browser: Browser, register: Register
) -> None:
    """Conformance: SK-11, SK-12."""
    site.add_user("bob", "Member")
    limited = register(users=("bob",), extras=("email",), creates_users=True)
    answer = log_in(browser, limited.sign("eve", email="eve@example.org"))
    assert answer.status_code == 403
    assert not is_logged_in(browser)
    site.sync()
    assert site.context.users.get("eve") is None
    answer = log_in(browser, limited.sign("bob", email="bob@example.org"))
    assert answer.status_code == 303


def test_no_account_is_made_that_inherits_the_roles_of_an_administrator(
    site: Any, browser: Browser, register: Register
) -> None:
    """Conformance: SK-11, SK-12: Plone keeps the roles of who is deleted."""
    site.add_user("boss", "Manager")
    site.portal.acl_users.userFolderDelUsers(["boss"])
    site.commit()
    ska = register(extras=("email",), creates_users=True)
    answer = log_in(browser, ska.sign("boss", email="boss@example.org"))
    assert answer.status_code == 403
    assert "No account can be created" not in answer.text
    assert not is_logged_in(browser)
    site.sync()
    assert site.context.users.get("boss") is None


@implementer(IRolesPlugin)
class RolesFail(BasePlugin):
    """A source of roles that does not answer."""

    def getRolesForPrincipal(self, *_: Any) -> Any:
        raise KeyError("roles")


def test_no_account_is_made_while_nobody_knows_what_it_may(
    site: Any, browser: Browser, register: Register
) -> None:
    """Conformance: SK-12: nothing is stored then."""
    ska = register(extras=("email",), creates_users=True)
    page = come(browser, ska.sign("joe", email="joe@example.org"))
    acl_users = site.portal.acl_users
    acl_users._setObject("fails", RolesFail())
    acl_users.plugins.activatePlugin(IRolesPlugin, "fails")
    site.commit()
    assert say_yes(browser, page).status_code == 503
    assert not is_logged_in(browser)
    site.sync()
    assert site.context.users.get("joe") is None


def test_an_account_has_its_name_in_the_spelling_of_the_site(
    site: Any, browser: Browser, register: Register
) -> None:
    """Conformance: SK-12: as where people log in by their e-mail addresses."""
    site.portal.acl_users.login_transform = "lower"
    site.commit()
    ska = register(extras=("email",), creates_users=True)
    answer = log_in(browser, ska.sign("Joe@Example.org", email="joe@example.org"))
    assert answer.status_code == 303, answer.text
    assert is_logged_in(browser)
    site.sync()
    assert site.context.users.get("joe@example.org") is not None


def test_no_account_is_made_with_the_name_of_a_group(
    site: Any, browser: Browser, register: Register
) -> None:
    """Conformance: SK-12: in no spelling that the site takes for the same."""
    site.portal.acl_users.login_transform = "lower"
    site.portal.portal_groups.addGroup("staff")
    site.commit()
    ska = register(extras=("email",), creates_users=True)
    answer = log_in(browser, ska.sign("Staff", email="joe@example.org"))
    assert answer.status_code == 403, answer.text
    assert "No account can be created" in answer.text


def test_a_subscriber_can_keep_somebody_out(
    site: Any, browser: Browser, register: Register
) -> None:
    """Conformance: SK-13."""
    seen = []

    def veto(event: Any) -> None:
        seen.append((event.login, event.user_id, dict(event.extras)))
        raise LogInVetoed("Not today.")

    manager = getGlobalSiteManager()
    manager.registerHandler(veto, (IBeforePartnerLogInEvent,))
    try:
        answer = log_in(browser, register(extras=("why",)).sign(why="so"))
    finally:
        manager.unregisterHandler(veto, (IBeforePartnerLogInEvent,))
    assert answer.status_code == 403
    assert "Not today." in answer.text
    assert seen == [("jane", "jane", {"why": "so"})]
    assert not is_logged_in(browser)


@pytest.mark.parametrize(
    "landing, path, to",
    [
        ("", None, ""),
        ("/members", None, "/members"),
        ("/members", "/front-page?x=1", "/front-page?x=1"),
        ("/members", "//evil.org/", "//evil.org/"),
        ("/members", "https://evil.org/", "/members"),
        ("/members", "/../../evil", "/members"),
        ("/members", "@evil.org", "/members"),
        ("", "/\\evil.org", ""),
    ],
)
def test_people_get_to_a_place_of_this_site(
    site: Any,
    browser: Browser,
    register: Register,
    landing: str,
    path: str | None,
    to: str,
) -> None:
    """Conformance: SK-14: whatever is signed."""
    if path is None:
        ska, extra = register(landing=landing), {}
    else:
        ska, extra = register(landing=landing, extras=("next",)), {"next": path}
    answer = log_in(browser, ska.sign(**extra))
    assert answer.headers["Location"] == f"{site.url}{to}"


def test_who_is_logged_in_already_goes_on(
    site: Any, browser: Browser, register: Register
) -> None:
    """Nothing would change, so nothing is asked and nothing is used up."""
    browser.log_in("jane")
    ska = register(landing="/news")
    for _time in range(2):
        answer = come(browser, ska.sign())
        assert (answer.status_code, answer.headers["Location"]) == (
            303,
            f"{site.url}/news",
        )


def test_somebody_else_who_is_logged_in_reads_so(
    site: Any, browser: Browser, register: Register
) -> None:
    """Who is logged in there afterwards is no surprise."""
    site.add_user("joe", "Member")
    browser.log_in("joe")
    page = come(browser, register().sign())
    assert "You are logged in as joe." in page.text
    assert say_yes(browser, page).status_code == 303
    assert "jane" in come(browser, f"{site.url}/@@personal-information").text


def test_a_log_in_stands_in_the_usage_log(
    site: Any, browser: Browser, register: Register
) -> None:
    """Which partner has logged whom in, and from where."""
    ska = register()
    log_in(browser, ska.sign())
    recorder.flush(everything=True)
    site.sync()
    (entry,) = site.context.storage["usage_log"].entries(ska.id)
    assert (entry.subject, entry.address) == ("jane", "127.0.0.1")


def test_partners_that_are_off_or_have_ended_log_nobody_in(
    site: Any, browser: Browser, register: Register
) -> None:
    """In force at once."""
    elsewhere = register(ip_ranges="192.0.2.0/24")
    ska, ended = register(), register()
    ended.partner.expires_at = time.time() - 1
    site.commit()
    assert come(browser, ended.sign()).status_code == 403
    assert come(browser, elsewhere.sign()).status_code == 403
    page = come(browser, ska.sign())
    site.plugin.partners_enabled = False
    site.commit()
    assert say_yes(browser, page).status_code == 403
    assert come(browser, ska.sign()).status_code == 403


def test_without_its_sealing_key_nobody_is_logged_in(
    site: Any, browser: Browser, register: Register, zope_conf: dict[str, str]
) -> None:
    """Conformance: SK-15."""
    url = register().sign()
    zope_conf.clear()
    answer = come(browser, url)
    assert answer.status_code == 503
    assert "sealing" not in answer.text


@pytest.mark.parametrize("query", ["%ff", "auth_user=jane"])
def test_nobody_chooses_whose_refusal_stands_in_the_records(
    site: Any,
    browser: Browser,
    key_id: str,
    listen: Any,
    caplog: pytest.LogCaptureFixture,
    query: str,
) -> None:
    """Conformance: SK-04: partners are off, and the address is anybody's."""
    refusals = listen(IRefusedEvent)
    for name in (key_id, "a%0Ab"):
        url = f"{site.url}/@@partner-login/{name}"
        assert come(browser, f"{url}?{query}").status_code == 403
        answer = browser.session.post(url, data={"pending": "x"}, timeout=30)
        assert answer.status_code == 403
    assert {each.credential_id for each in refusals} == {""}
    assert not [each for each in caplog.messages if "\n" in each]


def test_an_answer_at_another_address_is_that_of_the_partner_who_asked(
    site: Any, browser: Browser, register: Register, key_id: str, listen: Any
) -> None:
    """Conformance: SK-04."""
    refusals = listen(IRefusedEvent)
    ska = register()
    page = come(browser, ska.sign())
    page._content = page.text.replace(ska.id, key_id).encode()
    assert say_yes(browser, page).status_code == 403
    assert [each.credential_id for each in refusals] == [ska.id]


def test_the_records_tell_who_has_only_named_a_partner(
    browser: Browser, other_browser: Browser, register: Register, listen: Any
) -> None:
    """Threat: anybody can name one, and must not push out that a link came twice."""
    ska = register()
    url = ska.sign()
    assert log_in(browser, url).status_code == 303
    refusals = listen(IRefusedEvent)
    assert come(browser, f"{url}x").status_code == 403
    assert say_yes(other_browser, come(other_browser, url)).status_code == 403
    assert [each.credential_id for each in refusals] == [ska.id, ska.id]
    assert [each.only_named for each in refusals] == [True, False]


def test_neither_secret_nor_signature_is_in_database_or_log(
    site: Any, browser: Browser, register: Register, caplog: pytest.LogCaptureFixture
) -> None:
    """Conformance: SK-15."""
    ska = register()
    url = ska.sign()
    log_in(browser, url)
    come(browser, url)
    come(browser, ska.sign("nobody"))
    site.sync()
    storage = site.app._p_jar.db().storage
    records = b"".join(record.data for txn in storage.iterator() for record in txn)
    signature = dict(part.split("=", 1) for part in url.split("?")[1].split("&"))
    assert ska.id.encode() in records
    assert ska.secret.encode() not in records
    for text in (ska.secret, signature["signature"]):
        assert text not in caplog.text
    assert ska.secret not in repr(ska.partner.secrets)
