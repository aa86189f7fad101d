"""``@@oauth2-authorize``: which requests are granted, and how others are answered."""

from html import unescape
from pas.plugins.tokenauth.events import IRefusedEvent
from pas.plugins.tokenauth.signin.pending import LIFETIME
from pas.plugins.tokenauth.signin.pending import seal_pending
from pas.plugins.tokenauth.site.userlimits import UserLimits
from plone.app.testing import SITE_OWNER_NAME
from plone.app.testing import SITE_OWNER_PASSWORD
from tests.delegation.conftest import Browser
from tests.delegation.conftest import CHALLENGE
from tests.delegation.conftest import fields_of
from tests.delegation.conftest import parameters_of
from tests.delegation.conftest import Redeem
from tests.delegation.conftest import REDIRECT_URI
from tests.delegation.conftest import STATE
from tests.plone_fixtures import PASSWORD
from typing import Any
from urllib.parse import urlencode
from urllib.parse import urlsplit

import json
import pytest
import re
import requests
import time


AUTHORIZE = "/@@oauth2-authorize"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def check_redirected(answer: requests.Response, error: str, state: str = STATE) -> str:
    """The description of an error that went to the client, exactly as it must."""
    assert answer.status_code == 303, answer.text
    location = answer.headers["Location"]
    assert location.startswith(f"{REDIRECT_URI}?")
    found = parameters_of(location)
    assert found.pop("error") == error
    description = found.pop("error_description")
    assert found.pop("iss").startswith("http://localhost")
    assert found == ({"state": state} if state else {})
    return description


def check_page(answer: requests.Response, status: int = 400) -> str:
    """The text of a page that answers a request nobody may be redirected for."""
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "Location" not in answer.headers
    assert "Set-Cookie" not in answer.headers
    return answer.text


def stored(site: Any) -> Any:
    """What tells that something was stored."""
    return site.app._p_jar.db().lastTransaction()


# -- what only a page can answer -----------------------------------------------


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"client_id": None}, "client_id"),
        ({"client_id": ""}, "client_id"),
        ({"client_id": "app-3"}, "client_id"),
        ({"client_id": "APP-1"}, "client_id"),
        ({"client_id": "app-1 "}, "client_id"),
        ({"redirect_uri": "https://evil.example/"}, "redirect_uri"),
        ({"redirect_uri": f"{REDIRECT_URI}/"}, "redirect_uri"),
        ({"redirect_uri": f"{REDIRECT_URI}?x=1"}, "redirect_uri"),
        ({"redirect_uri": "javascript:alert(1)//"}, "redirect_uri"),
        ({"state": "x" * 4200}, "too large"),
        ({"foo": "x" * 6000}, "cannot be read"),
        ({"foo": "\0"}, "cannot be read"),
    ],
)
def test_an_unknown_client_or_place_is_answered_by_a_page(
    site: Any, browser: Any, changes: Any, word: str
) -> None:
    """Conformance: AE-03, AE-04, AE-10, CS-30, CS-42, CS-45."""
    before = stored(site)
    page = check_page(browser.authorize(**changes))
    assert word in page
    assert "evil.example" not in page
    assert stored(site) == before


@pytest.mark.parametrize("uri", [None, ""])
def test_of_several_places_none_is_guessed(browser: Any, apps: Any, uri: Any) -> None:
    """Conformance: AE-03, AE-04, CS-42."""
    apps.change(redirect_uris=(REDIRECT_URI, "https://app.example.org/other"))
    assert "redirect_uri" in check_page(browser.authorize(redirect_uri=uri))


@pytest.mark.parametrize("uri", [None, ""])
@pytest.mark.parametrize("named", [None, REDIRECT_URI])
def test_the_only_place_that_is_registered_need_not_be_named(
    browser: Any, redeem: Redeem, uri: Any, named: str | None
) -> None:
    """Conformance: AE-04: Go's x/oauth2 and requests-oauthlib, unless they are told."""
    answer = redeem(browser.code(redirect_uri=uri), redirect_uri=named)
    assert answer.json()["token_type"] == "Bearer"


@pytest.mark.parametrize("error", ["response_type", "scope", "code_challenge", "state"])
def test_no_error_is_sent_to_a_place_that_is_not_registered(
    browser: Any, error: str
) -> None:
    """Conformance: AE-03: with whatever else is wrong."""
    wrong = {error: "\u00e9", "redirect_uri": "https://evil.example/"}
    check_page(browser.authorize(**wrong, prompt="none"))


@pytest.mark.parametrize("name", ["client_id", "redirect_uri"])
def test_a_client_that_is_named_twice_is_answered_by_a_page(
    browser: Any, name: str
) -> None:
    """Conformance: AE-12."""
    for value in ("app-1", REDIRECT_URI, ""):
        url = browser.url() + "&" + urlencode({name: value})
        assert "twice" in check_page(browser.get(url))


def test_a_disabled_application_is_answered_by_a_page(browser: Any, apps: Any) -> None:
    """Conformance: AE-03."""
    apps.change(ends_at=time.time() - 1)
    check_page(browser.authorize())


def test_a_service_key_is_no_application(site: Any, browser: Any) -> None:
    """Conformance: AE-03."""
    key = site.issue("owner")["client_id"]
    check_page(browser.authorize(client_id=key))


def test_a_query_that_is_no_utf_8_is_answered_by_a_page(browser: Any) -> None:
    """Conformance: AE-03."""
    check_page(browser.get(browser.url() + "&state=%ff"))


@pytest.mark.parametrize("method", ["HEAD", "PUT", "DELETE", "PATCH"])
def test_other_methods_are_not_allowed(browser: Any, method: str) -> None:
    """Conformance: AE-01."""
    answer = browser.session.request(method, browser.url(), allow_redirects=False)
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, POST"


@pytest.mark.parametrize(
    "content_type", ["application/json", "multipart/form-data", ""]
)
def test_a_body_that_is_no_form_is_answered_by_a_page(
    browser: Any, content_type: str
) -> None:
    """Conformance: AE-01."""
    headers = {"Content-Type": content_type}
    check_page(browser.post(browser.site.url + AUTHORIZE, b"{}", headers=headers))


# -- errors that go to the client ----------------------------------------------


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        # AE-14
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "id_token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"response_type": "none"}, "unsupported_response_type"),
        ({"response_type": "CODE"}, "unsupported_response_type"),
        # AE-15
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"response_mode": "jwt"}, "invalid_request"),
        ({"response_mode": "web_message"}, "invalid_request"),
        # AE-16
        ({"request": "x"}, "request_not_supported"),
        ({"request_uri": "https://a.example/"}, "request_uri_not_supported"),
        ({"registration": "{}"}, "registration_not_supported"),
        # AE-17, AE-18
        ({"scope": "openid"}, "invalid_scope"),
        ({"scope": "plone.admin"}, "invalid_scope"),
        ({"scope": "a  b"}, "invalid_scope"),
        ({"scope": " plone.read"}, "invalid_scope"),
        ({"scope": 'pl"one'}, "invalid_scope"),
        # PK-01, PK-03, PK-04
        ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
        ({"code_challenge": "", "code_challenge_method": ""}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": "s256"}, "invalid_request"),
        ({"code_challenge": CHALLENGE + "="}, "invalid_request"),
        ({"code_challenge": CHALLENGE[:-1]}, "invalid_request"),
        ({"code_challenge": CHALLENGE + "x"}, "invalid_request"),
        ({"code_challenge": CHALLENGE[:-1] + "+"}, "invalid_request"),
        ({"code_challenge": CHALLENGE[:-1] + "\u00e9"}, "invalid_request"),
        # AE-24, AE-25: where no sessions are kept
        ({"prompt": "none login"}, "invalid_request"),
        ({"prompt": "none consent"}, "invalid_request"),
        ({"prompt": "login"}, "login_required"),
        ({"prompt": "login consent"}, "login_required"),
        ({"max_age": "0"}, "login_required"),
        ({"max_age": "3600"}, "login_required"),
        ({"max_age": "-1"}, "invalid_request"),
        ({"max_age": "x"}, "invalid_request"),
        ({"max_age": "9" * 11}, "invalid_request"),
        ({"max_age": "\u0661"}, "invalid_request"),
        # RI-01
        ({"resource": "https://other.example/"}, "invalid_target"),
        ({"resource": "x"}, "invalid_target"),
    ],
    ids=str,
)
def test_a_wrong_request_goes_back_to_the_client(
    site: Any, browser: Any, changes: Any, error: str
) -> None:
    """Conformance: AE-09, AE-12, AE-14, AE-15, AE-16, AE-17, AE-18, AE-24, PK-01,
    PK-03, PK-04, RI-01, CS-02, CS-33, CS-34, CS-36.
    """
    before = stored(site)
    description = check_redirected(browser.authorize(**changes), error)
    assert description
    assert CHALLENGE not in description
    assert stored(site) == before


@pytest.mark.parametrize("name", ["scope", "state", "code_challenge", "foo", "nonce"])
def test_a_repeated_parameter_goes_back_to_the_client(browser: Any, name: str) -> None:
    """Conformance: AE-12."""
    url = browser.url(**{name: "a"}) + "&" + urlencode({name: ""})
    state = "" if name == "state" else STATE
    check_redirected(browser.get(url), "invalid_request", state)


def test_the_first_check_that_fails_decides(browser: Any) -> None:
    """Conformance: AE-03: the order that makes every answer the same each time."""
    wrong: dict[str, Any] = {
        "request": "x",
        "response_type": "token",
        "response_mode": "fragment",
        "code_challenge": "x",
        "scope": "x",
        "resource": "x",
        "max_age": "x",
    }
    errors = []
    for name, right in (
        ("request", None),
        ("response_type", "code"),
        ("response_mode", None),
        ("code_challenge", CHALLENGE),
        ("scope", "plone.read"),
        ("resource", None),
        ("max_age", None),
    ):
        found = parameters_of(browser.authorize(**wrong).headers["Location"])
        errors.append(found["error"])
        wrong[name] = right
    assert errors == [
        "request_not_supported",
        "unsupported_response_type",
        "invalid_request",
        "invalid_request",
        "invalid_scope",
        "invalid_target",
        "invalid_request",
    ]


def test_a_client_without_the_grant_is_refused(browser: Any, apps: Any) -> None:
    """Conformance: TE-17."""
    apps.change(grant_types=frozenset())
    check_redirected(browser.authorize(), "unauthorized_client")


def test_a_confidential_client_may_do_without_pkce_unless_it_must(
    browser: Any, apps: Any
) -> None:
    """Conformance: PK-02."""
    without = {"code_challenge": None, "code_challenge_method": None}
    apps.change(is_public=False)
    assert browser.authorize(**without).status_code == 200
    apps.change(requires_pkce=True)
    check_redirected(browser.authorize(**without), "invalid_request")


def test_a_request_without_state_is_answered_without_one(browser: Any) -> None:
    """Conformance: AE-11."""
    check_redirected(browser.authorize(state=None, scope="x"), "invalid_scope", "")
    check_redirected(browser.authorize(state="", scope="x"), "invalid_scope", "")


@pytest.mark.parametrize("state", ["6+/=%\u00e9&#", "x" * 2000, " ", "a\tb", "%2B"])
def test_state_comes_back_as_it_was(browser: Any, state: str) -> None:
    """Conformance: AE-10."""
    check_redirected(browser.authorize(state=state, scope="x"), "invalid_scope", state)


def test_the_query_of_a_registered_uri_stays(browser: Any, apps: Any) -> None:
    """Conformance: AE-08, CS-43."""
    uri = f"{REDIRECT_URI}?a=%7e&b"
    apps.change(redirect_uris=(uri,))
    location = browser.authorize(redirect_uri=uri, scope="x").headers["Location"]
    assert location.startswith(f"{uri}&error=invalid_scope&")


@pytest.mark.parametrize(
    "parameters",
    [
        {"display": "page"},
        {"display": "popup"},
        {"ui_locales": "xx de"},
        {"claims_locales": "de"},
        {"acr_values": "1"},
        {"login_hint": "bob"},
        {"nonce": "x"},
        {"extra": "foobar"},
        {"scope:list": "x"},
        {"scope:method": "x"},
        {":method": "manage_main"},
        {"prompt": "bogus"},
    ],
    ids=str,
)
def test_parameters_that_mean_nothing_here_are_ignored(
    browser: Any, parameters: dict[str, str]
) -> None:
    """Conformance: AE-13, AE-20, AE-24, CS-15, CS-16, CS-22, CS-24, CS-25, CS-26,
    CS-27.
    """
    assert browser.authorize(**parameters).status_code == 200


def test_the_order_of_parameters_and_scopes_means_nothing(browser: Any) -> None:
    """Conformance: AE-13, CS-14."""
    place, _, query = browser.url(scope="plone.write plone.read").partition("?")
    reordered = "&".join(reversed(query.split("&")))
    assert browser.answer(browser.get(f"{place}?{reordered}")).status_code == 303


def test_the_page_speaks_the_language_that_the_client_names(browser: Any) -> None:
    """Conformance: AE-20, CO-15."""
    page = browser.authorize(ui_locales="xx fr-CH de").text
    assert 'lang="fr"' in page
    assert 'lang="en"' in browser.authorize(ui_locales="xx").text


def test_what_a_client_cannot_have_is_left_out(browser: Any) -> None:
    """Conformance: AE-18."""
    page = browser.authorize(scope="plone.read plone.admin openid").text
    assert fields_of(page)["scope"] == "plone.read"


def test_a_request_without_scope_gets_the_default_one(browser: Any, apps: Any) -> None:
    """Conformance: AE-17."""
    page = browser.authorize(scope=None)
    assert fields_of(page.text)["scope"] == "plone.read"
    apps.change(default_scopes=frozenset())
    check_redirected(browser.authorize(scope=None), "invalid_scope")


def test_a_site_without_administration_grants_none(
    site: Any, browser: Any, apps: Any
) -> None:
    """Conformance: AE-18."""
    apps.change(scopes=frozenset({"plone.admin", "plone.write"}))
    assert "Administer" in browser.authorize(scope="plone.admin").text
    site.plugin.allow_admin_scopes = False
    site.commit()
    check_redirected(browser.authorize(scope="plone.admin"), "invalid_scope")


@pytest.mark.parametrize("rest", ["", "/", "/news", "/news?x=1"])
def test_the_site_is_a_resource_with_all_that_is_in_it(browser: Any, rest: str) -> None:
    """Conformance: RI-04, RI-08."""
    resource = browser.site.url + rest
    url = browser.url(resource=resource) + "&" + urlencode({"resource": resource})
    assert browser.get(url).status_code == 200


@pytest.mark.parametrize("rest", ["x", "#", "/..", "\\", "@evil"])
def test_what_only_begins_like_the_site_is_no_resource(browser: Any, rest: str) -> None:
    """Conformance: RI-04."""
    answer = browser.authorize(resource=browser.site.url + rest)
    check_redirected(answer, "invalid_target")


# -- the person ----------------------------------------------------------------


def test_who_is_not_logged_in_logs_in_and_comes_back(site: Any, stranger: Any) -> None:
    """Conformance: AE-26, PL-08."""
    site.add_user("alice")
    before = stored(site)
    answer = stranger.authorize()
    assert (answer.status_code, answer.cookies.get_dict()) == (303, {})
    login = urlsplit(answer.headers["Location"])
    assert f"{login.scheme}://{login.netloc}{login.path}" == f"{site.url}/login"
    came_from = parameters_of(answer.headers["Location"])["came_from"]
    assert came_from.startswith(f"{site.url}{AUTHORIZE}?pending=")
    assert "app-1" not in came_from
    assert stored(site) == before

    # A wrong password on the way changes nothing.
    form = stranger.get(answer.headers["Location"])
    assert "came_from" in form.text
    back = stranger.log_in("alice", came_from)
    assert back.headers["Location"] == came_from
    page = stranger.get(came_from)
    found = parameters_of(stranger.answer(page).headers["Location"])
    assert found["state"] == STATE
    assert found["code"].startswith("ptc_")


def test_who_mistypes_the_password_comes_back_all_the_same(
    site: Any, stranger: Any
) -> None:
    """Conformance: PL-08."""
    site.add_user("alice")
    login = stranger.authorize().headers["Location"]
    came_from = parameters_of(login)["came_from"]
    again = stranger.post(
        f"{site.url}/login",
        {
            "__ac_name": "alice",
            "__ac_password": "wrong",
            "came_from": came_from,
            "buttons.login": "Log in",
        },
    )
    assert again.status_code == 200
    assert came_from.replace("&", "&amp;") in again.text
    assert stranger.log_in("alice", came_from).headers["Location"] == came_from


def test_a_post_from_another_site_finds_the_session_again(browser: Any) -> None:
    """Conformance: AE-01, AE-02, PL-09, CS-31.

    The cookie of the session is not sent along.
    """
    parameters = urlsplit(browser.url()).query
    url = browser.site.url + AUTHORIZE
    for session in (requests, browser.session):
        answer = session.post(
            url, data=parameters, headers=FORM, allow_redirects=False, timeout=30
        )
        assert answer.status_code == 303
        own = answer.headers["Location"]
        assert own.startswith(f"{url}?pending=")
        assert browser.get(own).status_code == 200


def test_the_session_of_plone_is_its_own_affair(site: Any, stranger: Any) -> None:
    """Conformance: PL-01: no cookie of it is sent along by other sites."""
    site.add_user("alice")
    came_from = parameters_of(stranger.authorize().headers["Location"])["came_from"]
    cookies = stranger.log_in("alice", came_from).raw.headers.getlist("Set-Cookie")
    (session,) = [each for each in cookies if each.startswith("__ac=")]
    assert "SameSite=Lax" in session


def test_two_requests_wait_for_one_log_in(site: Any, stranger: Any) -> None:
    """Conformance: AE-27."""
    site.add_user("alice")
    waiting = [
        parameters_of(stranger.authorize(client_id=name).headers["Location"])[
            "came_from"
        ]
        for name in ("app-1", "app-2")
    ]
    stranger.log_in("alice")
    for url in waiting:
        answer = stranger.answer(stranger.get(url))
        assert "code" in parameters_of(answer.headers["Location"])


def test_a_request_does_not_wait_for_ever(site: Any, browser: Any) -> None:
    """Conformance: AE-26."""
    raw = json.dumps([urlsplit(browser.url()).query, None, "", False])
    purpose = "authorization request"
    url = f"{site.url}{AUTHORIZE}?pending="
    now = time.time()
    for sealed in (
        seal_pending(site.context, purpose, raw, now - LIFETIME),
        seal_pending(site.context, "consent", raw, now),
        seal_pending(site.context, purpose, raw, now)[:-1] + "x",
        "x",
        "\u00e9",
    ):
        check_page(browser.get(url + sealed))
    sealed = seal_pending(site.context, purpose, raw, now - LIFETIME + 60)
    assert browser.get(url + sealed).status_code == 200


def test_what_waits_is_checked_again(site: Any, stranger: Any, apps: Any) -> None:
    """Conformance: CO-04."""
    site.add_user("alice")
    login = stranger.authorize().headers["Location"]
    came_from = parameters_of(login)["came_from"]
    stranger.log_in("alice")
    apps.change(redirect_uris=("https://app.example.org/other",))
    check_page(stranger.get(came_from))


def test_a_silent_request_never_shows_a_page(
    site: Any, browser: Any, stranger: Any, apps: Any
) -> None:
    """Conformance: AE-21, CS-18."""
    answer = stranger.authorize(prompt="none")
    check_redirected(answer, "login_required")
    answer = browser.authorize(prompt="none")
    check_redirected(answer, "consent_required")
    browser.code()
    found = parameters_of(browser.authorize(prompt="none").headers["Location"])
    assert "code" in found


def test_a_silent_request_of_somebody_else_goes_back_to_the_client(
    stranger: Any,
) -> None:
    """Conformance: AE-21, AE-33."""
    cookie_of_root(stranger)
    check_redirected(stranger.authorize(prompt="none"), "login_required")


def cookie_of_root(stranger: Browser) -> None:
    """Log in as a user of the Zope root, by the form of the site."""
    answer = stranger.post(
        f"{stranger.site.url}/login",
        {
            "__ac_name": SITE_OWNER_NAME,
            "__ac_password": SITE_OWNER_PASSWORD,
            "buttons.login": "Log in",
        },
    )
    assert answer.status_code == 302


def test_a_user_of_the_zope_root_reads_why_not(stranger: Any) -> None:
    """Conformance: AE-33."""
    cookie_of_root(stranger)
    page = check_page(stranger.authorize(), 403)
    assert "does not belong to this site" in page
    assert "error=access_denied" in page
    assert "iss=" in page


def test_the_person_takes_an_error_along_as_the_client_wants_it(
    stranger: Any,
) -> None:
    """Conformance: AE-15: by a form, and not in the URL."""
    cookie_of_root(stranger)
    page = check_page(stranger.authorize(response_mode="form_post"), 403)
    assert f'action="{REDIRECT_URI}"' in page
    assert f"{REDIRECT_URI}?" not in page
    found = fields_of(page)
    assert found["error"] == "access_denied"
    assert (found["state"], found["iss"]) == (STATE, stranger.site.url)


def test_a_user_who_was_deleted_is_not_logged_in(site: Any, browser: Any) -> None:
    """Conformance: AE-33."""
    site.portal.acl_users.userFolderDelUsers(["alice"])
    site.commit()
    assert browser.authorize().status_code == 303


def test_a_token_or_a_password_authorizes_nothing(site: Any, stranger: Any) -> None:
    """Conformance: AE-32, PL-06."""
    site.add_user("alice")
    token = site.personal_access_token("owner", scopes=("plone.admin",))
    before = stored(site)
    for header in (f"Bearer {token}", f"token {token}", "Bearer x", "DPoP x"):
        answer = stranger.get(stranger.url(), headers={"Authorization": header})
        check_page(answer, 403)
    answer = requests.get(
        stranger.url(), auth=("alice", PASSWORD), allow_redirects=False, timeout=30
    )
    check_page(answer, 403)
    assert stored(site) == before


def test_a_client_for_some_groups_is_refused_to_others(
    browser: Any, apps: Any, listen: Any
) -> None:
    """Conformance: AE-34, AE-35."""
    apps.change(limits=UserLimits(groups=("authors",)))
    refused = listen(IRefusedEvent)
    check_redirected(browser.authorize(), "access_denied")
    (event,) = refused
    assert event.credential_id == "app-1"
    assert "not for this user" in event.reason.lower()


def test_the_records_tell_who_has_only_named_a_client(
    browser: Any, apps: Any, redeem: Any, listen: Any
) -> None:
    """Threat: anybody can name one, and must not push out what others have done."""
    refused = listen(IRefusedEvent)
    check_redirected(browser.authorize(response_type="x"), "unsupported_response_type")
    redeem("unknown")
    apps.change(is_public=False)
    redeem("unknown", client_secret="s3cret")
    assert [event.credential_id for event in refused] == ["app-1"] * 3
    assert [event.only_named for event in refused] == [True, True, False]


def test_who_lacks_the_permission_is_refused(site: Any, browser: Any) -> None:
    """Conformance: AE-33."""
    site.portal.manage_permission(
        "pas.plugins.tokenauth: Authorize Applications", ["Manager"]
    )
    site.commit()
    check_redirected(browser.authorize(), "access_denied")


# -- applications that registered themselves -----------------------------------

#: Requests that are wrong, or need a person who is there.
UNANSWERED = [
    {"response_type": "x"},
    {"scope": "bogus"},
    {"code_challenge": None},
    {"prompt": "none"},
]


@pytest.mark.parametrize("changes", UNANSWERED, ids=str)
@pytest.mark.parametrize("mode", [None, "form_post"])
@pytest.mark.parametrize("who", ["stranger", "browser"])
def test_nobody_is_sent_to_what_registered_itself_and_they_have_not_allowed(
    request: Any, apps: Any, changes: dict[str, Any], mode: str | None, who: str
) -> None:
    """Conformance: AE-39, AE-21."""
    person = request.getfixturevalue(who)
    apps.change(is_self_registered=True)
    page = check_page(person.authorize(response_mode=mode, **changes), 403)
    assert "<script" not in page
    assert "Back to the application (app.example.org)" in page
    if mode is None:
        (link,) = re.findall(r'href="([^"]*)"', page)
        assert parameters_of(unescape(link))["state"] == STATE
    else:
        assert fields_of(page)["state"] == STATE


def test_a_user_of_the_zope_root_is_sent_to_nothing_that_registered_itself(
    stranger: Any, apps: Any
) -> None:
    """Conformance: AE-39, AE-33."""
    apps.change(is_self_registered=True)
    cookie_of_root(stranger)
    check_page(stranger.authorize(prompt="none"), 403)


def test_who_may_not_allow_what_registered_itself_is_not_sent_there(
    site: Any, browser: Any, apps: Any
) -> None:
    """Conformance: AE-39, AE-33."""
    apps.change(is_self_registered=True, limits=UserLimits(groups=("authors",)))
    check_page(browser.authorize(), 403)


@pytest.mark.parametrize("changes", UNANSWERED, ids=str)
def test_who_has_allowed_what_registered_itself_is_sent_there(
    browser: Any, apps: Any, changes: dict[str, Any]
) -> None:
    """Conformance: AE-39: until they allow it no more."""
    apps.change(is_self_registered=True)
    browser.code()
    answer = browser.authorize(**changes)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith(f"{REDIRECT_URI}?error=")
    browser.site.sync()
    authorizations = browser.site.context.storage["authorization"]
    (authorization,) = authorizations.all()
    authorizations.mark_revoked(authorization.credential_id, "alice", 1.0)
    browser.site.commit()
    check_page(browser.authorize(**changes), 403)


def test_who_refuses_what_registered_itself_is_sent_there(
    browser: Any, apps: Any
) -> None:
    """Conformance: AE-39, CO-08: they have read where the answer leads."""
    apps.change(is_self_registered=True)
    answer = browser.answer(browser.authorize(), "deny")
    check_redirected(answer, "access_denied")


# -- the site ------------------------------------------------------------------


def test_signing_in_is_off_without_a_sealing_key(
    site: Any, browser: Any, stranger: Any, zope_conf: dict[str, str]
) -> None:
    """Conformance: OD-12."""
    zope_conf.clear()
    for person in (browser, stranger):
        assert "switched off" in check_page(person.authorize(), 503)
    token = site.token(site.issue())
    assert site.api("GET", "", token).status_code == 200


def test_a_site_without_an_issuer_signs_nobody_in(site: Any, browser: Any) -> None:
    site.plugin.issuer = ""
    site.commit()
    assert "issuer" in check_page(browser.authorize(), 503)


def test_nobody_is_signed_in_over_plain_http(site: Any, browser: Any) -> None:
    """Conformance: AE-38, TE-23."""
    site.plugin.issuer = "https://www.example.org"
    site.commit()
    headers = {"Host": "www.example.org"}
    assert "https" in check_page(browser.get(browser.url(), headers=headers))


def test_pages_are_below_their_own_url(site: Any, browser: Any) -> None:
    """Conformance: CO-16, PL-10: the cookies of the person are there."""
    site.plugin.pages_url = "https://www.example.org/ClassicUI"
    site.commit()
    answer = browser.authorize()
    assert answer.status_code == 303
    expected = f"https://www.example.org/ClassicUI{AUTHORIZE}?pending="
    assert answer.headers["Location"].startswith(expected)
