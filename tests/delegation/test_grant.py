"""The authorization code grant: a code in, an access token out, once."""

from collections.abc import Callable
from collections.abc import Iterator
from dataclasses import replace
from pas.plugins.tokenauth.authorization_server.introspection import introspected
from pas.plugins.tokenauth.authorization_server.metadata import (
    authorization_server_metadata,
)
from pas.plugins.tokenauth.core.errors import AccessRefused
from pas.plugins.tokenauth.core.errors import GrantEnded
from pas.plugins.tokenauth.core.errors import InvalidClient
from pas.plugins.tokenauth.core.errors import InvalidGrant
from pas.plugins.tokenauth.core.errors import InvalidRequest
from pas.plugins.tokenauth.core.tokens import digest
from pas.plugins.tokenauth.credentials.interfaces import ICredentialKind
from pas.plugins.tokenauth.delegation.authorizing import CODE_LIFETIME
from pas.plugins.tokenauth.delegation.interfaces import IAuthorizationData
from pas.plugins.tokenauth.delegation.interfaces import IDelegation
from pas.plugins.tokenauth.delegation.interfaces import ITokenResponseMembers
from pas.plugins.tokenauth.delegation.interfaces import RedeemedGrant
from pas.plugins.tokenauth.delegation.kind import AUTHORIZATION
from pas.plugins.tokenauth.events import IRevokedEvent
from pas.plugins.tokenauth.site.interfaces import ISiteContext
from pas.plugins.tokenauth.site.userlimits import UserLimits
from pas.plugins.tokenauth.storage.records import REMEMBERED
from pas.plugins.tokenauth.tokens.checks import authenticate
from tests.delegation.conftest import Browser
from tests.delegation.conftest import CHALLENGE
from tests.delegation.conftest import challenge_of
from tests.delegation.conftest import Redeem
from tests.delegation.conftest import REDIRECT_URI
from tests.delegation.conftest import VERIFIER
from tests.delegation.flow import ADDRESS
from tests.delegation.flow import Flow
from tests.delegation.flow import NOW
from tests.delegation.flow import WRITE
from typing import Any
from zope.component import getGlobalSiteManager

import pytest


def test_a_code_is_exchanged_for_a_token_that_acts_as_the_person(flow: Flow) -> None:
    """Conformance: AE-19, CR-14, TE-01, TE-02, TE-04."""
    response = flow.redeem(flow.code())
    members = response.members
    assert members.pop("access_token").startswith("pta_")
    assert members == {
        "token_type": "Bearer",
        "expires_in": 3600,
        "scope": "plone.read plone.write",
    }
    access = authenticate(flow.site.context, response.access_token, ADDRESS, NOW)
    assert (access.subject, access.owner) == ("alice", "alice")
    assert access.credential_id == flow.authorization.credential_id
    assert access.scopes == WRITE


def test_a_token_has_what_was_granted_with_its_code(flow: Flow) -> None:
    """Conformance: CO-07, CR-14."""
    flow.code()
    response = flow.redeem(flow.code(frozenset({"plone.read"})))
    assert response.scope == "plone.read"
    access = authenticate(flow.site.context, response.access_token, ADDRESS, NOW)
    assert access.scopes == {"plone.read"}


def test_the_use_is_on_record(flow: Flow) -> None:
    """The usage log of the authorization shows when and from where."""
    flow.redeem(flow.code())
    log = flow.site.context.storage["usage_log"]
    (entry,) = log.entries(flow.authorization.credential_id)
    assert (entry.subject, entry.address, entry.user_agent) == ("alice", ADDRESS, "app")


# -- what is refused -----------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "client"),
    [
        ({}, "app-2"),
        ({"redirect_uri": f"{REDIRECT_URI}/"}, "app-1"),
        ({"redirect_uri": "https://evil.example/"}, "app-1"),
    ],
    ids=str,
)
def test_a_code_is_good_for_its_client_and_its_place(
    flow: Flow, changes: Any, client: str
) -> None:
    """Conformance: CA-07, CR-02, CR-03, CR-07: and is not used up by others."""
    code = flow.code()
    with pytest.raises(InvalidGrant) as refused:
        flow.redeem(code, client, **changes)
    assert not isinstance(refused.value, GrantEnded)
    assert (refused.value.is_news, refused.value.credential_id) == (True, client)
    assert flow.redeem(code)


def test_who_uses_pkce_need_not_name_the_place_again(flow: Flow) -> None:
    """Conformance: CR-07: others have to, as their code may be another one's."""
    assert flow.redeem(flow.code(), redirect_uri=None)
    request = replace(flow.request(), parameters={"redirect_uri": REDIRECT_URI})
    code = flow.code(request=request)
    with pytest.raises(InvalidGrant, match="redirect_uri is needed"):
        flow.redeem(code, redirect_uri=None, code_verifier=None)
    assert flow.redeem(code, code_verifier=None)


@pytest.mark.parametrize("uri", [None, REDIRECT_URI])
def test_who_has_named_no_place_need_not_name_it_later(
    flow: Flow, uri: str | None
) -> None:
    """Conformance: CR-07, AE-04: but can; clients of go-oauth2-server do."""
    code = flow.code(request=replace(flow.request(), parameters={}))
    with pytest.raises(InvalidGrant, match="another one"):
        flow.redeem(code, redirect_uri="https://evil.example/", code_verifier=None)
    assert flow.redeem(code, redirect_uri=uri, code_verifier=None)


def test_the_port_of_a_native_application_is_the_same_at_both_endpoints(
    flow: Flow,
) -> None:
    """Conformance: CR-07, AE-05."""
    uri = "http://127.0.0.1:49152/cb"
    request = flow.request(redirect_uri=uri)
    code = flow.code(request=request)
    with pytest.raises(InvalidGrant):
        flow.redeem(code, redirect_uri="http://127.0.0.1/cb")
    assert flow.redeem(code, redirect_uri=uri)


@pytest.mark.parametrize("code", ["x", "ptc_x", "\u00e9", "pta_" + "0" * 49])
def test_what_is_no_code_is_refused(flow: Flow, code: str) -> None:
    """Conformance: CR-32, TE-14."""
    with pytest.raises(InvalidGrant, match="unknown or expired"):
        flow.redeem(code)


def test_a_request_without_a_code_is_malformed(flow: Flow) -> None:
    with pytest.raises(InvalidRequest, match="code is missing"):
        flow.redeem("")


@pytest.mark.parametrize("client", [None, "key"])
def test_who_is_no_application_is_refused(flow: Flow, client: Any) -> None:
    """Conformance: CR-01, CA-06: before anything of the code is looked at."""
    code = flow.code()
    with pytest.raises(InvalidClient):
        flow.redeem(code, client=object() if client else None)
    assert flow.redeem(code)


def test_a_code_expires(flow: Flow) -> None:
    """Conformance: AE-31, CR-13."""
    assert CODE_LIFETIME == 60
    code = flow.code()
    with pytest.raises(InvalidGrant, match="unknown or expired"):
        flow.redeem(code, now=NOW + CODE_LIFETIME)
    assert flow.redeem(code, now=NOW + CODE_LIFETIME - 1)


# -- PKCE ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "verifier",
    [
        VERIFIER,
        "a.~-_" + "x" * 38,
        "f" * 96,
        "." * 128,
        "~" * 43,
        # git-credential-oauth 0.4
        "aTYV3vAarzGjfeJLXga3mhVvozqCkPyrzyOh9yVhCX0=",
        "+/" * 21 + "==",
    ],
)
def test_a_verifier_that_belongs_to_the_challenge_is_accepted(
    flow: Flow, verifier: str
) -> None:
    """Conformance: PK-05, PK-12, CS-38."""
    request = flow.request(code_challenge=challenge_of(verifier))
    assert flow.redeem(flow.code(request=request), code_verifier=verifier)


@pytest.mark.parametrize(
    "verifier",
    [
        None,
        "",
        "x" * 42,
        "x" * 43,
        "x" * 129,
        VERIFIER + "=",
        VERIFIER + "\u00e9",
        VERIFIER + " ",
        "+",
    ],
)
def test_a_wrong_verifier_ends_the_code(flow: Flow, verifier: str | None) -> None:
    """Conformance: PK-05, PK-06, PK-07."""
    code = flow.code()
    with pytest.raises(GrantEnded):
        flow.redeem(code, code_verifier=verifier)
    with pytest.raises(InvalidGrant):
        flow.redeem(code)


@pytest.mark.parametrize("length", [42, 129])
def test_a_verifier_of_another_length_is_none_although_its_digest_fits(
    flow: Flow, length: int
) -> None:
    """Conformance: PK-05."""
    request = flow.request(code_challenge=challenge_of("x" * length))
    with pytest.raises(GrantEnded):
        flow.redeem(flow.code(request=request), code_verifier="x" * length)


def test_a_wrong_verifier_of_somebody_else_ends_nothing(flow: Flow) -> None:
    """Conformance: PK-07: whoever sees a code cannot burn it."""
    code = flow.code()
    with pytest.raises(InvalidGrant):
        flow.redeem(code, "app-2", code_verifier="x" * 43)
    assert flow.redeem(code)


def test_a_verifier_without_a_challenge_is_refused(flow: Flow) -> None:
    """Conformance: PK-08."""
    request = replace(flow.request(), parameters={})
    code = flow.code(request=request)
    with pytest.raises(InvalidGrant, match="without PKCE"):
        flow.redeem(code)
    assert flow.redeem(code, code_verifier=None)


def test_no_refusal_shows_the_challenge(flow: Flow) -> None:
    """Conformance: PK-10."""
    code = flow.code()
    with pytest.raises(InvalidGrant) as refused:
        flow.redeem(code, code_verifier="x" * 43)
    assert CHALLENGE not in str(refused.value) + refused.value.reason


# -- a code that comes twice ---------------------------------------------------


@pytest.mark.parametrize("later", [0, 30, CODE_LIFETIME + 1, CODE_LIFETIME + 600])
def test_a_code_that_comes_twice_ends_what_came_of_it(
    flow: Flow, later: float, listen: Any
) -> None:
    """Conformance: CR-09, CR-10, CS-28, CS-29."""
    code = flow.code()
    response = flow.redeem(code)
    revoked = listen(IRevokedEvent)
    assert flow.works(response.access_token, NOW + later)
    with pytest.raises(InvalidGrant, match="used before"):
        flow.redeem(code, now=NOW + later)
    assert not flow.works(response.access_token, NOW + later)
    assert [event.kind for event in revoked] == ["access_token"]
    with pytest.raises(InvalidGrant, match="used before"):
        flow.redeem(code, now=NOW + later)


@pytest.mark.parametrize(
    ("client", "changes"),
    [
        ("app-2", {}),
        ("app-1", {"redirect_uri": "https://evil.example/"}),
        ("app-1", {"code_verifier": "x" * 43}),
        ("app-1", {"code_verifier": None}),
    ],
    ids=str,
)
def test_a_second_try_that_is_not_right_ends_nothing(
    flow: Flow, client: str, changes: Any
) -> None:
    """Conformance: CR-09: else anybody who sees a code can end the token."""
    code = flow.code()
    response = flow.redeem(code)
    with pytest.raises(InvalidGrant):
        flow.redeem(code, client, **changes)
    assert flow.works(response.access_token)


def test_other_tokens_of_the_authorization_live_on(flow: Flow) -> None:
    """Conformance: CR-09."""
    other = flow.redeem(flow.code())
    code = flow.code()
    flow.redeem(code)
    with pytest.raises(InvalidGrant):
        flow.redeem(code)
    assert flow.works(other.access_token)


def test_a_request_that_lost_against_another_ends_nothing(flow: Flow) -> None:
    """Conformance: CR-11, CR-12."""
    code = flow.code()
    response = flow.redeem(code)
    with pytest.raises(InvalidGrant):
        flow.redeem(code, is_repeated=True)
    assert flow.works(response.access_token)


def test_a_replay_that_conflicts_is_one_still(
    site: Any, browser: Browser, redeem: Redeem, conflict_once: None
) -> None:
    """Conformance: CR-09, CR-12: whoever has the tokens could make it conflict."""
    code = browser.code()
    token = redeem(code).json()["access_token"]
    assert redeem(code).json()["error"] == "invalid_grant"
    assert site.api("GET", "/@users/alice", token).status_code == 401


def test_a_code_is_forgotten_in_the_end(flow: Flow) -> None:
    """Conformance: CR-10."""
    code = flow.code()
    flow.redeem(code)
    later = NOW + CODE_LIFETIME + REMEMBERED
    with pytest.raises(InvalidGrant, match="unknown or expired"):
        flow.redeem(code, now=later)
    codes = flow.site.context.storage["authorization_codes"]
    assert codes.get(digest(code), later) is None


# -- what holds at the exchange and at every use -------------------------------


def lose_group(flow: Flow) -> None:
    flow.apps.change(limits=UserLimits(groups=("authors",)))


def end_application(flow: Flow) -> None:
    flow.apps.change(ends_at=NOW)


def lose_scope(flow: Flow) -> None:
    flow.apps.change(scopes=frozenset({"plone.read"}))


def lose_permission(flow: Flow) -> None:
    flow.site.portal.manage_permission(
        "pas.plugins.tokenauth: Authorize Applications", ["Manager"]
    )


def delete_user(flow: Flow) -> None:
    flow.site.portal.acl_users.userFolderDelUsers(["alice"])


def lock_user_out(flow: Flow) -> None:
    # The source no longer vouches for the user; PAS is not told.
    flow.site.portal.acl_users.source_users.removeUser("alice")


def revoke(flow: Flow) -> None:
    credentials = flow.site.context.storage["authorization"]
    credentials.mark_revoked(flow.authorization.credential_id, "alice", NOW)


def orphan(flow: Flow) -> None:
    flow.site.context.storage["authorization"].mark_orphaned("alice", NOW)


LOSSES: list[Callable[[Flow], None]] = [
    lose_group,
    end_application,
    lose_scope,
    lose_permission,
    delete_user,
    lock_user_out,
    revoke,
    orphan,
]


@pytest.mark.parametrize("lose", LOSSES)
def test_what_was_lost_since_the_code_counts_at_the_exchange(
    flow: Flow, lose: Callable[[Flow], None]
) -> None:
    """Conformance: AE-35, CR-17."""
    code = flow.code()
    lose(flow)
    flow.site.commit()
    with pytest.raises(InvalidGrant):
        flow.redeem(code)


@pytest.mark.parametrize("lose", [each for each in LOSSES if each != lose_permission])
def test_what_was_lost_since_the_exchange_counts_at_each_use(
    flow: Flow, lose: Callable[[Flow], None]
) -> None:
    """Conformance: AE-35."""
    token = flow.redeem(flow.code()).access_token
    assert flow.works(token)
    lose(flow)
    flow.site.commit()
    assert not flow.works(token)
    assert introspected(flow.site.context, token, NOW, None) == {"active": False}


def test_a_token_outlives_the_permission_until_it_expires(flow: Flow) -> None:
    """To ask for roles at each use would take longer than all other checks."""
    token = flow.redeem(flow.code()).access_token
    lose_permission(flow)
    flow.site.commit()
    assert flow.works(token)
    assert not flow.works(token, NOW + 3600)


def test_an_application_that_is_gone_gets_nowhere(flow: Flow) -> None:
    """Conformance: CO-12."""
    token = flow.redeem(flow.code()).access_token
    application = flow.apps.pop("app-1")
    assert not flow.works(token)
    flow.apps["app-1"] = application
    assert flow.works(token)


def test_the_address_counts_where_the_application_asks_for_tokens(flow: Flow) -> None:
    """Conformance: AE-35: a person's browser is somewhere else."""
    flow.apps.change(ip_ranges="198.51.100.0/24")
    code = flow.code()
    with pytest.raises(InvalidGrant, match="address"):
        flow.redeem(code)
    flow.apps.change(ip_ranges="192.0.2.0/24")
    token = flow.redeem(code).access_token
    assert flow.works(token, address="203.0.113.1")


def test_an_authorization_is_for_one_person_and_one_client(flow: Flow) -> None:
    """Conformance: CR-02."""
    flow.code()
    delegation = IDelegation(flow.site.context)
    flow.site.add_user("bob")
    bob = flow.site.context.users.get("bob")
    app_1, app_2 = flow.apps["app-1"], flow.apps["app-2"]
    delegation.may_still(app_1, flow.subject, flow.authorization, None, NOW)
    for client, subject in ((app_2, flow.subject), (app_1, bob)):
        with pytest.raises(AccessRefused, match="somebody else"):
            delegation.may_still(client, subject, flow.authorization, None, NOW)
    assert delegation.authorization("alice", "app-1", "") is flow.authorization
    assert delegation.authorization("alice", "app-2", "") is None
    assert delegation.authorization("bob", "app-1", "") is None


def test_without_its_kind_an_authorization_is_worth_nothing(flow: Flow) -> None:
    """A site without the package that knows what to check refuses."""
    token = flow.redeem(flow.code()).access_token
    manager = getGlobalSiteManager()
    manager.unregisterUtility(AUTHORIZATION, ICredentialKind, AUTHORIZATION.name)
    try:
        assert not flow.works(token)
    finally:
        manager.registerUtility(AUTHORIZATION, ICredentialKind, AUTHORIZATION.name)
    assert flow.works(token)


# -- what features add ---------------------------------------------------------


@pytest.fixture
def feature(site: Any) -> Iterator[list[RedeemedGrant]]:
    """One that keeps something with the code, and adds something to the answer."""
    seen: list[RedeemedGrant] = []

    class Data:
        def __init__(self, site: Any) -> None:
            pass

        def __call__(self, request: Any, subject: Any) -> dict[str, Any]:
            return {"nonce": request.parameters["nonce"], "user": subject.user_id}

    class Members:
        def __init__(self, site: Any) -> None:
            pass

        def __call__(self, redeemed: RedeemedGrant) -> dict[str, Any]:
            seen.append(redeemed)
            return {"id_token": redeemed.data["test"]["nonce"]}

    manager = getGlobalSiteManager()
    manager.registerAdapter(Data, (ISiteContext,), IAuthorizationData, "test")
    manager.registerAdapter(Members, (ISiteContext,), ITokenResponseMembers, "test")
    yield seen
    manager.unregisterAdapter(Data, (ISiteContext,), IAuthorizationData, "test")
    manager.unregisterAdapter(Members, (ISiteContext,), ITokenResponseMembers, "test")


def test_a_feature_keeps_data_with_the_code_and_adds_members_to_the_answer(
    flow: Flow, feature: list[RedeemedGrant]
) -> None:
    code = flow.code(request=flow.request(nonce="n-1"))
    response = flow.redeem(code)
    assert response.members["id_token"] == "n-1"
    (redeemed,) = feature
    assert redeemed.data == {"test": {"nonce": "n-1", "user": "alice"}}
    assert redeemed.subject == "alice"
    assert redeemed.scopes == WRITE
    assert redeemed.authorization is flow.authorization
    assert response.access_token not in repr(redeemed)


# -- metadata ------------------------------------------------------------------


def test_metadata_says_what_works(site: Any, sealing_key: str) -> None:
    """Conformance: PK-11, AE-09, AE-15, AE-16, AS-12, AS-13."""
    members = authorization_server_metadata(site.context)
    assert members["authorization_endpoint"] == f"{site.url}/@@oauth2-authorize"
    assert members["response_types_supported"] == ["code"]
    assert members["response_modes_supported"] == ["form_post", "query"]
    assert members["code_challenge_methods_supported"] == ["S256"]
    assert members["authorization_response_iss_parameter_supported"] is True
    assert members["request_parameter_supported"] is False
    assert members["request_uri_parameter_supported"] is False
    assert members["ui_locales_supported"] == ["de", "en", "es", "fr", "it", "nl"]
    assert "authorization_code" in members["grant_types_supported"]


def test_metadata_promises_no_code_while_nobody_can_sign_in(
    site: Any, zope_conf: dict[str, str]
) -> None:
    """Conformance: OD-12: the endpoint stays, as some clients look for it."""
    members = authorization_server_metadata(site.context)
    assert "authorization_code" not in members["grant_types_supported"]
    assert "code_challenge_methods_supported" not in members
    assert members["authorization_endpoint"] == f"{site.url}/@@oauth2-authorize"
    assert members["response_types_supported"] == ["code"]
