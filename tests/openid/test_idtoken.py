"""ID tokens."""

from joserfc import jwt
from joserfc.jwk import KeySet
from pas.plugins.tokenauth.authorization_server.interfaces import ISubjects
from pas.plugins.tokenauth.authorization_server.interfaces import OpenIDOptions
from pas.plugins.tokenauth.delegation.interfaces import ITokenResponseMembers
from pas.plugins.tokenauth.openid import idtoken
from pas.plugins.tokenauth.openid.protocol import at_hash
from pas.plugins.tokenauth.openid.signingkeys import SigningKeyRing
from pas.plugins.tokenauth.sealing.keyring import make_key
from tests.delegation.conftest import Apps
from tests.delegation.conftest import Browser
from tests.delegation.conftest import REDIRECT_URI
from tests.delegation.conftest import VERIFIER
from tests.openid.flow import apps as apps
from tests.openid.flow import browser as browser
from tests.openid.flow import code_of
from tests.openid.flow import person as person
from tests.openid.flow import verified
from tests.openid.people import add_person
from tests.openid.people import redeemed
from typing import Any
from ZODB.serialize import ObjectWriter
from zope.component import getAdapter
from zope.interface.verify import verifyObject

import json
import pytest
import requests


NOW = 1_800_000_000


def id_token(site: Any, **options: Any) -> jwt.Token:
    """What an application makes of it."""
    members = getAdapter(site.context, ITokenResponseMembers, "openid")
    assert verifyObject(ITokenResponseMembers, members)
    token = members(redeemed(**options))["id_token"]
    keys = KeySet.import_key_set(SigningKeyRing(site.context).jwks(NOW))
    return jwt.decode(token, keys, algorithms=["RS256", "ES256", "EdDSA"])


def test_an_id_token_says_who_has_logged_in_where(provider: Any) -> None:
    """Conformance: OC-01, OC-02, OC-05, OC-17, OC-24, CS-01, CS-03, CS-40."""
    token = id_token(provider)
    access_token = redeemed().access_token
    assert token.claims == {
        "iss": provider.url,
        "sub": ISubjects(provider.context)("jane", None),
        "aud": "app-1",
        "iat": NOW,
        "exp": NOW + 600,
        "at_hash": at_hash(access_token, "RS256"),
    }
    assert token.header.keys() == {"alg", "kid", "typ"}
    assert token.header["typ"] == "JWT"


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
def test_an_id_token_is_bound_to_the_access_token_as_its_signature_wants(
    provider: Any, algorithm: str
) -> None:
    """Conformance: OC-02: strict clients refuse a half hash of another length."""
    options = OpenIDOptions(id_token_signed_response_alg=algorithm)
    token = id_token(provider, openid=options)
    assert token.header["alg"] == algorithm
    access_token = redeemed().access_token
    assert token.claims["at_hash"] == at_hash(access_token, algorithm)


def test_the_lifetime_is_a_setting(provider: Any) -> None:
    """Conformance: OC-05."""
    provider.plugin.id_token_lifetime = 300
    assert id_token(provider).claims["exp"] == NOW + 300


@pytest.mark.parametrize("nonce", ["x", "a+b /ü", "n" * 2000])
def test_a_nonce_comes_back_as_it_was(provider: Any, nonce: str) -> None:
    """Conformance: OC-03."""
    assert id_token(provider, nonce=nonce).claims["nonce"] == nonce


def test_without_a_nonce_there_is_none(provider: Any) -> None:
    """Conformance: OC-03, CS-08."""
    assert "nonce" not in id_token(provider).claims


def test_a_request_without_openid_gets_no_id_token(provider: Any) -> None:
    """Conformance: AE-19, CR-14."""
    members = getAdapter(provider.context, ITokenResponseMembers, "openid")
    assert members(redeemed(scope="profile plone.read")) == {}


def test_claims_that_were_asked_for_by_name_are_in_it(provider: Any) -> None:
    """Conformance: OC-11, UI-10."""
    add_person(provider)
    claims = id_token(
        provider,
        claims="email locale sub unknown",
        allowed=("id_token:email", "userinfo:locale"),
    ).claims
    assert claims["email"] == "jane@example.org"
    assert claims["locale"] == "pt-BR"
    assert claims["sub"] == ISubjects(provider.context)("jane", None)
    assert "unknown" not in claims
    assert "name" not in claims


def test_claims_that_the_person_did_not_allow_are_not_in_it(provider: Any) -> None:
    """Conformance: CO-07: whatever the application has asked for by name."""
    add_person(provider)
    asked = {"claims": "email name", "allowed": ("email", "profile")}
    claims = id_token(provider, scope="openid profile", **asked).claims
    assert claims["name"] == "Jane Émile"
    assert "email" not in claims


def test_no_claim_takes_the_place_of_a_required_one(
    provider: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_person(provider)
    evil = {"iss": "x", "sub": "x", "aud": "x", "exp": 0, "at_hash": "x"}
    monkeypatch.setattr(idtoken, "claims_about", lambda *_: evil)
    claims = id_token(provider, claims="iss", allowed=("id_token:iss",)).claims
    assert not {claims[name] for name in evil} & {"x", 0}


def test_an_id_token_is_no_access_token(provider: Any) -> None:
    """Conformance: CR-16, OC-18."""
    add_person(provider)
    members = getAdapter(provider.context, ITokenResponseMembers, "openid")
    token = members(redeemed())["id_token"]
    provider.commit()
    userinfo = provider.get("/@@oauth2-userinfo", token)
    assert userinfo.status_code == 401
    assert provider.api("GET", "/@users/jane", token).status_code == 401
    for endpoint in ("oauth2-introspect", "oauth2-token"):
        data = {
            "token": token,
            "assertion": token,
            "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
            "client_assertion": token,
            "client_assertion_type": (
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
            ),
        }
        response = provider.request("POST", f"/@@{endpoint}", data=data)
        assert response.status_code in (400, 401)


def test_an_id_token_says_what_is_known_of_the_log_in(provider: Any) -> None:
    """Conformance: OC-04, OC-08, OC-23: whole seconds, and no empty claims."""
    claims = id_token(provider, sid="s-1", auth_time=1000.9, amr="pwd otp").claims
    assert claims["sid"] == "s-1"
    assert claims["auth_time"] == 1000
    assert claims["amr"] == ["pwd", "otp"]
    assert not {"sid", "auth_time", "amr"} & id_token(provider).claims.keys()


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
def test_an_application_can_have_another_algorithm(
    provider: Any, algorithm: str
) -> None:
    """Conformance: OC-17."""
    options = OpenIDOptions(id_token_signed_response_alg=algorithm)
    assert id_token(provider, openid=options).header["alg"] == algorithm


def test_an_application_can_have_the_claims_in_the_id_token(provider: Any) -> None:
    """Conformance: OC-10: those of the scopes that it was granted."""
    add_person(provider)
    scope = "openid email"
    assert "email" not in id_token(provider, scope=scope).claims
    options = OpenIDOptions(claims_in_id_token=True)
    claims = id_token(provider, scope=scope, openid=options).claims
    assert claims["email"] == "jane@example.org"
    assert "name" not in claims


def test_an_application_can_know_people_by_names_of_its_own(provider: Any) -> None:
    """Conformance: OC-07."""
    options = OpenIDOptions(subject_type="pairwise")
    own = id_token(provider, openid=options).claims["sub"]
    assert own != id_token(provider).claims["sub"]
    assert own == id_token(provider, openid=options).claims["sub"]


# -- over HTTP -----------------------------------------------------------------

STAYS = ["openid", "plone.read"]


def post(site: Any, **parameters: str) -> requests.Response:
    """What the token endpoint answers the application."""
    data = {"client_id": "app-1", **parameters}
    return requests.post(site.endpoint, data=data, timeout=30)


def exchange(site: Any, code: str) -> requests.Response:
    return post(
        site,
        grant_type="authorization_code",
        code=code,
        redirect_uri=REDIRECT_URI,
        code_verifier=VERIFIER,
    )


def refresh(site: Any, token: str) -> requests.Response:
    return post(site, grant_type="refresh_token", refresh_token=token)


@pytest.fixture
def staying(apps: Apps, person: Browser) -> Browser:
    """The browser of alice, whose application stays signed in."""
    grants = frozenset({"authorization_code", "refresh_token"})
    apps.change(grant_types=grants, stays_signed_in=True)
    return person


@pytest.mark.parametrize("other", [True, False])
def test_while_the_sealing_key_is_gone_neither_code_nor_refresh_token_is_used_up(
    provider: Any, staying: Browser, zope_conf: dict[str, str], other: bool
) -> None:
    """Conformance: OD-12, OD-13, TE-19: 503 with Retry-After and a clear text."""
    token = exchange(provider, code_of(staying, STAYS)).json()["refresh_token"]
    code = code_of(staying, STAYS)
    key = zope_conf.pop("sealing-key")
    if other:
        zope_conf["sealing-key"] = make_key()
    for answer in (exchange(provider, code), refresh(provider, token)):
        assert answer.status_code == 503
        assert answer.json().keys() == {"message"}
        assert "sealing key" in answer.json()["message"]
        assert answer.headers["Retry-After"] == "10"
        assert answer.headers["Cache-Control"] == "no-store"
    zope_conf["sealing-key"] = key
    for answer in (exchange(provider, code), refresh(provider, token)):
        assert "id_token" in answer.json()


def test_what_needs_no_id_token_is_refreshed_without_the_sealing_key(
    provider: Any, staying: Browser, zope_conf: dict[str, str]
) -> None:
    """Conformance: OD-12: all else goes on."""
    token = exchange(provider, code_of(staying, ["plone.read"])).json()["refresh_token"]
    zope_conf.clear()
    assert refresh(provider, token).status_code == 200


def test_a_later_id_token_is_about_the_same_log_in(
    provider: Any, staying: Browser
) -> None:
    """Conformance: CR-30, CS-37: without a nonce, which nobody waits for."""
    first = exchange(provider, code_of(staying, STAYS, nonce="n")).json()
    later = refresh(provider, first["refresh_token"]).json()
    before = verified(provider, first["id_token"])
    after = verified(provider, later["id_token"])
    assert before["nonce"] == "n"
    assert "nonce" not in after
    for name in ("iss", "sub", "aud", "sid", "auth_time", "amr"):
        assert after[name] == before[name], name
    assert after["at_hash"] == at_hash(later["access_token"], "RS256")


def test_the_record_of_an_application_that_stays_is_small_whatever_it_sends(
    provider: Any, staying: Browser
) -> None:
    """Conformance: CR-34."""
    claims = {"id_token": {f"claim-{each}": None for each in range(80)}}
    code = code_of(staying, STAYS, nonce="n" * 2000, claims=json.dumps(claims))
    assert exchange(provider, code).ok
    provider.sync()
    (authorization,) = provider.context.storage["authorization"].all()
    (family,) = authorization.families
    assert family.data["openid"].keys() == {"amr", "auth_time", "sid"}
    assert len(ObjectWriter(family).serialize(family)) < 1_000
