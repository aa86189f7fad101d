"""Logging out: at an application, at Plone, and what the others hear of it."""

from base64 import urlsafe_b64encode
from collections.abc import Iterator
from joserfc import jwt
from joserfc.jwk import KeySet
from joserfc.jwk import RSAKey
from pas.plugins.tokenauth.authorization_server.interfaces import OpenIDOptions
from pas.plugins.tokenauth.core.errors import InvalidGrant
from pas.plugins.tokenauth.credentials.maintenance import orphan
from pas.plugins.tokenauth.fetching.deliveries import MakeForm
from pas.plugins.tokenauth.fetching.errors import FetchFailed
from pas.plugins.tokenauth.fetching.fetcher import Fetcher
from pas.plugins.tokenauth.fetching.interfaces import IDeliveries
from pas.plugins.tokenauth.openid.signingkeys import SigningKeyRing
from pas.plugins.tokenauth.signin.signout import sign_out_everywhere
from tests.delegation.conftest import Apps
from tests.delegation.conftest import apps as apps
from tests.delegation.conftest import Browser
from tests.delegation.conftest import browser as browser
from tests.delegation.conftest import fields_of
from tests.delegation.conftest import parameters_of
from tests.openid.flow import code_of
from tests.openid.flow import person as person
from tests.openid.flow import Redeem
from tests.openid.flow import redeem as redeem
from typing import Any
from urllib.parse import urlencode
from zope.component import getGlobalSiteManager
from zope.component import getUtility

import hmac
import json
import pytest
import re
import requests
import time


BYE = "https://app.example.org/bye"
BACK = "https://app.example.org/back"
EVENT = "http://schemas.openid.net/event/backchannel-logout"


class Deliveries:
    """Keeps what would be sent."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, MakeForm]] = []

    def post_later(self, url: str, make_form: MakeForm) -> None:
        self.sent.append((url, make_form))


@pytest.fixture
def deliveries() -> Iterator[Deliveries]:
    manager = getGlobalSiteManager()
    before, recorder = getUtility(IDeliveries), Deliveries()
    manager.registerUtility(recorder, IDeliveries)
    yield recorder
    manager.registerUtility(before, IDeliveries)


class LoggedIn:
    """Alice, logged in at two applications, and an ID token of the first."""

    def __init__(self, browser: Browser, id_token: str) -> None:
        self.browser = browser
        self.site = browser.site
        self.id_token = id_token

    def url(self, **parameters: str) -> str:
        return f"{self.site.url}/@@oauth2-end-session?{urlencode(parameters)}"

    def get(self, **parameters: str) -> Any:
        return self.browser.get(self.url(**parameters))

    def confirm(self, page: Any, **changes: str) -> Any:
        """Say yes to the question on a page."""
        assert page.status_code == 200
        data = {**fields_of(page.text), **changes}
        return self.browser.post(f"{self.site.url}/@@oauth2-end-session", data)

    @property
    def is_logged_in(self) -> bool:
        answer = self.browser.authorize(scope="openid", prompt="none")
        found = parameters_of(answer.headers["Location"])
        assert "code" in found or found["error"] == "login_required"
        return "code" in found


@pytest.fixture
def alice(person: Browser, redeem: Redeem, apps: Apps, deliveries: Any) -> LoggedIn:
    options = OpenIDOptions(
        post_logout_redirect_uris=(BYE,), backchannel_logout_uri=BACK
    )
    apps.change("app-1", openid=options)
    id_token = redeem(code_of(person, ["openid"]))["id_token"]
    redeem(code_of(person, ["openid"], client_id="app-2"), client_id="app-2")
    return LoggedIn(person, id_token)


def claims_of(site: Any, token: str) -> Any:
    site.sync()
    keys = KeySet.import_key_set(SigningKeyRing(site.context).jwks(time.time()))
    return jwt.decode(token, keys, algorithms=["RS256", "ES256"])


# -- at an application ---------------------------------------------------------


def test_an_application_logs_a_person_out(
    alice: LoggedIn, deliveries: Deliveries
) -> None:
    """Conformance: LO-03, LO-11, LO-15, CS-58, CS-68: without a question."""
    answer = alice.get(
        id_token_hint=alice.id_token, post_logout_redirect_uri=BYE, state="a+b /=é"
    )
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith(f"{BYE}?")
    assert parameters_of(answer.headers["Location"]) == {"state": "a+b /=é"}
    assert "__ac" not in alice.browser.session.cookies
    assert not alice.is_logged_in
    ((url, make_form),) = deliveries.sent
    assert url == BACK
    assert make_form().keys() == {"logout_token"}


def test_a_log_in_that_is_older_than_its_keyring_ends(alice: LoggedIn) -> None:
    """Conformance: LO-04: keyrings for each user were turned on meanwhile."""
    alice.site.use_keyrings_of_users()
    alice.get(id_token_hint=alice.id_token)
    assert "__ac" not in alice.browser.session.cookies
    assert not alice.is_logged_in


def test_without_state_there_is_none(alice: LoggedIn) -> None:
    """Conformance: LO-03, CS-65."""
    answer = alice.get(id_token_hint=alice.id_token, post_logout_redirect_uri=BYE)
    assert answer.headers["Location"] == BYE


def test_without_a_place_to_go_the_person_reads_that_it_is_done(
    alice: LoggedIn,
) -> None:
    """Conformance: LO-02, CS-64."""
    answer = alice.get(id_token_hint=alice.id_token)
    assert answer.status_code == 200
    assert "You are logged out of this site." in answer.text
    assert not alice.is_logged_in


@pytest.mark.parametrize("parameters", [{}, {"state": "x"}], ids=str)
def test_without_a_hint_the_person_is_asked(
    alice: LoggedIn, parameters: dict[str, str]
) -> None:
    """Conformance: LO-02, LO-10, CS-63."""
    page = alice.get(**parameters)
    assert "alice" in page.text
    assert "You continue at" not in page.text
    assert alice.is_logged_in
    answer = alice.confirm(page)
    assert answer.status_code == 200
    assert not alice.is_logged_in


def test_an_application_that_names_itself_alone_asks_the_person(
    alice: LoggedIn,
) -> None:
    """Conformance: LO-07: as pas.plugins.oidc does."""
    page = alice.get(client_id="app-1", post_logout_redirect_uri=BYE, state="s")
    assert "Wonder" in page.text
    assert "app.example.org" in page.text
    answer = alice.confirm(page)
    assert answer.headers["Location"] == f"{BYE}?state=s"
    assert not alice.is_logged_in


@pytest.mark.parametrize(
    "uri",
    [
        "https://evil.example/bye",
        f"{BYE}?foo=bar",
        f"{BYE}/",
        "https://app.example.org/BYE",
        "javascript:alert(1)",
        "https://app.example.org/cb",
    ],
)
def test_nobody_is_sent_where_nothing_is_registered(alice: LoggedIn, uri: str) -> None:
    """Conformance: LO-08, LO-09, CS-59, CS-66."""
    answer = alice.get(id_token_hint=alice.id_token, post_logout_redirect_uri=uri)
    assert answer.status_code == 200
    assert "Location" not in answer.headers
    assert uri not in answer.text


def test_an_application_with_a_document_is_named_by_its_host(
    alice: LoggedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Conformance: LO-07, DR-23: any page can lead here, so that nothing is fetched."""
    fetched = []

    def get(self: Fetcher, url: str, *_: Any) -> None:
        fetched.append(url)
        raise FetchFailed("no answer")

    monkeypatch.setattr(Fetcher, "get", get)
    page = alice.get(client_id="https://down.example/doc")
    assert page.status_code == 200
    assert "down.example</strong>" in page.text
    alice.confirm(page)
    assert not alice.is_logged_in
    assert fetched == []


def test_without_a_client_nobody_is_sent_anywhere(alice: LoggedIn) -> None:
    """Conformance: LO-08, CS-62."""
    answer = alice.confirm(alice.get(post_logout_redirect_uri=BYE))
    assert "Location" not in answer.headers
    assert BYE not in answer.text


def foreign(site: Any, typ: str = "JWT", **changes: Any) -> str:
    """What looks like an ID token for the application."""
    claims = {"iss": site.url, "aud": "app-1", "sub": "x", "sid": "y", **changes}
    return SigningKeyRing(site.context).sign(claims, typ, "RS256", time.time())


def forged(alice: LoggedIn, algorithm: str) -> str:
    """An ID token with all that this one says, and with the name of its key."""
    known = claims_of(alice.site, alice.id_token)
    header = {"alg": algorithm, "typ": "JWT", "kid": known.header["kid"]}
    if algorithm == "RS256":
        return jwt.encode(header, known.claims, RSAKey.generate_key(2048))
    signed = b".".join(
        urlsafe_b64encode(json.dumps(each).encode()).rstrip(b"=")
        for each in (header, known.claims)
    )
    signature = b""
    if algorithm == "HS256":
        keys = SigningKeyRing(alice.site.context).jwks(time.time())["keys"]
        (public,) = (key for key in keys if key["kid"] == header["kid"])
        pem = RSAKey.import_key(public).as_pem()
        signature = urlsafe_b64encode(hmac.digest(pem, signed, "sha256")).rstrip(b"=")
    return (signed + b"." + signature).decode()


def test_a_hint_that_is_none_proves_nothing(alice: LoggedIn) -> None:
    """Conformance: LO-04, CS-60, CS-61: the person is asked, and stays."""
    head, _, signature = alice.id_token.rpartition(".")
    claims = claims_of(alice.site, alice.id_token).claims
    for hint in (
        *(f"{head}.", f"{head}.AAAA", "x", "e30.e30.e30", f"e30.W10.{signature}"),
        *(forged(alice, algorithm) for algorithm in ("none", "HS256", "RS256")),
        foreign(alice.site, **{**claims, "aud": "nobody"}),
        foreign(alice.site, **{**claims, "iss": "https://other.example"}),
        foreign(alice.site, typ="logout+jwt", **claims),
    ):
        answer = alice.get(id_token_hint=hint, post_logout_redirect_uri=BYE)
        assert answer.status_code == 200, hint
        assert BYE not in answer.text
    assert alice.is_logged_in


def test_a_client_that_nobody_knows_forges_no_line_of_the_log(
    alice: LoggedIn, caplog: pytest.LogCaptureFixture
) -> None:
    """Threat: anybody has their own words stand in the log as a line or a client."""
    for client_id, known in (("x\n2026-11-30 ERROR forged", "unknown"), ("app-1",) * 2):
        caplog.clear()
        assert alice.get(id_token_hint="x", client_id=client_id).status_code == 200
        (line,) = [each for each in caplog.messages if "id_token_hint" in each]
        assert f"(key {known}, client" in line


def test_the_hint_for_another_session_proves_nothing(alice: LoggedIn) -> None:
    """Conformance: LO-03, LO-10: threat: an attacker has ID tokens of their own."""
    hint = foreign(alice.site)
    page = alice.get(id_token_hint=hint, post_logout_redirect_uri=BYE)
    assert page.status_code == 200
    assert alice.is_logged_in
    assert alice.confirm(page).headers["Location"] == BYE


def test_a_hint_that_has_expired_is_one(alice: LoggedIn) -> None:
    """Conformance: LO-05."""
    alice.site.sync()
    kept = claims_of(alice.site, alice.id_token).claims
    old = foreign(alice.site, sid=kept["sid"], exp=1000)
    answer = alice.get(id_token_hint=old, post_logout_redirect_uri=BYE)
    assert answer.headers["Location"] == BYE


def test_the_hint_of_another_application_is_an_error(alice: LoggedIn) -> None:
    """Conformance: LO-06."""
    answer = alice.get(id_token_hint=alice.id_token, client_id="app-2")
    assert answer.status_code == 400
    assert alice.is_logged_in


def test_a_post_from_another_site_comes_back_by_get(alice: LoggedIn) -> None:
    """Conformance: LO-01: it brings no cookies along."""
    data = {"id_token_hint": alice.id_token, "post_logout_redirect_uri": BYE}
    url = f"{alice.site.url}/@@oauth2-end-session"
    answer = Browser(alice.site).post(url, data)
    assert answer.status_code == 303
    back = alice.browser.get(answer.headers["Location"])
    assert back.headers["Location"] == BYE
    assert not alice.is_logged_in


@pytest.mark.parametrize(
    "changes", [{"_authenticator": ""}, {"_authenticator": "x"}, {"pending": "x"}]
)
def test_an_answer_from_elsewhere_is_none(
    alice: LoggedIn, changes: dict[str, str]
) -> None:
    """Conformance: LO-10."""
    answer = alice.confirm(alice.get(), **changes)
    assert answer.status_code in (400, 403)
    assert alice.is_logged_in


@pytest.mark.parametrize(
    "query", ["state=a&state=b", "x=%ff", "x=" + "y" * 11000, "pending=x"]
)
def test_what_cannot_be_read_is_told_to_the_person(alice: LoggedIn, query: str) -> None:
    url = f"{alice.site.url}/@@oauth2-end-session?{query}"
    assert alice.browser.get(url).status_code == 400
    assert alice.is_logged_in


def test_nobody_is_logged_out_where_nobody_is_logged_in(alice: LoggedIn) -> None:
    """Conformance: LO-02: they go where the application that knew them says."""
    stranger = Browser(alice.site)
    answer = stranger.get(alice.url(client_id="app-1", post_logout_redirect_uri=BYE))
    assert answer.status_code == 200
    assert f'href="{BYE}"' in answer.text
    answer = stranger.get(
        alice.url(id_token_hint=alice.id_token, post_logout_redirect_uri=BYE)
    )
    assert answer.headers["Location"] == BYE
    assert alice.is_logged_in


def test_somebody_whom_plone_has_forgotten_is_asked(
    alice: LoggedIn, deliveries: Deliveries
) -> None:
    """Conformance: LO-02: their session goes on until they say so."""
    alice.browser.session.cookies.pop("__ac")
    question = alice.get(client_id="app-1")
    assert "alice" in question.text
    assert deliveries.sent == []
    alice.confirm(question)
    assert len(deliveries.sent) == 1


def test_a_session_ends_of_somebody_whom_plone_has_forgotten(
    alice: LoggedIn, deliveries: Deliveries
) -> None:
    """Conformance: LO-17."""
    alice.browser.session.cookies.pop("__ac")
    answer = alice.get(id_token_hint=alice.id_token, post_logout_redirect_uri=BYE)
    assert answer.headers["Location"] == BYE
    assert len(deliveries.sent) == 1


def test_somebody_without_a_session_is_logged_out_all_the_same(
    alice: LoggedIn, deliveries: Deliveries
) -> None:
    """Conformance: LO-22: and reads what could not be done."""
    cookie = alice.browser.session.cookies
    (name,) = (each.name for each in cookie if "tokenauth-session" in each.name)
    cookie.pop(name)
    answer = alice.confirm(alice.get())
    assert "log out there too" in answer.text
    assert "__ac" not in cookie
    assert deliveries.sent == []


def test_a_site_that_is_no_provider_has_no_such_page(provider: Any) -> None:
    """Conformance: OD-03."""
    provider.plugin.openid_enabled = False
    provider.commit()
    assert provider.get("/@@oauth2-end-session").status_code == 404


# -- from server to server -----------------------------------------------------


def test_a_logout_token_says_whose_session_has_ended(
    alice: LoggedIn, deliveries: Deliveries
) -> None:
    """Conformance: LO-13, JS-22, OC-18, OC-23, CS-68."""
    alice.browser.get(f"{alice.site.url}/logout")
    ((_url, make_form),) = deliveries.sent
    token = claims_of(alice.site, make_form()["logout_token"])
    known = claims_of(alice.site, alice.id_token).claims
    assert token.header["typ"] == "logout+jwt"
    assert token.claims["events"] == {EVENT: {}}
    for name in ("iss", "aud", "sub", "sid"):
        assert token.claims[name] == known[name]
    assert token.claims["exp"] - token.claims["iat"] <= 120
    assert token.claims["jti"]
    assert "nonce" not in token.claims


def test_a_logout_token_is_made_when_it_is_sent(
    alice: LoggedIn, deliveries: Deliveries, monkeypatch: pytest.MonkeyPatch
) -> None:
    """LO-13: it may have to wait, and be sent again, and is good for two minutes."""
    alice.browser.get(f"{alice.site.url}/logout")
    ((_url, make_form),) = deliveries.sent
    times = [time.time() + 600, time.time() + 1200]
    clock = iter(times)
    monkeypatch.setattr("pas.plugins.tokenauth.core.clock.now", lambda: next(clock))
    made = [claims_of(alice.site, make_form()["logout_token"]).claims for _ in times]
    assert [claims["iat"] for claims in made] == [int(at) for at in times]
    assert made[0]["jti"] != made[1]["jti"]


def test_a_logout_token_has_the_algorithm_and_the_names_of_the_application(
    alice: LoggedIn, deliveries: Deliveries, apps: Apps, redeem: Redeem
) -> None:
    """Conformance: LO-13, OC-07."""
    options = OpenIDOptions(
        id_token_signed_response_alg="ES256",
        subject_type="pairwise",
        backchannel_logout_uri=BACK,
    )
    apps.change("app-1", openid=options)
    id_token = redeem(code_of(alice.browser, ["openid"]))["id_token"]
    alice.browser.get(f"{alice.site.url}/logout")
    ((_url, make_form),) = deliveries.sent
    token = claims_of(alice.site, make_form()["logout_token"])
    assert token.header["alg"] == "ES256"
    assert token.claims["sub"] == claims_of(alice.site, id_token).claims["sub"]


def test_only_the_applications_of_this_session_hear_of_it(
    alice: LoggedIn, deliveries: Deliveries
) -> None:
    """Conformance: LO-18: none of another browser, and none that does not want to."""
    other = Browser(alice.site)
    other.log_in()
    other.get(f"{alice.site.url}/logout")
    assert deliveries.sent == []


def test_applications_hear_of_a_user_who_is_gone(
    alice: LoggedIn, deliveries: Deliveries
) -> None:
    """Conformance: LO-17."""
    alice.site.sync()
    orphan(alice.site.context, "alice", time.time())
    ((_url, make_form),) = deliveries.sent
    claims = claims_of(alice.site, make_form()["logout_token"]).claims
    assert claims["sid"] == claims_of(alice.site, alice.id_token).claims["sid"]


def test_applications_hear_of_a_person_who_is_signed_out_everywhere(
    alice: LoggedIn, deliveries: Deliveries, redeem: Redeem
) -> None:
    """Conformance: LO-17, LO-18, LO-12: of each session; access tokens end with it."""
    elsewhere = Browser(alice.site)
    elsewhere.log_in()
    members = redeem(code_of(elsewhere, ["openid"]))
    assert works(alice.site, members["access_token"])
    alice.site.sync()
    requester = alice.site.requester("alice")
    sign_out_everywhere(alice.site.context, requester, "alice", time.time())
    alice.site.commit()
    told = [make_form()["logout_token"] for _url, make_form in deliveries.sent]
    sids, known = (
        {claims_of(alice.site, token).claims["sid"] for token in tokens}
        for tokens in (told, (alice.id_token, members["id_token"]))
    )
    assert sids == known
    assert not works(alice.site, members["access_token"])


def test_an_application_that_is_gone_hears_nothing(
    alice: LoggedIn, deliveries: Deliveries, apps: Apps
) -> None:
    apps.pop("app-1")
    assert alice.browser.get(f"{alice.site.url}/logout").status_code == 302
    assert deliveries.sent == []


def test_a_log_out_works_without_the_sealing_key(
    alice: LoggedIn, deliveries: Deliveries, zope_conf: dict[str, str]
) -> None:
    """Conformance: OD-12."""
    zope_conf.pop("sealing-key")
    assert alice.browser.get(f"{alice.site.url}/logout").status_code == 302
    assert "__ac" not in alice.browser.session.cookies
    assert deliveries.sent == []


def test_no_application_hears_anything_where_openid_is_off(
    alice: LoggedIn, deliveries: Deliveries
) -> None:
    alice.site.sync()
    alice.site.plugin.openid_enabled = False
    alice.site.commit()
    alice.browser.get(f"{alice.site.url}/logout")
    assert deliveries.sent == []


# -- by the browser --------------------------------------------------------------


def test_a_browser_tells_applications_in_frames(
    alice: LoggedIn, apps: Apps, redeem: Redeem
) -> None:
    """Conformance: LO-19, CS-70: with iss and sid, and nothing else in a frame."""
    front = "https://front.example.org/out?x=1"
    options = OpenIDOptions(frontchannel_logout_uri=front)
    apps.change("app-2", openid=options)
    answer = alice.get(id_token_hint=alice.id_token, post_logout_redirect_uri=BYE)
    assert answer.status_code == 200
    (source,) = re.findall(r'<iframe[^>]*src="([^"]*)"', answer.text)
    url = source.replace("&amp;", "&")
    assert url.startswith(f"{front}&")
    told = parameters_of(url)
    assert told["iss"] == alice.site.url
    assert told["sid"] != claims_of(alice.site, alice.id_token).claims["sid"]
    policy = answer.headers["Content-Security-Policy"]
    (allowed,) = re.findall(r"frame-src ([^;]*)", policy)
    assert allowed.split() == ["https://front.example.org"]
    assert f'href="{BYE}"' in answer.text
    assert not alice.is_logged_in


def test_a_page_without_frames_allows_none(alice: LoggedIn) -> None:
    """Conformance: AE-29."""
    assert "frame-src" not in alice.get().headers["Content-Security-Policy"]


# -- what applications have got -------------------------------------------------


def works(site: Any, token: str) -> bool:
    return bool(site.get("/@@oauth2-userinfo", token).status_code == 200)


def log_out(alice: LoggedIn) -> None:
    assert alice.get(id_token_hint=alice.id_token).status_code == 200


def test_an_access_token_ends_with_the_session_in_which_it_was_obtained(
    alice: LoggedIn, redeem: Redeem
) -> None:
    """Conformance: LO-12: and not with that of another browser."""
    token = redeem(code_of(alice.browser, ["openid"]))["access_token"]
    elsewhere = Browser(alice.site)
    elsewhere.log_in()
    other = redeem(code_of(elsewhere, ["openid"]))["access_token"]
    assert works(alice.site, token)
    log_out(alice)
    assert not works(alice.site, token)
    assert works(alice.site, other)


@pytest.mark.parametrize("asks", [True, False])
def test_an_application_that_stays_signed_in_goes_on_after_the_log_out(
    alice: LoggedIn, redeem: Redeem, apps: Apps, asks: bool
) -> None:
    """Conformance: LO-12: by offline_access, or by what is registered for it."""
    apps.change(
        grant_types=frozenset({"authorization_code", "refresh_token"}),
        scopes=apps["app-1"].scopes | {"offline_access"},
        stays_signed_in=not asks,
    )
    scopes = ["openid", "offline_access"] if asks else ["openid"]
    members = redeem(code_of(alice.browser, scopes))
    log_out(alice)
    assert works(alice.site, members["access_token"])
    data = {
        "grant_type": "refresh_token",
        "client_id": "app-1",
        "refresh_token": members["refresh_token"],
    }
    answer = requests.post(alice.site.endpoint, data=data, timeout=30)
    assert works(alice.site, answer.json()["access_token"])


def test_a_code_is_good_for_nothing_after_the_log_out(
    alice: LoggedIn, redeem: Redeem
) -> None:
    """Conformance: LO-12."""
    code = code_of(alice.browser, ["openid"])
    log_out(alice)
    with pytest.raises(InvalidGrant, match="unknown or expired"):
        redeem(code)
