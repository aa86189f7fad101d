"""The refresh token grant: a token in, its successor and an access token out."""

from collections.abc import Callable
from collections.abc import Iterator
from pas.plugins.tokenauth.authorization_server.introspection import revoke_held_token
from pas.plugins.tokenauth.authorization_server.introspection import revoke_token
from pas.plugins.tokenauth.authorization_server.metadata import (
    authorization_server_metadata,
)
from pas.plugins.tokenauth.core.clock import DAY
from pas.plugins.tokenauth.core.errors import GrantEnded
from pas.plugins.tokenauth.core.errors import InvalidClient
from pas.plugins.tokenauth.core.errors import InvalidGrant
from pas.plugins.tokenauth.core.errors import InvalidRequest
from pas.plugins.tokenauth.core.errors import InvalidScope
from pas.plugins.tokenauth.core.tokens import make_token
from pas.plugins.tokenauth.core.tokens import TokenDigest
from pas.plugins.tokenauth.credentials.passwords import OFF
from pas.plugins.tokenauth.credentials.service import HOLDER
from pas.plugins.tokenauth.delegation.families import live_families
from pas.plugins.tokenauth.delegation.families import MAX_FAMILIES
from pas.plugins.tokenauth.delegation.families import REPLAYED
from pas.plugins.tokenauth.delegation.families import REUSED
from pas.plugins.tokenauth.delegation.interfaces import ITokenResponseMembers
from pas.plugins.tokenauth.delegation.interfaces import RedeemedGrant
from pas.plugins.tokenauth.events import IIssuedEvent
from pas.plugins.tokenauth.events import IRevokedEvent
from pas.plugins.tokenauth.events import REFRESH_TOKEN
from pas.plugins.tokenauth.resource_server.metadata import protected_resource_metadata
from pas.plugins.tokenauth.site.interfaces import ISiteContext
from pas.plugins.tokenauth.storage.families import MAX_ACCESS_TOKENS
from pas.plugins.tokenauth.storage.families import RefreshFamily
from pas.plugins.tokenauth.storage.families import REPEAT_WINDOW
from pas.plugins.tokenauth.storage.signedlinks import SignedLink
from pas.plugins.tokenauth.tokens.accesstokens import AccessTokenType
from pas.plugins.tokenauth.tokens.find import find_token
from pas.plugins.tokenauth.usage.recorder import recorder
from tests.delegation.conftest import Apps
from tests.delegation.conftest import Browser
from tests.delegation.conftest import Redeem
from tests.delegation.flow import ADDRESS
from tests.delegation.flow import Flow
from tests.delegation.flow import NOW
from tests.delegation.flow import WRITE
from tests.delegation.test_grant import LOSSES
from tests.delegation.test_grant import revoke
from typing import Any
from ZODB.serialize import ObjectWriter
from zope.component import getGlobalSiteManager

import contextlib
import pytest
import requests
import transaction


GRANTS = frozenset({"authorization_code", "refresh_token"})
HOUR = 3600
#: Half of the day in which the last use of an authorization is noted.
LATER = NOW + 12 * HOUR


def staying(flow: Flow) -> Flow:
    """With applications that stay signed in."""
    for client_id in flow.apps:
        flow.apps.change(client_id, grant_types=GRANTS, stays_signed_in=True)
    return flow


@pytest.fixture
def flow(flow: Flow) -> Flow:
    return staying(flow)


def sign_in(flow: Flow, scopes: frozenset[str] = WRITE, now: float = NOW) -> Any:
    """The answer to the exchange of a code."""
    return flow.redeem(flow.code(scopes), now=now)


def refresh_token(response: Any) -> str:
    return str(response.members["refresh_token"])


def families(flow: Flow) -> tuple[RefreshFamily, ...]:
    return flow.authorization.families


# -- who gets one --------------------------------------------------------------


@pytest.mark.parametrize("stays", [True, False])
@pytest.mark.parametrize("asks", [True, False])
def test_an_application_that_stays_signed_in_or_asks_to_gets_a_refresh_token(
    flow: Flow, stays: bool, asks: bool
) -> None:
    """Conformance: CR-18."""
    scopes = WRITE | ({"offline_access"} if asks else set())
    flow.apps.change(stays_signed_in=stays, scopes=WRITE | {"offline_access"})
    members = sign_in(flow, frozenset(scopes)).members
    assert ("refresh_token" in members) is (stays or asks)


def test_an_application_without_the_grant_gets_no_refresh_token(flow: Flow) -> None:
    """Conformance: CR-18."""
    flow.apps.change(grant_types=frozenset({"authorization_code"}))
    assert "refresh_token" not in sign_in(flow).members


def test_the_person_is_asked_before_the_site_s_own_application_stays(
    browser: Browser, redeem: Redeem, apps: Apps
) -> None:
    """Conformance: CR-19: not again, as long as that holds."""
    apps.change(
        is_public=False,
        is_first_party=True,
        grant_types=GRANTS,
        scopes=WRITE | {"offline_access"},
    )
    scope = "plone.read offline_access"
    asked = browser.authorize(scope=scope)
    assert asked.status_code == 200
    assert "Stay signed in" in asked.text
    answered = browser.answer(asked, scope=scope.split())
    assert answered.status_code == 303
    assert browser.authorize(scope=scope).status_code == 303
    code = browser.code(scope=scope)
    answer = redeem(code, client_secret="s3cret").json()
    assert answer["refresh_token"].startswith("ptr_")
    assert browser.authorize(scope=scope, prompt="consent").status_code == 200


# -- rotation ------------------------------------------------------------------


def test_a_refresh_gives_another_token_of_each(flow: Flow) -> None:
    """Conformance: CR-21, CR-31, RT-04."""
    first = sign_in(flow)
    token = refresh_token(first)
    assert token.startswith("ptr_")
    response = flow.refresh(token, now=LATER)
    members = response.members
    assert members["access_token"].startswith("pta_")
    assert members["access_token"] != first.access_token
    assert members["refresh_token"] not in (token, members["access_token"])
    assert members["scope"] == "plone.read plone.write"
    assert members["expires_in"] == HOUR
    assert flow.works(response.access_token, LATER)
    assert flow.refresh(refresh_token(response), now=LATER)


def test_a_confidential_application_rotates_too(flow: Flow) -> None:
    """Conformance: CR-26."""
    flow.apps.change(is_public=False)
    token = refresh_token(sign_in(flow))
    assert refresh_token(flow.refresh(token)) != token


def test_the_device_is_on_record(flow: Flow) -> None:
    """When and from where the application was there."""
    token = refresh_token(sign_in(flow))
    (family,) = families(flow)
    assert (family.started_at, family.used_at) == (NOW, NOW)
    flow.refresh(token, now=LATER)
    assert family.used_at == LATER
    assert (family.address, family.user_agent) == (ADDRESS, "app")
    recorder.flush(everything=True)
    transaction.begin()
    log = flow.site.context.storage["usage_log"]
    uses = log.uses(flow.authorization.credential_id, NOW, LATER + 1)
    assert uses == 2
    (entry, *_) = log.entries(flow.authorization.credential_id)
    assert (entry.time, entry.address, entry.user_agent) == (LATER, ADDRESS, "app")


def test_a_request_that_is_repeated_gets_the_same_successor(flow: Flow) -> None:
    """Conformance: CR-23, RT-06: and an access token of its own."""
    token = refresh_token(sign_in(flow))
    answers = [flow.refresh(token, now=NOW + each) for each in (0, 1, REPEAT_WINDOW)]
    assert len({refresh_token(each) for each in answers}) == 1
    assert len({each.access_token for each in answers}) == len(answers)
    assert all(flow.works(each.access_token) for each in answers)
    assert flow.refresh(refresh_token(answers[0]), now=LATER)


def test_a_token_that_comes_again_later_ends_its_family(flow: Flow) -> None:
    """Conformance: CR-22, CR-10, RT-05."""
    first = sign_in(flow)
    token = refresh_token(first)
    response = flow.refresh(token)
    with pytest.raises(GrantEnded):
        flow.refresh(token, now=NOW + REPEAT_WINDOW + 1)
    assert not flow.works(first.access_token)
    assert not flow.works(response.access_token)
    with pytest.raises(InvalidGrant):
        flow.refresh(refresh_token(response))
    assert families(flow)[0].ended_by == "reuse of a refresh token"


def test_the_time_for_repetition_ends_with_the_use_of_the_successor(flow: Flow) -> None:
    """Conformance: CR-25, CR-22."""
    token = refresh_token(sign_in(flow))
    flow.refresh(refresh_token(flow.refresh(token)), now=NOW + 1)
    with pytest.raises(GrantEnded):
        flow.refresh(token, now=NOW + 2)


def test_a_request_that_lost_against_others_ends_nothing(flow: Flow) -> None:
    """Conformance: CR-23: what the server repeats has come once."""
    token = refresh_token(sign_in(flow))
    last = flow.refresh(refresh_token(flow.refresh(token)))
    with pytest.raises(InvalidGrant) as refused:
        flow.refresh(token, is_repeated=True)
    assert not isinstance(refused.value, GrantEnded)
    assert flow.works(last.access_token)


def test_a_reuse_that_conflicts_is_one_still(
    site: Any, apps: Apps, browser: Browser, redeem: Redeem, conflict_once: None
) -> None:
    """Conformance: CR-22, CR-23: the thief can refresh until it conflicts."""
    apps.change(grant_types=GRANTS, stays_signed_in=True)
    tokens = redeem(browser.code()).json()

    def refresh(tokens: Any) -> Any:
        form = {
            "grant_type": "refresh_token",
            "client_id": "app-1",
            "refresh_token": tokens["refresh_token"],
        }
        return requests.post(site.endpoint, form, timeout=30).json()

    last = refresh(refresh(tokens))
    assert refresh(tokens)["error"] == "invalid_grant"
    assert refresh(last)["error"] == "invalid_grant"
    assert site.api("GET", "/@users/alice", last["access_token"]).status_code == 401


def test_the_end_of_one_family_leaves_the_others(flow: Flow) -> None:
    other = sign_in(flow)
    token = refresh_token(sign_in(flow))
    flow.refresh(token)
    with pytest.raises(GrantEnded):
        flow.refresh(token, now=LATER)
    assert flow.works(other.access_token)
    assert flow.refresh(refresh_token(other), now=LATER)


def test_a_code_that_comes_again_ends_the_family(flow: Flow) -> None:
    """Conformance: CR-09, CR-10."""
    code = flow.code()
    response = flow.redeem(code)
    with pytest.raises(InvalidGrant):
        flow.redeem(code)
    assert not flow.works(response.access_token)
    with pytest.raises(InvalidGrant):
        flow.refresh(refresh_token(response))


def link(flow: Flow, name: str, issued_at: float) -> SignedLink:
    """A signed link that the application has made for alice."""
    made = SignedLink(
        name,
        digest=TokenDigest(name.encode().ljust(32)),
        uid="page",
        action="view",
        owner="alice",
        title="For a thief",
        issued_at=issued_at,
        made_with=flow.authorization.credential_id,
    )
    flow.site.context.storage["signed_link"].add(made)
    flow.site.commit()
    return made


@pytest.mark.parametrize("proof", ["refresh token", "code", "code alone", "finder"])
def test_what_a_thief_may_have_made_ends_with_the_family(
    flow: Flow, proof: str
) -> None:
    """Conformance: CR-09, CR-10: what is older than the sign-in stays."""
    if proof == "code alone":
        flow.apps.change(stays_signed_in=False)
    code = flow.code()
    old, new = link(flow, "lnk-old", NOW - 1), link(flow, "lnk-new", NOW + 1)
    response = flow.redeem(code)
    if proof == "refresh token":
        flow.refresh(refresh_token(response))
    with contextlib.suppress(InvalidGrant):
        if proof == "refresh token":
            flow.refresh(refresh_token(response), now=LATER)
        elif proof == "finder":
            token = str(refresh_token(response))
            revoke_held_token(flow.site.context, token, NOW)
        else:
            flow.redeem(code)
    assert old.revoked_at is None
    assert new.revoked_by in (REUSED, REPLAYED, HOLDER)


def test_what_an_application_has_made_stays_when_it_signs_out(flow: Flow) -> None:
    response = flow.redeem(flow.code())
    made = link(flow, "lnk-1", NOW + 1)
    token = str(refresh_token(response))
    revoke_token(flow.site.context, token, NOW, "app-1", flow.apps["app-1"])
    assert made.revoked_at is None


# -- who and what is refused ---------------------------------------------------


def test_a_token_is_good_for_its_client(flow: Flow) -> None:
    """Conformance: CR-20, CR-02, RT-01, CS-37: another one does not end it either."""
    token = refresh_token(sign_in(flow))
    with pytest.raises(InvalidGrant) as refused:
        flow.refresh(token, "app-2")
    assert not isinstance(refused.value, GrantEnded)
    assert flow.refresh(token)


@pytest.mark.parametrize("client", [None, "key"])
def test_who_is_no_application_is_refused(flow: Flow, client: Any) -> None:
    """Conformance: CR-01, RT-01."""
    token = refresh_token(sign_in(flow))
    with pytest.raises(InvalidClient):
        flow.refresh(token, object() if client else None)
    assert flow.refresh(token)


def test_a_request_without_a_token_is_malformed(flow: Flow) -> None:
    with pytest.raises(InvalidRequest, match="refresh_token is missing"):
        flow.refresh("")


def unknown(flow: Flow, response: Any) -> str:
    return make_token("ptr_", bytes(32))


def access_token(flow: Flow, response: Any) -> str:
    return str(response.access_token)


def ended(flow: Flow, response: Any) -> str:
    families(flow)[0].end("alice", NOW)
    return refresh_token(response)


def reused(flow: Flow, response: Any) -> str:
    token = refresh_token(response)
    flow.refresh(refresh_token(flow.refresh(token)))
    return token


@pytest.mark.parametrize(
    "sent",
    [unknown, access_token, ended, reused, lambda *_: "x", lambda *_: "\u00e9"],
)
def test_one_answer_is_for_everything_that_is_no_good_token(
    flow: Flow, sent: Callable[[Flow, Any], str]
) -> None:
    """Conformance: CR-32, RT-11, RT-12."""
    token = sent(flow, sign_in(flow))
    with pytest.raises(InvalidGrant) as refused:
        flow.refresh(token)
    assert refused.value.error == "invalid_grant"
    assert refused.value.description == (
        "The refresh token is unknown, has ended or was used before."
    )


# -- how long ------------------------------------------------------------------


def test_a_family_that_is_not_used_ends(flow: Flow) -> None:
    """Conformance: CR-27, RT-07."""
    response = flow.refresh(refresh_token(sign_in(flow)), now=NOW + 30 * DAY - 1)
    with pytest.raises(InvalidGrant, match="has ended"):
        flow.refresh(refresh_token(response), now=NOW + 60 * DAY)


def test_a_family_ends_at_last_however_often_it_is_used(flow: Flow) -> None:
    """Conformance: CR-27."""
    token = refresh_token(sign_in(flow))
    for day in range(20, 180, 20):
        token = refresh_token(flow.refresh(token, now=NOW + day * DAY))
    token = refresh_token(flow.refresh(token, now=NOW + 180 * DAY - 1))
    with pytest.raises(InvalidGrant, match="unknown"):
        flow.refresh(token, now=NOW + 180 * DAY)


@pytest.mark.parametrize(
    "setting", ["refresh_token_idle_lifetime", "refresh_token_lifetime"]
)
def test_a_shorter_lifetime_applies_to_all_at_once(flow: Flow, setting: str) -> None:
    """Conformance: CR-27."""
    token = refresh_token(sign_in(flow))
    setattr(flow.site.plugin, setting, 2)
    with pytest.raises(InvalidGrant, match="has ended"):
        flow.refresh(token, now=NOW + 2 * DAY)
    assert flow.refresh(token, now=NOW + 2 * DAY - 1)


def test_the_device_that_was_not_used_longest_goes_when_there_are_too_many(
    flow: Flow,
) -> None:
    responses = [sign_in(flow, now=NOW + each) for each in range(MAX_FAMILIES)]
    flow.refresh(refresh_token(responses[0]), now=NOW + MAX_FAMILIES)
    sign_in(flow, now=NOW + MAX_FAMILIES)
    assert len(families(flow)) == MAX_FAMILIES
    with pytest.raises(InvalidGrant):
        flow.refresh(refresh_token(responses[1]), now=NOW + MAX_FAMILIES)
    assert not flow.works(responses[1].access_token)
    assert flow.refresh(refresh_token(responses[2]), now=NOW + MAX_FAMILIES)


def test_devices_that_have_ended_are_forgotten_at_the_next_sign_in(flow: Flow) -> None:
    sign_in(flow)
    families(flow)[0].end("alice", NOW)
    assert live_families(flow.site.context, flow.authorization, NOW) == []
    sign_in(flow)
    (family,) = families(flow)
    assert not family.has_ended


def test_devices_that_have_ended_take_no_place_of_others(flow: Flow) -> None:
    oldest = sign_in(flow, now=NOW)
    for each in range(1, MAX_FAMILIES):
        sign_in(flow, now=NOW + each)
    for family in families(flow)[1:]:
        family.end("alice", NOW + MAX_FAMILIES)
    sign_in(flow, now=NOW + MAX_FAMILIES)
    assert flow.works(oldest.access_token)
    assert flow.refresh(refresh_token(oldest), now=NOW + MAX_FAMILIES)


# -- scopes --------------------------------------------------------------------


def test_a_client_gets_less_where_it_asks_for_less_and_all_again_later(
    flow: Flow,
) -> None:
    """Conformance: CR-20, RT-02, RT-03."""
    first = flow.refresh(refresh_token(sign_in(flow)), scope="plone.read")
    assert first.scope == "plone.read"
    second = flow.refresh(refresh_token(first))
    assert second.scope == "plone.read plone.write"
    third = flow.refresh(refresh_token(second), scope="plone.write plone.read")
    assert third.scope == "plone.read plone.write"


@pytest.mark.parametrize("scope", ["plone.read plone.write", "plone.admin", "x y"])
def test_a_client_gets_no_more_than_was_granted(flow: Flow, scope: str) -> None:
    """Conformance: CR-20, RT-02, RT-08: its token is as good as before."""
    flow.code()
    token = refresh_token(sign_in(flow, frozenset({"plone.read"})))
    with pytest.raises(InvalidScope):
        flow.refresh(token, scope=scope)
    assert flow.refresh(token).scope == "plone.read"


def test_a_scope_that_the_person_takes_back_is_gone_at_the_next_refresh(
    flow: Flow,
) -> None:
    """Conformance: CR-28."""
    token = refresh_token(sign_in(flow))
    flow.authorization.scopes = ("plone.read",)
    assert flow.refresh(token).scope == "plone.read"


# -- what ends all -------------------------------------------------------------


@pytest.mark.parametrize("lose", LOSSES)
def test_what_was_lost_since_counts_at_the_next_refresh(
    flow: Flow, lose: Callable[[Flow], None]
) -> None:
    """Conformance: CR-28, RT-09, RT-10."""
    token = refresh_token(sign_in(flow))
    lose(flow)
    flow.site.commit()
    with pytest.raises(InvalidGrant):
        flow.refresh(token)


def stop_staying(flow: Flow) -> None:
    flow.apps.change(stays_signed_in=False)


def lose_address(flow: Flow) -> None:
    flow.authorization.ip_ranges = "198.51.100.0/24"


def change_password(flow: Flow) -> None:
    flow.site.portal.acl_users.userSetPassword("alice", "another Password 1")


@pytest.mark.parametrize("lose", [stop_staying, lose_address, change_password])
def test_the_site_decides_who_stays_signed_in(
    flow: Flow, lose: Callable[[Flow], None]
) -> None:
    """Conformance: CR-28, RT-09."""
    token = refresh_token(sign_in(flow))
    lose(flow)
    with pytest.raises(InvalidGrant):
        flow.refresh(token)


def test_a_site_can_let_applications_outlive_a_password(flow: Flow) -> None:
    """Conformance: CR-28."""
    flow.site.plugin.authorizations_on_password_change = OFF
    token = refresh_token(sign_in(flow))
    change_password(flow)
    assert flow.refresh(token)


def test_a_family_is_not_that_of_a_later_user_of_the_same_id(flow: Flow) -> None:
    """Conformance: CR-29."""
    token = refresh_token(sign_in(flow))
    flow.site.portal.acl_users.userFolderDelUsers(["alice"])
    flow.site.add_user("alice")
    with pytest.raises(InvalidGrant):
        flow.refresh(token)


def test_a_new_yes_of_the_person_does_not_revive_what_has_ended(flow: Flow) -> None:
    """Conformance: CO-11."""
    token = refresh_token(sign_in(flow))
    revoke(flow)
    storage = flow.site.context.storage["authorization"]
    assert len(list(storage.all())) == 1
    flow.code()
    assert len(list(storage.all())) == 2
    with pytest.raises(InvalidGrant):
        flow.refresh(token)


# -- what features get, and what is told ---------------------------------------


@pytest.fixture
def redeemed(site: Any) -> Iterator[list[RedeemedGrant]]:
    """What a feature gets to see that adds something to the answer."""
    seen: list[RedeemedGrant] = []

    class Members:
        def __init__(self, site: Any) -> None:
            pass

        def __call__(self, redeemed: RedeemedGrant) -> dict[str, Any]:
            seen.append(redeemed)
            return {"id_token": "x"}

    manager = getGlobalSiteManager()
    manager.registerAdapter(Members, (ISiteContext,), ITokenResponseMembers, "test")
    yield seen
    manager.unregisterAdapter(Members, (ISiteContext,), ITokenResponseMembers, "test")


def test_a_feature_sees_each_refresh(flow: Flow, redeemed: list[RedeemedGrant]) -> None:
    """Conformance: CR-30."""
    response = flow.refresh(refresh_token(sign_in(flow)), now=LATER)
    assert response.members["id_token"] == "x"
    _first, second = redeemed
    assert second.access_token == response.access_token
    assert second.now == LATER


def test_a_sign_in_and_the_end_of_a_family_are_told(
    flow: Flow, listen: Callable[[Any], list[Any]]
) -> None:
    """Conformance: CR-22: with who, what and why, and no secret."""
    started, gone = listen(IIssuedEvent), listen(IRevokedEvent)
    token = refresh_token(sign_in(flow))
    flow.refresh(refresh_token(flow.refresh(token)))
    with pytest.raises(GrantEnded):
        flow.refresh(token)
    (event,) = [each for each in started if each.kind == REFRESH_TOKEN]
    (family,) = families(flow)
    assert event.details == {"family": family.family_id, "address": ADDRESS}
    assert event.requester == "app-1"
    (end,) = gone
    assert (end.kind, end.requester) == (REFRESH_TOKEN, "reuse of a refresh token")
    assert end.credential_id == flow.authorization.credential_id
    assert end.details == {"family": family.family_id, "client_id": "app-1"}


def test_metadata_says_that_applications_stay_signed_in(
    site: Any, sealing_key: str
) -> None:
    """Conformance: CR-18, OD-04: and resources do not ask for it."""
    members = authorization_server_metadata(site.context)
    assert "refresh_token" in members["grant_types_supported"]
    assert "offline_access" in members["scopes_supported"]
    resource = protected_resource_metadata(site.context)
    assert "offline_access" not in resource["scopes_supported"]


def test_metadata_promises_no_refresh_while_nobody_can_sign_in(
    site: Any, zope_conf: dict[str, str]
) -> None:
    members = authorization_server_metadata(site.context)
    assert "refresh_token" not in members["grant_types_supported"]


# -- what is written -----------------------------------------------------------


def written(connection: Any) -> dict[str, int]:
    """Bytes of each class of objects that the next commit writes."""
    sizes: dict[str, int] = {}
    for changed in connection._registered_objects:
        name = type(changed).__name__
        pickle = ObjectWriter(changed).serialize(changed)
        sizes[name] = sizes.get(name, 0) + len(pickle)
    return sizes


def test_a_refresh_writes_one_small_record(
    flow: Flow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Conformance: CR-34: nothing of other families is touched."""
    token = refresh_token(sign_in(flow))
    sizes: list[dict[str, int]] = []
    connection = flow.site.portal._p_jar
    commit = transaction.commit

    def measured() -> None:
        sizes.append(written(connection))
        commit()

    monkeypatch.setattr(transaction, "commit", measured)
    flow.refresh(token, now=LATER)
    (size,) = sizes
    assert set(size) == {"RefreshFamily"}
    assert size["RefreshFamily"] <= 500


def test_a_request_that_is_repeated_writes_nothing_of_the_family(
    flow: Flow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Conformance: RT-06: threads that ask at once do not conflict."""
    token = refresh_token(sign_in(flow))
    flow.refresh(token, now=LATER)
    sizes: list[dict[str, int]] = []
    commit = transaction.commit

    def measured() -> None:
        sizes.append(written(flow.site.portal._p_jar))
        commit()

    monkeypatch.setattr(transaction, "commit", measured)
    response = flow.refresh(token, now=LATER + 1)
    (size,) = sizes
    assert size
    assert "RefreshFamily" not in size
    assert flow.works(response.access_token, LATER + 1)


def test_all_access_tokens_of_a_device_live_for_an_hour(flow: Flow) -> None:
    """Also of a client that refreshes all the time."""
    response = sign_in(flow)
    tokens = [response.access_token]
    for number in range(2 * MAX_ACCESS_TOKENS):
        response = flow.refresh(refresh_token(response), now=NOW + number)
        tokens.append(response.access_token)
    assert all(flow.works(token, NOW + HOUR - 1) for token in tokens)
    assert not flow.works(tokens[0], NOW + HOUR)
    for token in tokens:
        end_access_token_of(flow, token)
        assert not flow.works(token, NOW + 60)
    assert flow.refresh(refresh_token(response), now=LATER)


def end_access_token_of(flow: Flow, token: str) -> None:
    """What the revocation endpoint does."""
    site = flow.site.context
    AccessTokenType().revoke(site, find_token(site, token, NOW + 60), "app-1", NOW)


# -- over HTTP -----------------------------------------------------------------


def post(site: Any, **parameters: str) -> requests.Response:
    data = {"grant_type": "refresh_token", "client_id": "app-1", **parameters}
    return requests.post(site.endpoint, data=data, timeout=30)


def test_reuse_is_remembered_although_the_request_is_refused(
    flow: Flow, browser: Browser, redeem: Redeem
) -> None:
    """Conformance: CR-22, CR-33: with headers for scripts, and never in a cache."""
    first = redeem(browser.code()).json()["refresh_token"]
    second = post(flow.site, refresh_token=first).json()["refresh_token"]
    third = post(flow.site, refresh_token=second)
    assert third.status_code == 200
    refused = post(flow.site, refresh_token=first)
    assert refused.status_code == 400
    assert refused.json()["error"] == "invalid_grant"
    assert refused.headers["Cache-Control"] == "no-store"
    assert refused.headers["Access-Control-Allow-Origin"] == "*"
    last = post(flow.site, refresh_token=third.json()["refresh_token"])
    assert last.json()["error"] == "invalid_grant"


def test_a_confidential_application_proves_itself_at_each_refresh(
    flow: Flow, browser: Browser, redeem: Redeem
) -> None:
    """Conformance: RT-01, DG-05: invalid_client, whatever it has."""
    flow.apps.change(is_public=False)
    answer = redeem(browser.code(), client_secret="s3cret").json()
    token = answer["refresh_token"]
    for secret in ({}, {"client_secret": "wrong"}):
        refused = post(flow.site, refresh_token=token, **secret)
        assert refused.json()["error"] == "invalid_client"
    assert post(flow.site, refresh_token=token, client_secret="s3cret").ok


def test_a_refresh_token_is_no_access_token(flow: Flow) -> None:
    """Conformance: RT-12, CR-16."""
    token = refresh_token(sign_in(flow))
    answer = requests.get(
        f"{flow.site.url}/@navigation",
        headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
        timeout=30,
    )
    assert answer.status_code == 401
    assert flow.refresh(token)
