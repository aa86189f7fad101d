"""From a device that asks to the token that it gets, over HTTP."""

from pas.plugins.tokenauth.core.granttypes import DEVICE_CODE
from pas.plugins.tokenauth.core.tokens import digest
from pas.plugins.tokenauth.core.tokens import is_well_formed
from pas.plugins.tokenauth.events import IRefusedEvent
from pas.plugins.tokenauth.site.userlimits import UserLimits
from tests.delegation.conftest import Browser
from tests.delegation.conftest import fields_of
from tests.delegation.conftest import parameters_of
from tests.device.conftest import Device
from tests.device.conftest import Person
from typing import Any

import base64
import pytest
import re
import requests
import time


METADATA = "/.well-known/oauth-authorization-server"


def authorizations(site: Any) -> list[Any]:
    site.sync()
    return list(site.context.storage["authorization"].all())


def test_a_device_gets_two_codes(site: Any, device: Device) -> None:
    """Conformance: DG-01, DG-02."""
    answer = device.ask()
    assert answer.headers["Cache-Control"] == "no-store"
    codes = answer.json()
    assert sorted(codes) == [
        "device_code",
        "expires_in",
        "interval",
        "user_code",
        "verification_uri",
        "verification_uri_complete",
    ]
    assert is_well_formed(codes["device_code"])
    assert re.fullmatch("[B-Z]{4}-[B-Z]{4}", codes["user_code"])
    assert codes["verification_uri"] == f"{site.url}/@@device"
    complete = f"{site.url}/@@device?user_code={codes['user_code']}"
    assert codes["verification_uri_complete"] == complete
    assert (codes["expires_in"], codes["interval"]) == (600, 5)


def test_a_device_gets_a_token_when_its_person_says_yes(
    site: Any, device: Device, person: Person
) -> None:
    """Conformance: DG-01, DG-07, CO-09."""
    codes = device.codes()
    assert device.error(codes["device_code"]) == "authorization_pending"
    person.allow(codes["user_code"])
    answer = device.poll(codes["device_code"])
    assert answer.status_code == 200, answer.text
    token = answer.json()
    assert token["scope"] == "plone.read plone.write"
    assert token["token_type"] == "Bearer"
    assert site.api("GET", "/@users/alice", token["access_token"]).status_code == 200
    (recorded,) = authorizations(site)
    assert (recorded.owner, recorded.client_id) == ("alice", "app-1")


def test_the_page_says_who_asks_from_where_and_when(
    device: Device, person: Person
) -> None:
    """Conformance: DG-04, CO-05."""
    codes = device.codes()
    page = person.enter(codes["user_code"]).text
    assert "Wonder &lt;App&gt;" in page
    assert "127.0.0.1" in page
    assert "television/1" in page
    assert re.search(f"Asked for at.{{1,200}}{time.strftime('%Y')}", page, re.DOTALL)
    assert "Did you start this yourself" in page
    assert codes["user_code"] in page
    assert "Work on content: add, change" in page


def test_a_code_in_the_link_is_proposed_and_nothing_more(
    site: Any, device: Device, person: Person
) -> None:
    """Conformance: DG-04, DG-16."""
    codes = device.codes()
    page = person.browser.get(codes["verification_uri_complete"])
    assert f'value="{codes["user_code"]}"' in page.text
    assert 'name="pending"' not in page.text
    assert device.error(codes["device_code"]) == "authorization_pending"


@pytest.mark.parametrize("code", ['"><script>alert(1)</script>', "%FF", "x" * 5000])
def test_a_strange_code_in_the_link_is_left_out(
    site: Any, device: Device, person: Person, code: str
) -> None:
    """Conformance: DG-16."""
    page = person.browser.get(f"{person.url}?user_code={code}")
    assert page.status_code == 200
    assert "alert(1)" not in page.text
    assert 'value=""' in page.text


def test_consent_given_before_counts_for_nothing(
    site: Any, device: Device, person: Person, apps: Any
) -> None:
    """Conformance: CO-13: also for the site's own application."""
    apps.change(is_first_party=True)
    for _ in range(2):
        person.allow(device.codes()["user_code"])
    assert len(authorizations(site)) == 1


def test_a_refusal_is_told_to_the_device(
    site: Any, device: Device, person: Person, listen: Any
) -> None:
    """Conformance: DG-07, CO-08, CO-17."""
    refused = listen(IRefusedEvent)
    codes = device.codes()
    answer = person.answer(person.enter(codes["user_code"]), "deny")
    assert "gets no access" in answer.text
    assert device.error(codes["device_code"]) == "access_denied"
    assert not authorizations(site)
    assert refused[0].reason == "the user has refused"


def test_a_person_can_allow_less(site: Any, device: Device, person: Person) -> None:
    """Conformance: CO-07."""
    codes = device.codes()
    person.allow(codes["user_code"], scope="plone.read")
    assert device.poll(codes["device_code"]).json()["scope"] == "plone.read"


def test_a_person_who_allows_nothing_is_asked_again(
    site: Any, device: Device, person: Person
) -> None:
    """Conformance: CO-07."""
    page = person.answer(person.enter(device.codes()["user_code"]), scope=[])
    assert "Choose something" in page.text
    assert not authorizations(site)
    assert "can go on" in person.answer(page).text


def test_a_wrong_code_tells_nothing(device: Device, person: Person) -> None:
    """Conformance: DG-15: neither do one that was answered and one that is none."""
    codes = device.codes()
    person.allow(codes["user_code"])
    pages = [
        person.enter(code).text for code in (codes["user_code"], "BBBB-BBBB", "x", "")
    ]
    sentences = {re.findall(r'role="alert"[^>]*>([^<]*)<', page)[0] for page in pages}
    assert len(sentences) == 1
    assert "No device waits with this code" in sentences.pop()


def test_guessing_ends_after_five_wrong_codes(device: Device, person: Person) -> None:
    """Conformance: DG-03: also for a right code then."""
    codes = device.codes()
    for _ in range(5):
        assert person.enter("BBBB-BBBB").status_code == 200
    answer = person.enter(codes["user_code"])
    assert answer.status_code == 429
    assert "too many wrong codes" in answer.text


def test_a_right_code_resets_no_count(device: Device, person: Person) -> None:
    """Conformance: DG-03."""
    for _ in range(4):
        person.enter("BBBB-BBBB")
    person.allow(device.codes()["user_code"])
    person.enter("BBBB-BBBB")
    assert person.enter("BBBB-BBBB").status_code == 429


def test_codes_are_tried_by_nobody_who_has_not_logged_in(
    site: Any, device: Device, apps: Any
) -> None:
    """Conformance: DG-03: log-in first."""
    site.add_user("bob")
    codes = device.codes()
    stranger = Browser(site)
    sent = stranger.post(f"{site.url}/@@device", {"user_code": codes["user_code"]})
    assert "/login?" in sent.headers["Location"]
    link = stranger.get(codes["verification_uri_complete"])
    back = parameters_of(link.headers["Location"])["came_from"]
    stranger.log_in("bob", back)
    page = stranger.get(back)
    assert f'value="{codes["user_code"]}"' in page.text


def test_a_form_of_another_site_gets_nobody_further(
    site: Any, device: Device, person: Person
) -> None:
    """Conformance: DG-11."""
    codes = device.codes()
    for value in ("", "x"):
        page = person.enter(codes["user_code"], _authenticator=value)
        assert 'name="pending"' not in page.text
    question = person.enter(codes["user_code"])
    answer = person.answer(question, _authenticator="x")
    assert answer.status_code == 403
    assert device.error(codes["device_code"]) == "authorization_pending"


def test_only_the_person_who_was_asked_answers_in_their_browser(
    site: Any, device: Device, person: Person
) -> None:
    """Conformance: DG-11, CO-02."""
    site.add_user("bob")
    question = person.enter(device.codes()["user_code"])
    bob = Browser(site)
    bob.log_in("bob")
    own = Person(bob).enter(device.codes()["user_code"])
    pending = fields_of(question.text)["pending"]
    assert Person(bob).answer(own, pending=pending).status_code == 403
    assert not authorizations(site)


def test_an_answer_of_the_authorization_endpoint_is_none_here(
    site: Any, device: Device, person: Person, apps: Any
) -> None:
    """Conformance: CO-13."""
    grants = frozenset({DEVICE_CODE, "authorization_code"})
    apps.change(grant_types=grants)
    other = person.browser.authorize()
    question = person.enter(device.codes()["user_code"])
    pending = fields_of(other.text)["pending"]
    assert person.answer(question, pending=pending).status_code == 400
    own = fields_of(question.text)["pending"]
    assert person.browser.answer(other, pending=own).status_code == 400


def test_the_page_is_in_no_frame(device: Device, person: Person) -> None:
    """Conformance: DG-11, AE-29."""
    answers = [
        person.browser.get(person.url),
        person.enter(device.codes()["user_code"]),
    ]
    for answer in answers:
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"


def test_a_token_cannot_answer(site: Any, device: Device, person: Person) -> None:
    """Conformance: DG-11, AE-32."""
    token = site.personal_access_token()
    headers = {"Authorization": f"Bearer {token}"}
    for session in (person.browser.session, requests):
        answer = session.get(person.url, headers=headers, timeout=30)
        assert answer.status_code == 403


def test_a_user_of_the_root_is_told_why_not(site: Any, device: Device) -> None:
    """Conformance: AE-33."""
    from plone.app.testing import SITE_OWNER_NAME
    from plone.app.testing import SITE_OWNER_PASSWORD

    root = Browser(site)
    root.session.post(
        f"{site.url}/login",
        data={
            "__ac_name": SITE_OWNER_NAME,
            "__ac_password": SITE_OWNER_PASSWORD,
            "buttons.login": "Log in",
        },
        timeout=30,
    )
    answer = root.get(f"{site.url}/@@device")
    assert answer.status_code == 403
    assert "does not belong to this site" in answer.text


def test_a_device_that_hurries_is_slowed_down(device: Device) -> None:
    """Conformance: DG-07."""
    code = device.codes()["device_code"]
    assert device.error(code) == "authorization_pending"
    assert device.error(code) == "slow_down"


def test_a_poll_writes_nothing_and_is_no_news(
    site: Any, device: Device, listen: Any
) -> None:
    """Conformance: DG-08."""
    code = device.codes()["device_code"]
    site.sync()
    last = site.app._p_jar.db().lastTransaction()
    refused = listen(IRefusedEvent)
    errors = {device.error(code) for _ in range(20)}
    assert errors == {"authorization_pending", "slow_down"}
    assert site.app._p_jar.db().lastTransaction() == last
    assert not refused


def test_a_confidential_client_needs_its_secret(device: Device, person: Person) -> None:
    """Conformance: DG-05, DG-01."""
    assert device.ask(client_id="app-3").json()["error"] == "invalid_client"
    codes = device.codes(client_id="app-3", client_secret="s3cret")
    person.allow(codes["user_code"])
    answer = device.poll(codes["device_code"], client_id="app-3")
    assert answer.json()["error"] == "invalid_client"
    answer = device.poll(
        codes["device_code"], client_id="app-3", client_secret="s3cret"
    )
    assert answer.status_code == 200


def test_a_public_client_may_send_its_name_as_basic_without_a_secret(
    device: Device,
) -> None:
    """Conformance: DG-01, CR-04: oidc-agent does."""
    basic = base64.b64encode(b"app-1:").decode()
    answer = requests.post(
        device.url,
        data={"scope": "plone.read"},
        headers={"Authorization": f"Basic {basic}"},
        timeout=30,
    )
    assert answer.status_code == 200, answer.text


def test_a_code_of_another_client_is_unknown(device: Device, person: Person) -> None:
    """Conformance: DG-06, CR-02: and it is not used up."""
    codes = device.codes()
    person.allow(codes["user_code"])
    answer = device.poll(codes["device_code"], client_id="app-2")
    unknown = device.poll("x", client_id="app-2")
    assert answer.status_code == unknown.status_code == 400
    assert answer.json() == unknown.json()
    assert answer.json()["error"] == "invalid_grant"
    assert device.poll(codes["device_code"]).status_code == 200


def test_a_code_is_good_for_one_token_which_a_second_use_ends(
    site: Any, device: Device, person: Person
) -> None:
    """Conformance: DG-09, CR-09."""
    codes = device.codes()
    person.allow(codes["user_code"])
    token = device.poll(codes["device_code"]).json()["access_token"]
    assert site.api("GET", "/@users/alice", token).status_code == 200
    assert device.error(codes["device_code"]) == "invalid_grant"
    assert site.api("GET", "/@users/alice", token).status_code == 401


@pytest.mark.parametrize(
    "changes",
    [
        {"ends_at": 0},
        {"limits": UserLimits(groups=("authors",))},
        {"scopes": frozenset({"plone.read"})},
    ],
    ids=str,
)
def test_what_has_changed_since_the_answer_counts(
    device: Device, person: Person, apps: Any, changes: Any
) -> None:
    """Conformance: DG-10, AE-35."""
    codes = device.codes()
    person.allow(codes["user_code"])
    apps.change(**changes)
    assert device.error(codes["device_code"]) in ("invalid_grant", "invalid_client")


@pytest.mark.parametrize("is_locked", [True, False])
def test_a_person_who_is_gone_or_locked_out_gives_no_token(
    site: Any, device: Device, person: Person, is_locked: bool
) -> None:
    """Conformance: DG-10."""
    codes = device.codes()
    person.allow(codes["user_code"])
    users = site.portal.acl_users
    if is_locked:
        # The source no longer vouches for the user; PAS is not told.
        users.source_users.removeUser("alice")
    else:
        users.userFolderDelUsers(["alice"])
    site.commit()
    assert device.error(codes["device_code"]) == "invalid_grant"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"ends_at": 0}, "any more"),
        ({"limits": UserLimits(groups=("authors",))}, "not for your account"),
        ({"scopes": frozenset({"plone.admin"})}, "may not do any more"),
        ({"grant_types": frozenset({"authorization_code"})}, "may not do any more"),
    ],
    ids=str,
)
def test_everything_is_checked_again_with_the_answer(
    site: Any, device: Device, person: Person, apps: Any, changes: Any, sentence: str
) -> None:
    """Conformance: CO-04, AE-35."""
    question = person.enter(device.codes()["user_code"])
    apps.change(**changes)
    answer = person.answer(question)
    assert answer.status_code in (400, 403)
    assert sentence in answer.text
    assert not authorizations(site)


def test_what_was_disabled_is_not_authorized_anew(
    site: Any, device: Device, person: Person
) -> None:
    """Conformance: CO-04: enabling it is up to whoever may."""
    person.allow(device.codes()["user_code"])
    question = person.enter(device.codes()["user_code"])
    authorizations(site)[0].disabled_at = 1.0
    site.commit()
    assert person.answer(question).status_code == 403
    assert person.enter(device.codes()["user_code"]).status_code == 403
    authorizations(site)[0].disabled_at = None
    site.commit()
    person.allow(device.codes()["user_code"])
    assert len(authorizations(site)) == 1


def test_an_answer_counts_once(site: Any, device: Device, person: Person) -> None:
    """Conformance: CO-02."""
    question = person.enter(device.codes()["user_code"])
    person.answer(question)
    again = person.answer(question, "deny")
    assert again.status_code == 400
    assert "does not wait any more" in again.text


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"client_id": None}, "invalid_client"),
        ({"client_id": "x"}, "invalid_client"),
        ({"scope": "x"}, "invalid_scope"),
        ({"scope": 'a"b'}, "invalid_scope"),
        ({"resource": "https://other.example/"}, "invalid_target"),
        ({"device_code": "x", "client_secret": "x"}, "invalid_client"),
    ],
    ids=str,
)
def test_a_request_that_cannot_be_granted_gets_no_codes(
    device: Device, changes: Any, error: str
) -> None:
    """Conformance: DG-01, DG-05."""
    answer = device.ask(**changes)
    assert answer.status_code in (400, 401)
    assert answer.json()["error"] == error


def test_a_service_key_is_no_application(site: Any, device: Device) -> None:
    assert device.ask(client_id=site.issue()["client_id"]).status_code == 400


@pytest.mark.parametrize(
    "changes",
    [{"grant_types": frozenset({"authorization_code"})}, {"is_self_registered": True}],
    ids=str,
)
def test_only_an_application_that_an_administrator_has_allowed_it_asks(
    device: Device, apps: Any, changes: Any
) -> None:
    """Conformance: DG-14."""
    apps.change(**changes)
    answer = device.ask()
    assert answer.json()["error"] == "unauthorized_client"


def test_parameters_of_pkce_are_ignored(device: Device) -> None:
    """Conformance: PK-14."""
    device.codes(code_challenge="x", code_challenge_method="plain")


def test_a_flood_of_requests_is_stopped(device: Device) -> None:
    """Conformance: DG-01: anybody can make one, and each is written."""
    statuses = [device.ask().status_code for _ in range(21)]
    assert statuses == [200] * 20 + [429]


def test_no_more_is_stored_than_can_be_granted(site: Any, device: Device) -> None:
    """Conformance: DG-01: else anybody could fill the database."""
    scope = " ".join(["plone.read", "x" * 20_000])
    codes = device.codes(scope=scope, resource=f"{site.url}/{'x' * 10_000}")
    site.sync()
    stored = site.context.storage["device_requests"].get(
        digest(codes["device_code"]), time.time()
    )
    assert (stored.scope, stored.resource) == ("plone.read", "")


def test_the_metadata_tells_of_it(site: Any, device: Device) -> None:
    """Conformance: DG-13."""
    metadata = site.get(METADATA).json()
    assert metadata["device_authorization_endpoint"] == device.url
    assert DEVICE_CODE in metadata["grant_types_supported"]


def test_a_new_site_offers_it_to_nobody(site: Any, sealing_key: str) -> None:
    """Conformance: DG-14."""
    assert "device_authorization_endpoint" not in site.get(METADATA).json()
    assert Device(site).ask().status_code == 404
    assert site.get("/@@device").status_code == 404


def test_a_site_offers_it_only_when_told(site: Any, device: Device) -> None:
    """Conformance: DG-13, DG-14, OD-03: a code that waits is of no use then."""
    code = device.codes()["device_code"]
    site.sync()
    site.plugin.device_grant_enabled = False
    site.commit()
    metadata = site.get(METADATA).json()
    assert "device_authorization_endpoint" not in metadata
    assert DEVICE_CODE not in metadata["grant_types_supported"]
    assert device.ask().status_code == 404
    assert site.get("/@@device").status_code == 404
    assert device.error(code) == "expired_token"


def test_nothing_is_offered_without_a_sealing_key(
    site: Any, device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PAS_PLUGINS_TOKENAUTH_SEALING_KEY", raising=False)
    from pas.plugins.tokenauth.device import settings

    monkeypatch.setattr(settings, "is_usable", lambda: False)
    assert device.ask().status_code == 404
    assert "device_authorization_endpoint" not in site.get(METADATA).json()


def test_a_device_goes_on_though_the_sealing_key_is_missing(
    device: Device, person: Person, zope_conf: dict[str, str]
) -> None:
    """Conformance: DG-07: it is told of no end that comes before its time."""
    waiting, allowed = device.codes(), device.codes()
    person.allow(allowed["user_code"])
    del zope_conf["sealing-key"]
    assert device.error(waiting["device_code"]) == "authorization_pending"
    assert device.poll(allowed["device_code"]).status_code == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE", "HEAD"])
def test_the_page_takes_get_and_post(
    device: Device, person: Person, method: str
) -> None:
    answer = person.browser.session.request(method, person.url, timeout=30)
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, POST"


def test_a_body_that_is_no_form_is_answered(device: Device, person: Person) -> None:
    answer = person.browser.session.post(person.url, json={}, timeout=30)
    assert answer.status_code == 400


def test_a_device_code_is_no_token(site: Any, device: Device, person: Person) -> None:
    """Conformance: CR-16."""
    codes = device.codes()
    person.allow(codes["user_code"])
    assert site.api("GET", "", codes["device_code"]).status_code == 401


def test_neither_code_is_kept_as_it_is(site: Any, device: Device) -> None:
    """Conformance: DG-01: the database holds digests."""
    codes = device.codes()
    site.sync()
    store = site.context.storage["device_requests"]
    kept = repr(
        [
            list(group.items())
            for each in (store._records, store._by_user_code)
            for groups in each._shards
            for group in groups.values()
        ]
    )
    assert "app-1" in kept
    assert codes["device_code"] not in kept
    assert codes["user_code"].replace("-", "") not in kept


def test_a_device_that_stays_signed_in_gets_refresh_tokens_until_its_code_is_replayed(
    site: Any, device: Device, person: Person, apps: Any
) -> None:
    """Conformance: DG-09, CR-18."""
    grants = frozenset({DEVICE_CODE, "refresh_token"})
    apps.change(grant_types=grants, stays_signed_in=True)
    codes = device.codes()
    person.allow(codes["user_code"])
    members = device.poll(codes["device_code"]).json()
    refresh = {"grant_type": "refresh_token"}
    sent = {**refresh, "refresh_token": members["refresh_token"]}
    renewed = device.poll("", **sent).json()
    assert site.api("GET", "/@users/alice", renewed["access_token"]).status_code == 200
    assert device.error(codes["device_code"]) == "invalid_grant"
    sent = {**refresh, "refresh_token": renewed["refresh_token"]}
    assert device.error("", **sent) == "invalid_grant"


def test_a_link_that_waited_too_long_or_was_made_up_is_refused(
    device: Device, person: Person
) -> None:
    """Conformance: DG-16."""
    answer = person.browser.get(f"{person.url}?pending=x")
    assert answer.status_code == 400
    assert "Begin again" in answer.text


def test_the_page_is_where_people_are_logged_in(
    site: Any, device: Device, person: Person
) -> None:
    """Conformance: PL-10: the code comes along."""
    codes = device.codes()
    other = site.url.replace("localhost", "127.0.0.1")
    assert other != site.url
    answer = person.browser.get(f"{site.url}/@@device?user_code={codes['user_code']}")
    assert answer.status_code == 200
    site.sync()
    site.plugin.pages_url = other
    site.commit()
    assert device.codes()["verification_uri"] == f"{other}/@@device"
    answer = person.browser.get(f"{site.url}/@@device?user_code={codes['user_code']}")
    assert answer.headers["Location"].startswith(f"{other}/@@device?pending=")


def test_two_devices_never_show_the_same_code(
    device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Conformance: DG-02."""
    from pas.plugins.tokenauth.device import endpoint

    drawn = iter(["BBBBBBBB", "BBBBBBBB", "CCCCCCCC"])
    monkeypatch.setattr(endpoint, "make_user_code", lambda choose: next(drawn))
    shown = [device.codes()["user_code"] for _ in range(2)]
    assert shown == ["BBBB-BBBB", "CCCC-CCCC"]
