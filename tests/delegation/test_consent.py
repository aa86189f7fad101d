"""The question whether an application may act for a person, and the answer."""

from pas.plugins.tokenauth.credentials.disabling import disable_credentials
from pas.plugins.tokenauth.credentials.passwords import react_to_password
from pas.plugins.tokenauth.credentials.service import revoke_credentials
from pas.plugins.tokenauth.delegation import endpoint
from pas.plugins.tokenauth.delegation.interfaces import ConsentItem
from pas.plugins.tokenauth.delegation.interfaces import IConsentItems
from pas.plugins.tokenauth.events import IChangedEvent
from pas.plugins.tokenauth.events import IIssuedEvent
from pas.plugins.tokenauth.events import IRefusedEvent
from pas.plugins.tokenauth.site.errors import NotAllowed
from pas.plugins.tokenauth.site.interfaces import ISiteContext
from pas.plugins.tokenauth.site.times import localized_day
from pas.plugins.tokenauth.site.timezone import site_timezone
from pas.plugins.tokenauth.site.userlimits import UserLimits
from tests.delegation.conftest import App
from tests.delegation.conftest import Browser
from tests.delegation.conftest import fields_of
from tests.delegation.conftest import parameters_of
from tests.delegation.conftest import REDIRECT_URI
from tests.delegation.conftest import STATE
from tests.plone_fixtures import PASSWORD
from typing import Any
from zope.component import getGlobalSiteManager

import pytest
import re
import time


CONSENT = "/@@oauth2-consent"


def authorizations(site: Any) -> list[Any]:
    site.sync()
    return list(site.context.storage["authorization"].all())


def check_code(answer: Any) -> str:
    assert answer.status_code == 303, answer.text
    return parameters_of(answer.headers["Location"])["code"]


def check_refused(site: Any, answer: Any, status: int = 403) -> None:
    """No redirect, and nothing recorded."""
    assert answer.status_code == status, answer.text
    assert "Location" not in answer.headers
    assert not authorizations(site)


def test_the_page_says_who_asks_for_whom_what_and_where_to(
    site: Any, browser: Any
) -> None:
    """Conformance: CO-05."""
    site.sync()
    member = site.portal.portal_membership.getMemberById("alice")
    member.setMemberProperties({"fullname": "Alice <Liddell>"})
    site.commit()
    page = browser.authorize().text
    assert "Allow Wonder &lt;App&gt; to act for you?" in page
    assert "Alice &lt;Liddell&gt;" in page
    assert "app.example.org" in page
    assert "Work on content: add, change" in page
    assert "you end it" in page
    assert "registered itself" not in page


def test_a_page_of_an_application_that_registered_itself_says_so(
    browser: Any, apps: Any
) -> None:
    """Conformance: CO-05."""
    apps.change(is_self_registered=True)
    assert "registered itself" in browser.authorize().text


def test_the_page_comes_without_anything_of_others(browser: Any) -> None:
    """Conformance: AE-29, CO-15, CO-16: not even the theme of the site."""
    answer = browser.authorize()
    page = answer.text
    assert not re.search(r'<link|<script[^>]* src=|<iframe|style="', page)
    (style,) = re.findall(r'<style nonce="([^"]+)">', page)
    (script,) = re.findall(r'<script nonce="([^"]+)">', page)
    policy = answer.headers["Content-Security-Policy"]
    assert style == script
    assert f"'nonce-{style}'" in policy
    assert "unsafe" not in policy
    assert browser.authorize().text.count(style) == 0
    # plone.protect has added nothing.
    assert page.count("_authenticator") == 1


def test_yes_is_recorded_and_answered_with_a_code(
    site: Any, browser: Any, listen: Any
) -> None:
    """Conformance: AE-09, AE-36, CO-09, CO-17, CS-74."""
    issued = listen(IIssuedEvent)
    answer = browser.answer(browser.authorize())
    assert answer.status_code == 303
    found = parameters_of(answer.headers["Location"])
    assert sorted(found) == ["code", "iss", "state"]
    assert found["state"] == STATE
    assert found["iss"] == site.url
    (recorded,) = authorizations(site)
    assert recorded.owner == "alice"
    assert recorded.client_id == "app-1"
    assert recorded.scopes == ("plone.read", "plone.write")
    assert recorded.title == "Wonder <App>"
    assert recorded.address == "127.0.0.1"
    assert recorded.expires_at is None
    (event,) = issued
    assert (event.kind, event.owner, event.requester) == (
        "authorization",
        "alice",
        "alice",
    )
    assert event.details["client_id"] == "app-1"


def test_whoever_has_said_yes_is_not_asked_again(site: Any, browser: Any) -> None:
    """Conformance: CO-01, PL-07."""
    browser.code()
    check_code(browser.authorize())
    check_code(browser.authorize(scope="plone.read"))
    assert len(authorizations(site)) == 1


def test_a_wish_for_more_is_asked_with_what_is_new(
    site: Any, browser: Any, listen: Any
) -> None:
    """Conformance: CO-10."""
    check_code(browser.answer(browser.authorize(scope="plone.read")))
    changed = listen(IChangedEvent)
    page = browser.authorize()
    assert page.text.count(">new</span>") == 1
    assert "plone.read" in page.text
    check_code(browser.answer(page))
    (recorded,) = authorizations(site)
    assert recorded.scopes == ("plone.read", "plone.write")
    assert [event.kind for event in changed] == ["authorization"]


def test_the_client_can_want_the_question(browser: Any) -> None:
    """Conformance: AE-23, CO-19."""
    browser.code()
    assert browser.authorize(prompt="consent").status_code == 200


def test_no_is_told_to_the_client_and_not_recorded(
    site: Any, browser: Any, listen: Any
) -> None:
    """Conformance: CO-08, CO-17."""
    refused = listen(IRefusedEvent)
    for answer in ("deny", "", "Allow", "x"):
        back = browser.answer(browser.authorize(), answer)
        found = parameters_of(back.headers["Location"])
        assert (found["error"], found["state"]) == ("access_denied", STATE)
    assert not authorizations(site)
    assert "has refused" in refused[0].reason
    check_code(browser.answer(browser.authorize()))


def test_a_person_can_allow_less(site: Any, browser: Any) -> None:
    """Conformance: CO-07."""
    check_code(browser.answer(browser.authorize(), scope="plone.read"))
    (recorded,) = authorizations(site)
    assert recorded.scopes == ("plone.read",)


def test_a_person_who_allows_nothing_is_asked_again(site: Any, browser: Any) -> None:
    """Conformance: CO-07."""
    again = browser.answer(browser.authorize(), scope=[])
    assert "Choose something" in again.text
    assert not authorizations(site)
    check_code(browser.answer(again))


@pytest.mark.parametrize("scope", ["plone.admin", "openid", "x", ""])
def test_nobody_gets_more_than_was_asked_for(
    site: Any, browser: Any, scope: str
) -> None:
    """Conformance: CO-02."""
    page = browser.authorize(scope="plone.read")
    check_code(browser.answer(page, scope=[scope, "plone.read", "plone.write"]))
    (recorded,) = authorizations(site)
    assert recorded.scopes == ("plone.read",)


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT"])
def test_an_answer_that_is_no_post_is_ignored(
    site: Any, browser: Any, method: str
) -> None:
    """Conformance: CO-03."""
    page = browser.authorize()
    data = {**fields_of(page.text), "scope": "plone.read", "answer": "allow"}
    url = site.url + CONSENT
    answer = browser.session.request(
        method, url, params=data, allow_redirects=False, timeout=30
    )
    check_refused(site, answer, 405)


def test_an_answer_without_an_authenticator_is_refused(site: Any, browser: Any) -> None:
    """Conformance: CO-02."""
    page = browser.authorize()
    for value in ("", "x", fields_of(page.text)["_authenticator"][::-1]):
        check_refused(site, browser.answer(page, _authenticator=value))


def test_an_answer_to_another_question_is_refused(site: Any, browser: Any) -> None:
    """Conformance: CO-02: the fields of the form are not trusted."""
    page = browser.authorize()
    sealed = fields_of(page.text)["pending"]
    for value in ("", "x", sealed[:-2] + "xx", sealed + "x"):
        check_refused(site, browser.answer(page, pending=value), 400)
    login = Browser(site).authorize().headers["Location"]
    waiting = parameters_of(parameters_of(login)["came_from"])["pending"]
    check_refused(site, browser.answer(page, pending=waiting), 400)


def test_fields_that_are_added_change_nothing(site: Any, browser: Any) -> None:
    """Conformance: CO-02."""
    page = browser.authorize()
    answer = browser.answer(
        page,
        client_id="app-2",
        redirect_uri="https://evil.example/",
        state="x",
        user="bob",
        code_challenge="x",
    )
    found = parameters_of(answer.headers["Location"])
    assert answer.headers["Location"].startswith("https://app.example.org/cb?")
    assert found["state"] == STATE
    assert authorizations(site)[0].client_id == "app-1"


def test_another_user_cannot_answer(site: Any, browser: Any) -> None:
    """Conformance: CO-02: whoever begins a flow cannot let somebody else finish it."""
    site.add_user("bob")
    page = browser.authorize()
    bob = Browser(site)
    bob.log_in("bob")
    own = bob.authorize()
    fields = fields_of(page.text)
    check_refused(site, bob.answer(own, pending=fields["pending"]))
    # Also not in the same browser, after a change of the account.
    browser.log_in("bob")
    authenticator = fields_of(browser.authorize().text)["_authenticator"]
    check_refused(site, browser.answer(page, _authenticator=authenticator))


def test_another_browser_of_the_same_user_cannot_answer(
    site: Any, browser: Any
) -> None:
    """Conformance: CO-02."""
    page = browser.authorize()
    other = Browser(site)
    other.log_in()
    check_refused(site, other.answer(page))
    other.authorize()
    check_refused(site, other.answer(page))


def test_a_log_in_by_rest_with_a_foreign_cookie_changes_no_answer(
    site: Any, browser: Any
) -> None:
    """`@login` announces the user of the cookie, whoever's password is in its body."""
    site.add_user("bob")
    page = browser.authorize()
    browser.session.post(
        f"{site.url}/@login",
        json={"login": "bob", "password": PASSWORD},
        headers={"Accept": "application/json"},
        timeout=30,
    )
    answer = browser.answer(page)
    if answer.status_code == 303:
        assert [each.owner for each in authorizations(site)] == ["alice"]
    else:
        check_refused(site, answer)


def test_somebody_who_has_logged_out_cannot_answer(site: Any, browser: Any) -> None:
    """Conformance: CO-02."""
    page = browser.authorize()
    browser.get(f"{site.url}/logout")
    check_refused(site, browser.answer(page))


def test_two_tabs_are_independent(site: Any, browser: Any) -> None:
    """Conformance: AE-27."""
    first, second = browser.authorize(), browser.authorize(client_id="app-2")
    check_code(browser.answer(first))
    check_code(browser.answer(second))
    assert {each.client_id for each in authorizations(site)} == {"app-1", "app-2"}


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"ends_at": 0}, 400),
        ({"redirect_uris": ("https://app.example.org/other",)}, 400),
        ({"scopes": frozenset({"plone.admin"})}, 303),
        ({"limits": UserLimits(groups=("authors",))}, 303),
        ({"grant_types": frozenset()}, 303),
        ({"requires_pkce": True, "is_public": False}, 303),
    ],
    ids=str,
)
def test_everything_is_checked_again_with_the_answer(
    site: Any, browser: Any, apps: Any, changes: Any, status: int
) -> None:
    """Conformance: CO-04, AE-35."""
    without = {"code_challenge": None, "code_challenge_method": None}
    if "requires_pkce" in changes:
        apps.change(is_public=False)
    page = browser.authorize(**(without if "requires_pkce" in changes else {}))
    apps.change(**changes)
    answer = browser.answer(page)
    assert answer.status_code == status
    if status == 303:
        assert "error" in parameters_of(answer.headers["Location"])
    assert not authorizations(site)


def test_the_site_s_own_application_does_not_ask(
    site: Any, browser: Any, apps: Any
) -> None:
    """Conformance: CO-01, PL-07: what it may do is recorded all the same."""
    apps.change(is_first_party=True)
    check_code(browser.authorize())
    (recorded,) = authorizations(site)
    assert recorded.scopes == ("plone.read", "plone.write")
    check_code(browser.authorize())
    assert len(authorizations(site)) == 1


def test_an_application_that_is_the_site_s_own_no_more_asks(
    browser: Any, apps: Any
) -> None:
    """Conformance: CO-01: nobody has read where its answers lead."""
    apps.change(is_first_party=True)
    check_code(browser.authorize())
    apps.change(is_first_party=False)
    check_code(browser.answer(browser.authorize()))
    check_code(browser.authorize())


@pytest.mark.parametrize(
    "changes",
    [
        {"redirect_uris": ("http://127.0.0.1/cb",)},
        {"redirect_uris": ("http://localhost/cb",)},
        {"redirect_uris": ("com.example.app:/cb",)},
        {"is_self_registered": True},
    ],
    ids=str,
)
def test_an_application_that_any_program_could_be_always_asks(
    browser: Any, apps: Any, changes: Any
) -> None:
    """Conformance: CO-01."""
    apps.change(is_first_party=True, **changes)
    (uri,) = changes.get("redirect_uris", App().redirect_uris)
    check_code(browser.answer(browser.authorize(redirect_uri=uri)))
    assert browser.authorize(redirect_uri=uri).status_code == 200


def test_an_authorization_that_has_ended_counts_for_nothing(
    site: Any, browser: Any
) -> None:
    """Conformance: CO-11."""
    browser.code()
    (recorded,) = authorizations(site)
    site.context.storage["authorization"].mark_revoked(
        recorded.credential_id, "alice", time.time()
    )
    site.commit()
    check_code(browser.answer(browser.authorize()))
    assert len(authorizations(site)) == 2


@pytest.mark.parametrize("is_first_party", [False, True])
def test_what_was_disabled_is_not_authorized_anew(
    site: Any, browser: Any, apps: Any, is_first_party: bool
) -> None:
    """Conformance: CO-11, CO-04: enabling it is up to whoever may."""
    apps.change(is_first_party=is_first_party)
    browser.code()
    question = browser.authorize(prompt="consent")
    authorizations(site)[0].disabled_at = 1.0
    site.commit()
    for answer in (
        browser.authorize(),
        browser.authorize(prompt="consent"),
        browser.answer(question),
    ):
        parameters = parameters_of(answer.headers["Location"])
        assert parameters["error"] == "access_denied"
        assert parameters["error_description"] == "The authorization is disabled"
    authorizations(site)[0].disabled_at = None
    site.commit()
    check_code(browser.authorize())
    assert len(authorizations(site)) == 1


@pytest.fixture
def withheld(site: Any, browser: Browser) -> Any:
    """An authorization of alice that an administrator has disabled."""
    browser.code()
    site.add_user("boss", "Site Administrator")
    (found,) = authorizations(site)
    disable_credentials(
        site.context, site.requester("boss"), [found.credential_id], time.time()
    )
    site.commit()
    return found


def revoke(site: Any, requester: str, found: Any) -> int:
    return revoke_credentials(
        site.context, site.requester(requester), [found.credential_id], time.time()
    )


def test_what_an_administrator_has_disabled_is_not_ended_to_authorize_it_anew(
    site: Any, browser: Browser, withheld: Any
) -> None:
    """Conformance: CO-11: threat: the owner gets by ending what they may not enable."""
    with pytest.raises(NotAllowed, match="You may not end"):
        revoke(site, "alice", withheld)
    url = f"{site.url}/@@manage-authorizations"
    assert "-revoke?id=" not in browser.get(url).text
    # Neither is it when it expires meanwhile.
    withheld.expires_at = 1.0
    site.commit()
    parameters = parameters_of(browser.authorize().headers["Location"])
    assert parameters["error_description"] == "The authorization is disabled"


def test_a_new_password_does_not_end_what_an_administrator_has_disabled(
    site: Any, withheld: Any
) -> None:
    """Conformance: CO-11: threat: its owner could authorize it anew."""
    site.plugin.authorizations_on_password_change = "end"
    react_to_password(site.context, "alice", time.time())
    assert withheld.revoked_at is None


def test_an_administrator_ends_it_and_the_person_can_allow_it_again(
    site: Any, browser: Browser, withheld: Any
) -> None:
    """Conformance: CO-11."""
    assert revoke(site, "boss", withheld) == 1
    site.commit()
    check_code(browser.answer(browser.authorize()))


def test_an_owner_ends_what_they_have_disabled_themselves(
    site: Any, browser: Browser
) -> None:
    """Conformance: CO-11."""
    browser.code()
    (found,) = authorizations(site)
    requester = site.requester("alice")
    disable_credentials(site.context, requester, [found.credential_id], time.time())
    assert revoke(site, "alice", found) == 1


def test_a_scope_that_the_application_has_lost_is_asked_for_anew(
    site: Any, browser: Any, apps: Any
) -> None:
    """Conformance: CO-12."""
    browser.code()
    apps.change(scopes=frozenset({"plone.read"}))
    page = browser.authorize()
    check_code(browser.answer(page))
    assert authorizations(site)[0].scopes == ("plone.read",)


ELSEWHERE = "https://evil.example/cb"


def test_a_yes_does_not_hold_where_the_answer_leads_elsewhere(
    site: Any, browser: Any, apps: Any
) -> None:
    """Conformance: CO-01, CO-04: who changes an application inherits no consent."""
    browser.code()
    apps.change(redirect_uris=(ELSEWHERE,))
    silent = browser.authorize(redirect_uri=ELSEWHERE, prompt="none")
    assert parameters_of(silent.headers["Location"])["error"] == "consent_required"
    page = browser.authorize(redirect_uri=ELSEWHERE)
    assert "evil.example" in page.text
    assert "you continued elsewhere then" in page.text
    check_code(browser.answer(page))
    check_code(browser.authorize(redirect_uri=ELSEWHERE))
    assert authorizations(site)[0].targets == ("app.example.org", "evil.example")


def test_a_yes_holds_for_each_place_that_the_person_has_read(
    site: Any, browser: Any, apps: Any
) -> None:
    """Conformance: CO-01: an application can have several, as here two hosts."""
    uris = (REDIRECT_URI, "https://app.example.org/other", "https://app.example.net/cb")
    apps.change(redirect_uris=uris)
    browser.code()
    check_code(browser.authorize(redirect_uri=uris[1]))
    assert (
        "you continued elsewhere then" in browser.authorize(redirect_uri=uris[2]).text
    )
    browser.code(redirect_uri=uris[2])
    for uri in uris:
        check_code(browser.authorize(redirect_uri=uri))


def test_a_yes_for_a_device_says_nothing_of_where_to(flow: Any, browser: Any) -> None:
    """Conformance: CO-01: nor does the grant for passwords; both lead nowhere."""
    flow.code(request=flow.request(redirect_uri=""))
    page = browser.authorize()
    assert "you continued elsewhere then" not in page.text
    check_code(browser.answer(page))
    check_code(browser.authorize())


@pytest.mark.parametrize(
    "is_self_registered", [False, True], ids=["native", "registered itself"]
)
def test_a_place_where_the_person_is_always_asked_is_not_kept(
    site: Any, browser: Any, apps: Any, is_self_registered: bool
) -> None:
    """Conformance: CO-01: each time a native application has another port."""
    uris = (REDIRECT_URI, "http://127.0.0.1/cb")
    apps.change(redirect_uris=uris)
    browser.code()
    apps.change(is_self_registered=is_self_registered)
    for port in (50001, 50002):
        page = browser.authorize(redirect_uri=f"http://127.0.0.1:{port}/cb")
        assert "you continued elsewhere then" not in page.text
        check_code(browser.answer(page))
    assert authorizations(site)[0].targets == ("app.example.org",)


@pytest.mark.parametrize(
    ("role", "scope", "sentence"),
    [
        ("Member", "plone.write", ""),
        ("Editor", "plone.write", ""),
        ("Manager", "plone.read", ""),
        ("Manager", "plone.write", "You are an administrator"),
        ("Site Administrator", "plone.write", "You are an administrator"),
        ("Member", "plone.admin", "could then administer this site"),
    ],
)
def test_power_over_the_site_is_warned_of(
    site: Any, apps: Any, sealing_key: str, role: str, scope: str, sentence: str
) -> None:
    """Conformance: CO-06."""
    apps.change(scopes=frozenset({"plone.read", "plone.write", "plone.admin"}))
    site.add_user("carol", role)
    carol = Browser(site)
    carol.log_in("carol")
    page = carol.authorize(scope=scope).text
    assert ('class="note"' in page) == bool(sentence)
    assert sentence in page


def test_administration_ends_by_itself(site: Any, browser: Any, apps: Any) -> None:
    """Conformance: CO-05."""
    apps.change(scopes=frozenset({"plone.admin"}))
    page = browser.authorize(scope="plone.admin")
    assert "you end it" not in page.text
    check_code(browser.answer(page, scope="plone.admin"))
    (recorded,) = authorizations(site)
    assert 179 * 86400 < recorded.expires_at - time.time() < 181 * 86400


@pytest.mark.parametrize("scope", ["plone.read", "plone.admin"])
@pytest.mark.parametrize("is_first_party", [False, True])
def test_a_later_yes_prolongs_nothing(
    site: Any, browser: Any, apps: Any, is_first_party: bool, scope: str
) -> None:
    """Conformance: CO-05: neither what administers nor what somebody has limited."""
    apps.change(
        scopes=frozenset({"plone.read", "plone.admin"}), is_first_party=is_first_party
    )
    both = ["plone.read", "plone.admin"]
    asked = browser.authorize(scope=" ".join(both), prompt="consent")
    check_code(browser.answer(asked, scope=both))
    (recorded,) = authorizations(site)
    soon = time.time() + 80 * 86400
    recorded.expires_at = soon
    site.commit()
    day = localized_day(soon, site_timezone())
    page = browser.authorize(scope=scope, prompt="consent")
    assert f">{day}</dd>" in page.text
    check_code(browser.answer(page, scope=scope))
    check_code(browser.authorize(scope=scope))
    (recorded,) = authorizations(site)
    assert recorded.scopes == ("plone.admin", "plone.read")
    assert recorded.expires_at == soon


def test_what_else_an_application_learns_is_shown_and_recorded(
    site: Any, browser: Any
) -> None:
    """Conformance: CO-01, CO-05."""

    class Items:
        def __init__(self, site: Any) -> None:
            pass

        def __call__(self, request: Any, subject: Any) -> list[ConsentItem]:
            return [
                ConsentItem(name="name", sentence="Your <name>", value="A <b> C"),
                ConsentItem(name="id", sentence="Your id", value=subject.user_id),
            ]

    browser.code()
    manager = getGlobalSiteManager()
    manager.registerAdapter(Items, (ISiteContext,), IConsentItems, "test")
    try:
        page = browser.authorize()
        assert "Your &lt;name&gt;" in page.text
        assert "A &lt;b&gt; C" in page.text
        check_code(browser.answer(page))
        check_code(browser.authorize())
    finally:
        manager.unregisterAdapter(Items, (ISiteContext,), IConsentItems, "test")
    (recorded,) = authorizations(site)
    assert recorded.claims == ("id", "name")


def test_the_answer_can_come_as_a_form(site: Any, browser: Any) -> None:
    """Conformance: AE-15."""
    page = browser.authorize(response_mode="form_post")
    answer = browser.answer(page)
    assert answer.status_code == 200
    assert 'action="https://app.example.org/cb"' in answer.text
    found = fields_of(answer.text)
    assert found["state"] == STATE
    assert found["iss"] == site.url
    assert found["code"].startswith("ptc_")
    assert "<noscript>" in answer.text
    assert "form-action" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    # Without the question, too, and for errors.
    again = browser.authorize(response_mode="form_post")
    assert fields_of(again.text)["code"].startswith("ptc_")
    wrong = browser.authorize(response_mode="form_post", scope="x")
    assert fields_of(wrong.text)["error"] == "invalid_scope"


def test_a_code_is_stored_nowhere(site: Any, browser: Any, caplog: Any) -> None:
    """Conformance: AE-31, PK-10."""
    code = browser.code()
    site.sync()
    storage = site.app._p_jar.db().storage
    records = b"".join(record.data for txn in storage.iterator() for record in txn)
    assert b"app-1" in records
    assert code.encode() not in records
    assert code not in caplog.text
    assert "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM" not in caplog.text


def test_the_cookie_of_the_browser_is_for_the_server_alone(browser: Any) -> None:
    """Conformance: PL-04."""
    cookie = browser.authorize().headers["Set-Cookie"]
    assert cookie.startswith("tokenauth_browser=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_nothing_but_ours_is_stored_by_a_get(
    site: Any, browser: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Conformance: PL-07: plone.protect takes back what somebody else writes."""
    browser.code()

    def writing(*arguments: Any) -> Any:
        request = arguments[0]
        request.site.portal.description = "written"
        return before(*arguments)

    before = endpoint.must_ask
    with monkeypatch.context() as patched:
        patched.setattr(endpoint, "must_ask", writing)
        browser.authorize()
    site.sync()
    assert site.portal.description != "written"
    check_code(browser.authorize())
