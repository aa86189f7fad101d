"""A resource exchanges the token of a person for one of the site (RFC 8693)."""

from pas.plugins.tokenauth.core.clock import now as clock
from pas.plugins.tokenauth.events import IIssuedEvent
from pas.plugins.tokenauth.tokens.interfaces import IExchangeRules
from tests.delegation.conftest import Apps
from tests.exchange.conftest import ACCESS_TOKEN
from tests.exchange.conftest import Client
from tests.exchange.conftest import GRANT_TYPE
from tests.exchange.conftest import Resource
from tests.exchange.conftest import resource_of
from tests.exchange.conftest import URL
from typing import Any
from zope.component import getGlobalSiteManager

import pytest
import requests


REFRESH_TOKEN = "urn:ietf:params:oauth:token-type:refresh_token"
ID_TOKEN = "urn:ietf:params:oauth:token-type:id_token"
JWT = "urn:ietf:params:oauth:token-type:jwt"


def test_a_resource_acts_at_the_site_as_the_person(
    site: Any, client: Client, resource: Resource, listen: Any
) -> None:
    """Conformance: TX-01, TX-06, TX-12."""
    subject_token = client.token()
    issued = listen(IIssuedEvent)
    answer = resource.exchange(subject_token)
    assert answer.status_code == 200, answer.text
    members = answer.json()
    assert members["issued_token_type"] == ACCESS_TOKEN
    assert members["token_type"] == "Bearer"
    assert members["scope"] == "plone.read"
    assert 0 < members["expires_in"] <= 3600
    assert "refresh_token" not in members
    assert answer.headers["Cache-Control"] == "no-store"
    token = members["access_token"]
    assert site.api("GET", "/@users/alice", token).json()["id"] == "alice"
    (event,) = issued
    assert event.details["actor"] == resource.client_id
    assert event.details["subject"] == "alice"


def test_the_actor_is_told_at_introspection(
    site: Any, client: Client, resource: Resource
) -> None:
    """Conformance: TX-08, TX-09, IN-07."""
    token = resource.exchanged(client.token())
    told = requests.post(
        f"{site.url}/@@oauth2-introspect",
        {"token": token},
        headers={"Authorization": f"Bearer {site.personal_access_token()}"},
        timeout=30,
    ).json()
    assert told["act"] == {"sub": resource.client_id}
    assert told["sub"] == "alice"
    assert "aud" not in told


def test_a_resource_ends_what_it_has_exchanged(
    site: Any, client: Client, resource: Resource, register: Any
) -> None:
    """Conformance: RV-01, RV-05, TX-08: and no other resource does."""
    token = resource.exchanged(client.token())
    assert resource.introspect(token)["active"]
    other = resource_of(
        site, register, resource=f"{URL}2", resource_scopes=("news.read See news.",)
    )
    for who, is_active in ((other, True), (resource, False)):
        answer = requests.post(
            f"{site.url}/@@oauth2-revoke", {"token": token}, auth=who.auth, timeout=30
        )
        assert answer.status_code == 200
        assert resource.introspect(token)["active"] is is_active


def test_a_consent_with_every_scope_of_a_resource_is_answered(
    site: Any, client: Client, resource: Resource, apps: Apps
) -> None:
    """Conformance: CO-02."""
    names = [f"notes.{number}" for number in range(50)]
    resource.change(resource_scopes=tuple(f"{each} See a note." for each in names))
    apps.change(scopes=frozenset(names))
    assert client.members(scope=" ".join(names))["scope"].count(" ") == 49


def test_nobody_gets_more_than_was_granted_to_both(
    site: Any, client: Client, resource: Resource
) -> None:
    """Conformance: TX-12, TX-16, TX-17: the person, and the administrator."""
    site.sync()
    resource.change(scopes=("plone.write",))
    reads = client.token(scope="notes.read plone.read")
    answer = resource.exchange(reads, scope="plone.write")
    assert answer.json()["scope"] == "plone.read"
    writes = client.token(scope="notes.read plone.write")
    assert resource.exchange(writes).json()["scope"] == "plone.read plone.write"
    answer = resource.exchange(writes, scope="plone.read unknown")
    assert answer.json()["scope"] == "plone.read"


def test_nobody_gets_more_than_the_token_has_that_is_exchanged(
    client: Client, resource: Resource
) -> None:
    """Conformance: TX-16: whatever else the person has let the application do."""
    resource.change(scopes=("plone.read", "plone.write"))
    all_of_it = resource.exchange(client.token()).json()
    assert all_of_it["scope"] == "plone.read plone.write"
    less = resource.exchange(client.token(scope="notes.read plone.read")).json()
    assert less["scope"] == "plone.read"


def test_scopes_of_the_resource_alone_are_worth_nothing_at_the_site(
    client: Client, resource: Resource
) -> None:
    """Conformance: TX-12."""
    answer = resource.exchange(client.token(scope="notes.read"))
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")
    answer = resource.exchange(client.token(), scope="notes.read")
    assert answer.json()["error"] == "invalid_scope"


@pytest.mark.parametrize(
    "changes",
    [
        {"subject_token": None},
        {"subject_token": ""},
        {"subject_token_type": None},
        {"subject_token_type": JWT},
        {"subject_token_type": ID_TOKEN},
        {"subject_token_type": REFRESH_TOKEN},
        {"requested_token_type": REFRESH_TOKEN},
        {"requested_token_type": ID_TOKEN},
        {"requested_token_type": JWT},
        {"actor_token": "x"},
        {"actor_token_type": ACCESS_TOKEN},
        {"actor_token": "x", "actor_token_type": ACCESS_TOKEN},
        {"subject_token": "x"},
        {"subject_token": "é"},
    ],
    ids=str,
)
def test_a_wrong_request_is_refused(
    client: Client, resource: Resource, changes: Any
) -> None:
    """Conformance: TX-01, TX-02, TX-03, TX-04, TX-07, TX-14, TX-18."""
    answer = resource.exchange(client.token(), **changes)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_a_subject_token_is_sent_once_and_in_the_body(
    client: Client, resource: Resource
) -> None:
    """Conformance: TX-14."""
    token = client.token()
    assert resource.exchange([token, token]).json()["error"] == "invalid_request"
    answer = requests.post(
        f"{client.site.endpoint}?subject_token={token}",
        {"grant_type": GRANT_TYPE, "subject_token_type": ACCESS_TOKEN},
        auth=resource.auth,
        timeout=30,
    )
    assert answer.json()["error"] == "invalid_request"


def test_a_token_that_is_not_for_the_resource_is_refused(
    site: Any, client: Client, resource: Resource, register: Any
) -> None:
    """Conformance: TX-15, TX-04: of the site, of another resource, of another type."""
    other = resource_of(
        site, register, resource="https://other.example/", resource_scopes=()
    )
    tokens = (
        client.token(resource=None),
        client.token(resource=other.url),
        site.token(site.issue()),
        site.personal_access_token(),
        client.code(),
    )
    for token in tokens:
        answer = resource.exchange(token)
        assert answer.json()["error"] == "invalid_request", token[:4]
    assert other.exchange(client.token()).json()["error"] == "invalid_request"


def test_what_was_exchanged_is_not_exchanged_again(
    client: Client, resource: Resource
) -> None:
    """Conformance: TX-12, TX-21: a chain has one link."""
    answer = resource.exchange(resource.exchanged(client.token()))
    assert answer.json()["error"] == "invalid_request"


@pytest.mark.parametrize("name", ["resource", "audience"])
def test_the_site_is_the_only_target(
    site: Any, client: Client, resource: Resource, name: str
) -> None:
    """Conformance: TX-05, TX-17."""
    token = client.token()
    answer = resource.exchange(token, **{name: "https://other.example/"})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_target")
    assert resource.exchange(token, **{name: URL}).json()["error"] == "invalid_target"
    assert resource.exchange(token, **{name: site.url}).status_code == 200


def test_a_resource_authenticates_itself(client: Client, resource: Resource) -> None:
    """Conformance: TX-11."""
    token = client.token()
    wrong = (resource.client_id, "x")
    assert resource.exchange(token, auth=wrong).json()["error"] == "invalid_client"
    answer = resource.exchange(token, auth=None, client_id=resource.client_id)
    assert answer.json()["error"] == "invalid_client"
    assert resource.exchange(token, auth=None).json()["error"] == "invalid_client"


def test_only_a_resource_that_may_exchanges(
    site: Any, client: Client, resource: Resource
) -> None:
    """Conformance: TX-20, TX-13: it is off unless an administrator says so."""
    metadata = "/.well-known/oauth-authorization-server"
    assert GRANT_TYPE in site.get(metadata).json()["grant_types_supported"]
    token = client.token()
    resource.change(may_exchange=False)
    answer = resource.exchange(token)
    assert answer.json()["error"] == "unauthorized_client"
    assert GRANT_TYPE not in site.get(metadata).json()["grant_types_supported"]
    answer = resource.exchange(token, auth=None, client_id="app-1")
    assert answer.json()["error"] == "unauthorized_client"


def test_a_token_ends_with_what_it_was_exchanged_for(
    site: Any, client: Client, resource: Resource
) -> None:
    """Conformance: TX-16: the token, and what the person has authorized."""
    subject_token = client.token()
    token = resource.exchanged(subject_token)
    requests.post(f"{site.url}/@@oauth2-revoke", {"token": subject_token}, timeout=30)
    assert site.api("GET", "/@users/alice", token).status_code == 401
    token = resource.exchanged(client.token())
    site.sync()
    (recorded,) = site.context.storage["authorization"].all()
    recorded.disabled_at = 1.0
    site.commit()
    assert site.api("GET", "/@users/alice", token).status_code == 401


def test_a_resource_that_may_do_nothing_here_exchanges_nothing(
    client: Client, resource: Resource
) -> None:
    """Conformance: TX-12."""
    token = client.token(scope="notes.read")
    resource.change(scopes=("offline_access",))
    assert resource.exchange(token).json()["error"] == "invalid_request"


@pytest.mark.parametrize(
    "options",
    [
        {"may_exchange": False},
        {"disabled_at": 1.0},
        {"resource": "https://other.example/"},
        {"scopes": ("openid",)},
    ],
    ids=str,
)
def test_what_the_resource_loses_counts_at_once(
    site: Any, client: Client, resource: Resource, options: Any
) -> None:
    """Conformance: TX-16, TX-20."""
    token = resource.exchanged(client.token())
    assert site.api("GET", "/@users/alice", token).status_code == 200
    resource.change(**options)
    assert site.api("GET", "/@users/alice", token).status_code == 401


def test_a_token_lives_no_longer_than_what_it_was_exchanged_for(
    site: Any, client: Client, resource: Resource
) -> None:
    """Conformance: TX-12, TX-16."""
    site.sync()
    site.plugin.access_token_lifetime = 300
    site.commit()
    token = client.token()
    site.sync()
    site.plugin.access_token_lifetime = 3600
    site.commit()
    assert resource.exchange(token).json()["expires_in"] <= 300


def test_the_person_s_ip_ranges_hold_for_the_resource(
    site: Any, client: Client, resource: Resource
) -> None:
    """Conformance: TX-12, TX-16."""
    token = resource.exchanged(client.token())
    site.sync()
    (recorded,) = site.context.storage["authorization"].all()
    recorded.ip_ranges = "192.0.2.0/24"
    site.commit()
    assert site.api("GET", "/@users/alice", token).status_code == 401


def delete_person(site: Any, token: str) -> None:
    site.portal.acl_users.userFolderDelUsers(["alice"])


def lock_person_out(site: Any, token: str) -> None:
    # The source no longer vouches for the user; PAS is not told.
    site.portal.acl_users.source_users.removeUser("alice")


def revoke_token(site: Any, token: str) -> None:
    requests.post(f"{site.url}/@@oauth2-revoke", {"token": token}, timeout=30)


@pytest.mark.parametrize("end", [delete_person, lock_person_out, revoke_token])
def test_what_has_ended_is_nobody_s_subject(
    site: Any, client: Client, resource: Resource, end: Any
) -> None:
    """Conformance: TX-04."""
    token = client.token()
    site.sync()
    end(site, token)
    site.commit()
    assert resource.exchange(token).json()["error"] == "invalid_request"


def test_a_token_that_has_expired_is_nobody_s_subject(
    client: Client, resource: Resource, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Conformance: TX-04."""
    token = client.token()
    later = "pas.plugins.tokenauth.site.view.now"
    monkeypatch.setattr(later, lambda: clock() + 3600)
    assert resource.exchange(token).json()["error"] == "invalid_request"


def test_exchanged_tokens_are_worth_nothing_without_the_package_that_checks_them(
    site: Any, client: Client, resource: Resource
) -> None:
    token = resource.exchanged(client.token())
    manager = getGlobalSiteManager()
    (registered,) = [
        each for each in manager.registeredAdapters() if each.provided is IExchangeRules
    ]
    manager.unregisterAdapter(
        registered.factory, registered.required, registered.provided
    )
    try:
        assert site.api("GET", "/@users/alice", token).status_code == 401
    finally:
        manager.registerAdapter(
            registered.factory, registered.required, registered.provided
        )
