"""What strangers can leave behind who register applications, and ask without end."""

from pas.plugins.tokenauth.core.clock import now
from pas.plugins.tokenauth.events import IRevokedEvent
from pas.plugins.tokenauth.registration import endpoint
from pas.plugins.tokenauth.registration import subscribers
from pas.plugins.tokenauth.storage.authorizations import Authorization
from tests.registration.conftest import Documents
from tests.registration.conftest import Person
from tests.registration.conftest import Registering
from tests.registration.conftest import URI
from typing import Any
from ZODB.serialize import referencesf

import pytest
import requests


#: How many are kept.
MAXIMUM = 20


class NoRate:
    """Lets everything pass, as many processes and networks would together."""

    def check(self, address: str, now: float) -> None:
        """Nothing to refuse."""


@pytest.fixture
def at_most(monkeypatch: pytest.MonkeyPatch, site: Any) -> Any:
    """Sets how many applications one person can have, and how many there can be."""

    def set_limits(for_one: int, in_all: int) -> None:
        monkeypatch.setattr(endpoint, "rate", lambda site: NoRate())
        monkeypatch.setattr(subscribers, "MAX_FOR_ONE", for_one)
        site.plugin.max_registrations = in_all
        site.commit()

    return set_limits


def authorizations(site: Any) -> dict[str, Authorization]:
    """What people have allowed, by the client ids of the applications."""
    site.sync()
    return {
        each.client_id: each for each in site.context.storage["authorization"].all()
    }


def registered(site: Any) -> set[str]:
    """The client ids of all that are kept."""
    site.sync()
    return {each.client_id for each in site.context.storage["registration"].all()}


def stored(site: Any) -> int:
    """Bytes of all that the store of registrations leads to."""
    site.sync()
    store = site.context.storage["registration"]
    seen: set[bytes] = set()
    pending, size = [store._p_oid], 0
    while pending:
        oid = pending.pop()
        if oid not in seen:
            seen.add(oid)
            data, _serial = store._p_jar._storage.load(oid)
            size += len(data)
            pending += referencesf(data)
    return size


def test_a_flood_of_registrations_leaves_no_more_than_the_maximum(
    site: Any, registering: Registering, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DR-11: whatever is sent; nothing else in the database grows either."""
    monkeypatch.setattr(endpoint, "rate", lambda site: NoRate())
    site.plugin.max_registrations = MAXIMUM
    site.commit()
    sizes = []
    for _ in range(3):
        for _ in range(MAXIMUM):
            assert registering().status_code == 201
        sizes.append(stored(site))
        assert len(list(site.context.storage["registration"].all())) == MAXIMUM
    # Their buckets are filled as chance has it.
    assert max(sizes) < 1.5 * min(sizes)
    print("stored", sizes, sizes[-1] / MAXIMUM)
    assert max(sizes) < MAXIMUM * 4000


def test_a_flood_of_requests_of_registered_applications_leaves_nothing(
    site: Any, registering: Registering
) -> None:
    """DR-11, AE-32: nobody who is not logged in makes the site store anything."""
    client_id = registering().json()["client_id"]
    site.sync()
    before = site.app._p_jar.db().lastTransaction()
    for number in range(50):
        answer = requests.get(
            f"{site.url}/@@oauth2-authorize",
            params={
                "client_id": client_id,
                "redirect_uri": URI,
                "response_type": "code",
                "scope": "plone.read",
                "state": str(number),
                "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
                "code_challenge_method": "S256",
            },
            allow_redirects=False,
            timeout=30,
        )
        assert answer.status_code == 303
    assert site.app._p_jar.db().lastTransaction() == before


def test_a_flood_of_documents_asks_a_host_ten_times_a_minute(
    site: Any, documents: Documents, sealing_key: str
) -> None:
    """DR-23: whoever they are, and however they spell them."""
    for number in range(30):
        requests.get(
            f"{site.url}/@@oauth2-authorize",
            params={"client_id": f"{documents.url}?{number}", "redirect_uri": URI},
            allow_redirects=False,
            timeout=30,
        )
    assert documents.count == 10


def test_one_person_does_not_close_registration_for_everybody(
    site: Any, registering: Registering, person: Person, at_most: Any
) -> None:
    """DR-11: who allows each of many something is left those that they used last."""
    at_most(for_one=2, in_all=3)
    ids = []
    for _ in range(5):
        answer = registering()
        assert answer.status_code == 201
        ids.append(answer.json()["client_id"])
        person.token(ids[-1])
    assert registering().status_code == 201
    live = {key for key, each in authorizations(site).items() if each.is_live(now())}
    assert live == set(ids[-2:])
    assert live <= registered(site)


def test_one_person_does_not_close_it_by_documents_either(
    site: Any,
    registering: Registering,
    person: Person,
    documents: Documents,
    at_most: Any,
) -> None:
    """DR-11, DR-23."""
    at_most(for_one=2, in_all=3)
    for number in range(5):
        url = f"{documents.url}?{number}"
        documents.members["client_id"] = url
        person.token(url)
    assert len(registered(site)) == 3
    assert registering().status_code == 201


def test_the_application_that_was_not_used_for_longest_ends(
    site: Any, registering: Registering, person: Person, at_most: Any, listen: Any
) -> None:
    """DR-11: not what an administrator has disabled, for nobody may end that."""
    at_most(for_one=2, in_all=10)
    disabled, used, unused, last = (registering().json()["client_id"] for _ in "dual")
    person.token(disabled)
    found = authorizations(site)[disabled]
    found.disabled_at, found.disabled_by = now(), "boss"
    site.commit()
    for client_id in (used, unused):
        person.token(client_id)
    authorizations(site)[used].used_at = now() + 1
    site.commit()
    revoked = listen(IRevokedEvent)
    person.token(last)
    found = authorizations(site)
    assert [client for client, each in found.items() if each.has_ended] == [unused]
    (event,) = revoked
    assert event.requester == "the limit of 50 for one person"


def test_what_nobody_allows_anything_any_more_makes_room(
    site: Any, registering: Registering, person: Person, at_most: Any
) -> None:
    """DR-11."""
    at_most(for_one=50, in_all=1)
    client_id = registering().json()["client_id"]
    person.token(client_id)
    assert registering().status_code == 503
    ended = authorizations(site)[client_id]
    site.context.storage["authorization"].mark_revoked(
        ended.credential_id, "alice", now()
    )
    site.commit()
    new = registering()
    assert new.status_code == 201
    assert registered(site) == {new.json()["client_id"]}


@pytest.mark.parametrize(
    "limits", [{"disabled_at": 1.0}, {"ip_ranges": "192.0.2.1"}, {"expires_at": 2e9}]
)
def test_what_an_administrator_has_limited_makes_no_room(
    site: Any,
    registering: Registering,
    person: Person,
    at_most: Any,
    limits: dict[str, Any],
) -> None:
    """DR-10, DR-11: with its record, the limit of one with a document would go."""
    at_most(for_one=50, in_all=1)
    client_id = registering().json()["client_id"]
    person.token(client_id)
    store = site.context.storage["authorization"]
    store.mark_revoked(authorizations(site)[client_id].credential_id, "alice", now())
    (record,) = site.context.storage["registration"].all()
    for name, value in limits.items():
        setattr(record, name, value)
    site.commit()
    assert registering().status_code == 503
    assert registered(site) == {client_id}
