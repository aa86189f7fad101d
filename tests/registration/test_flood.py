"""What strangers can leave behind who register applications, and ask without end."""

from pas.plugins.tokenauth.registration import endpoint
from tests.registration.conftest import Documents
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
    monkeypatch.setattr(endpoint, "RATE", NoRate())
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
