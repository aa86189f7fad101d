"""From a request for authorization to what an application knows about a person."""

from pas.plugins.tokenauth.core.errors import InvalidGrant
from pas.plugins.tokenauth.openid.signingkeys import SigningKeyRing
from tests.delegation.conftest import Apps
from tests.delegation.conftest import apps as apps
from tests.delegation.conftest import Browser
from tests.delegation.conftest import browser as browser
from tests.delegation.conftest import parameters_of
from tests.openid.flow import code_of
from tests.openid.flow import IDENTITY
from tests.openid.flow import person as person
from tests.openid.flow import PLACES
from tests.openid.flow import Redeem
from tests.openid.flow import redeem as redeem
from tests.openid.flow import SCOPE
from tests.openid.flow import verified
from typing import Any

import html
import pytest
import re
import requests
import time


def test_an_application_logs_a_person_in(
    provider: Any, person: Browser, redeem: Redeem
) -> None:
    """Conformance: CS-01, CS-08, CS-10, CO-05, OC-25; threat: the page tells values."""
    page = person.authorize(scope=SCOPE, nonce="n-0S6")
    shown = html.unescape(page.text)
    assert "alice@example.org" in shown
    assert "Alice & Co" in shown
    answer = person.answer(page, scope=SCOPE.split())
    members = redeem(parameters_of(answer.headers["Location"])["code"])
    claims = verified(provider, members["id_token"])
    assert claims["aud"] == "app-1"
    assert claims["nonce"] == "n-0S6"
    userinfo = provider.get("/@@oauth2-userinfo", members["access_token"]).json()
    assert userinfo == {
        "sub": claims["sub"],
        "email": "alice@example.org",
        "email_verified": False,
    }


def test_the_second_time_nobody_is_asked(
    provider: Any, person: Browser, redeem: Redeem
) -> None:
    """Also without a page at all. Conformance: CO-01, AE-21, CS-19, PL-07."""
    claims = []
    apps_scope = ["openid", "profile"]
    for changes in ({}, {}, {"prompt": "none"}):
        # A public application of a web site: not on the person's own computer.
        answer = redeem(code_of(person, apps_scope, **changes))
        claims.append(verified(provider, answer["id_token"]))
    assert len({(each["sub"], each["auth_time"]) for each in claims}) == 1
    page = person.authorize(scope="openid profile", prompt="none")
    assert page.status_code == 303
    assert "code" in parameters_of(page.headers["Location"])


def test_more_data_is_asked_for(provider: Any, person: Browser) -> None:
    """Conformance: OC-25, CO-10."""
    code_of(person, ["openid"])
    assert person.authorize(scope="openid").status_code == 303
    assert person.authorize(scope="openid email").status_code == 200
    claims = '{"userinfo": {"email": null}}'
    page = person.authorize(scope="openid", claims=claims)
    assert page.status_code == 200
    assert "alice@example.org" in page.text


def test_claims_that_were_allowed_by_name_are_told(
    provider: Any, person: Browser, redeem: Redeem
) -> None:
    """Conformance: OC-11, CS-35."""
    claims = '{"userinfo": {"email": null}, "id_token": {"name": {"essential": true}}}'
    members = redeem(code_of(person, ["openid"], claims=claims))
    assert verified(provider, members["id_token"])["name"] == "Alice & Co"
    userinfo = provider.get("/@@oauth2-userinfo", members["access_token"]).json()
    assert userinfo["email"] == "alice@example.org"
    assert "name" not in userinfo


def test_a_scope_that_was_unticked_tells_nothing(
    provider: Any, person: Browser, redeem: Redeem
) -> None:
    """Conformance: CO-07, UI-13."""
    page = person.authorize(scope="openid email profile")
    answer = person.answer(page, scope=["openid"])
    members = redeem(parameters_of(answer.headers["Location"])["code"])
    assert members["scope"] == "openid"
    userinfo = provider.get("/@@oauth2-userinfo", members["access_token"]).json()
    assert userinfo.keys() == {"sub"}


def test_a_claim_by_name_does_not_replace_a_scope_that_was_unticked(
    provider: Any, person: Browser, redeem: Redeem
) -> None:
    """Conformance: CO-07."""
    claims = '{"id_token": {"email": null}, "userinfo": {"email": null}}'
    page = person.authorize(scope="openid email", claims=claims)
    answer = person.answer(page, scope=["openid"])
    members = redeem(parameters_of(answer.headers["Location"])["code"])
    assert "email" not in verified(provider, members["id_token"])
    userinfo = provider.get("/@@oauth2-userinfo", members["access_token"]).json()
    assert userinfo.keys() == {"sub"}


def test_an_application_learns_nothing_beyond_its_scopes(
    provider: Any, person: Browser, redeem: Redeem, apps: Apps
) -> None:
    """Conformance: OC-11: also the site's own, which asks nobody."""
    apps.change(scopes=frozenset({"openid"}), is_first_party=True)
    claims = '{"id_token": {"roles": null}, "userinfo": {"groups": null}}'
    members = redeem(code_of(person, ["openid"], claims=claims))
    assert "roles" not in verified(provider, members["id_token"])
    userinfo = provider.get("/@@oauth2-userinfo", members["access_token"]).json()
    assert userinfo.keys() == {"sub"}


def test_a_claim_ends_with_the_scope_that_the_application_loses(
    provider: Any, person: Browser, redeem: Redeem, apps: Apps
) -> None:
    """Conformance: OC-11: also in what people have allowed before."""
    claims = '{"id_token": {"name": null}, "userinfo": {"email": null}}'
    code = code_of(person, ["openid"], claims=claims)
    apps.change(scopes=frozenset({"openid"}))
    members = redeem(code)
    assert "name" not in verified(provider, members["id_token"])
    userinfo = provider.get("/@@oauth2-userinfo", members["access_token"]).json()
    assert userinfo.keys() == {"sub"}


def test_each_application_gets_its_own_id_token(
    provider: Any, person: Browser, redeem: Redeem
) -> None:
    """Conformance: OC-01, CR-02."""
    first = redeem(code_of(person, ["openid"]))["id_token"]
    code = code_of(person, ["openid"], client_id="app-2")
    second = redeem(code, client_id="app-2")["id_token"]
    assert verified(provider, first)["aud"] == "app-1"
    assert verified(provider, second)["aud"] == "app-2"
    assert verified(provider, first)["sub"] == verified(provider, second)["sub"]


def test_where_openid_is_off_nothing_of_it_is_known(
    provider: Any, person: Browser, redeem: Redeem
) -> None:
    """Conformance: OD-03, AE-18."""
    provider.plugin.openid_enabled = False
    provider.commit()
    answer = redeem(code_of(person, ["openid", "email", "plone.read"]))
    assert answer["scope"] == "plone.read"
    assert "id_token" not in answer
    refused = person.authorize(scope="openid email")
    assert parameters_of(refused.headers["Location"])["error"] == "invalid_scope"


def test_malformed_claims_go_back_to_the_application(person: Browser) -> None:
    """Conformance: OC-11."""
    refused = person.authorize(scope="openid", claims="{")
    assert parameters_of(refused.headers["Location"])["error"] == "invalid_request"


def test_all_places_tell_the_same(provider: Any, person: Browser) -> None:
    """Conformance: OD-01, OD-02, AS-11, CS-39, CS-73."""
    path = provider.url.rpartition("/")[2]
    root = provider.url.removesuffix(f"/{path}")
    urls = [
        *(f"{provider.url}{place}" for place in PLACES),
        *(f"{root}{place}/{path}" for place in PLACES),
    ]
    documents = [requests.get(url, timeout=30) for url in urls]
    assert len({document.text for document in documents}) == 1
    metadata = documents[0].json()
    assert metadata["issuer"] == provider.url
    assert set(metadata["scopes_supported"]) >= IDENTITY
    assert metadata["response_types_supported"] == ["code"]
    assert metadata["userinfo_endpoint"] == f"{provider.url}/@@oauth2-userinfo"
    assert metadata["jwks_uri"] == f"{provider.url}/@@oauth2-jwks"


@pytest.mark.parametrize("place", ["code", "id_token"])
def test_what_is_made_for_one_place_is_refused_at_others(
    provider: Any,
    person: Browser,
    redeem: Redeem,
    place: str,
) -> None:
    """Conformance: CR-16, OC-18."""
    code = code_of(person, ["openid", "plone.read"])
    made = code if place == "code" else redeem(code)["id_token"]
    for path in ("/@users/alice", "/@@oauth2-userinfo"):
        assert provider.api("GET", path, made).status_code == 401
    body = provider.request("POST", "/@@oauth2-userinfo", data={"access_token": made})
    assert body.status_code == 401
    if place == "id_token":
        with pytest.raises(InvalidGrant):
            redeem(made)


def test_a_code_is_used_once_with_its_id_token(
    provider: Any, person: Browser, redeem: Redeem
) -> None:
    """Conformance: CR-09, CS-28."""
    code = code_of(person, ["openid"])
    token = redeem(code)["access_token"]
    assert provider.get("/@@oauth2-userinfo", token).status_code == 200
    with pytest.raises(InvalidGrant):
        redeem(code)
    assert provider.get("/@@oauth2-userinfo", token).status_code == 401


def test_what_the_site_signs_is_no_access_token_anywhere(
    provider: Any, person: Browser, redeem: Redeem
) -> None:
    """Conformance: CR-16, OC-18: also where nobody has to log in. Others' JWTs
    are left to whoever knows them."""
    id_token = redeem(code_of(person, ["openid"]))["id_token"]
    logout_token = SigningKeyRing(provider.context).sign(
        {"iss": provider.url}, "logout+jwt", "ES256", time.time()
    )
    provider.commit()
    foreign = f"{id_token[:-8]}AAAAAAAA"
    for token, status in ((id_token, 401), (logout_token, 401), (foreign, 200)):
        answer = provider.get("", token)
        assert answer.status_code == status
        assert token not in answer.text
    answer = provider.get("", id_token)
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_nobody_allows_the_rest_without_the_log_in(
    provider: Any, person: Browser, redeem: Redeem
) -> None:
    """Conformance: CO-07: neither on the page nor by an answer of one's own."""
    page = person.authorize(scope="openid email")
    boxes = re.findall(r"<input[^>]*type=\"checkbox\"[^>]*>", page.text)
    assert len(boxes) == 1
    assert 'value="email"' in boxes[0]
    answer = person.answer(page, scope=["email"])
    members = redeem(parameters_of(answer.headers["Location"])["code"])
    assert set(members["scope"].split()) == {"openid", "email"}
    assert members["id_token"]
