"""Credentials whose add-on is gone, and with it their class."""

from collections.abc import Callable
from collections.abc import Iterator
from pas.plugins.tokenauth.storage.credentials import Credential
from pas.plugins.tokenauth.storage.credentials import Credentials
from tests.storage.conftest import Database
from tests.storage.conftest import NOW
from types import ModuleType
from typing import Any

import pytest
import sys


MODULE = "an_addon_that_goes"


def credentials_in(database: Database) -> tuple[Any, Credentials[Any]]:
    session = database.session()
    return session, session.connection.root()["badges"]


@pytest.fixture
def abandoned(restarted: Callable[[], Database]) -> Iterator[Callable[[], Database]]:
    """Restarts a database with two credentials of an add-on that is gone."""
    module = sys.modules[MODULE] = ModuleType(MODULE)
    badge = type("Badge", (Credential,), {"__module__": MODULE, "kind": "badge"})
    module.Badge = badge  # type: ignore[attr-defined]
    session = restarted().session()
    badges = session.connection.root()["badges"] = Credentials[Any]()
    for number in (1, 2):
        badges.add(
            badge(f"badge-{number}", owner="jane", issued_at=NOW, title="Door", floor=3)
        )
    session.commit()
    del sys.modules[MODULE], module, badge
    yield restarted


def test_a_credential_without_its_class_shows_what_every_one_has(
    abandoned: Callable[[], Database],
) -> None:
    session, badges = credentials_in(abandoned())
    found = [badges.get("badge-1"), *badges.all(), *badges.owned_by("jane")]
    assert {each.credential_id for each in found} == {"badge-1", "badge-2"}
    for each in found:
        assert (each.kind, each.title, each.owner) == ("badge", "Door", "jane")
        assert each.is_live(NOW)
    assert badges.get("badge-3") is None
    assert session.connection._registered_objects == []


def test_a_credential_without_its_class_is_revoked(
    abandoned: Callable[[], Database],
) -> None:
    session, badges = credentials_in(abandoned())
    badges.mark_revoked("badge-1", "admin", NOW + 1)
    session.commit()
    _session, badges = credentials_in(abandoned())
    assert badges.get("badge-1").revoked_by == "admin"
    assert badges.get("badge-1").floor == 3
    assert badges.get("badge-2").revoked_at is None
    assert badges.ended_before(NOW + 2) == ["badge-1"]


def test_credentials_without_their_class_are_orphaned_and_forgotten(
    abandoned: Callable[[], Database],
) -> None:
    session, badges = credentials_in(abandoned())
    badges.mark_orphaned("jane", NOW + 1)
    badges.remove("badge-2")
    session.commit()
    _session, badges = credentials_in(abandoned())
    assert [each.orphaned_at for each in badges.all()] == [NOW + 1]


def test_a_credential_without_its_class_is_forgotten_as_it_is(
    abandoned: Callable[[], Database],
) -> None:
    session, badges = credentials_in(abandoned())
    badges.remove("badge-1")
    badges.remove("badge-2")
    session.commit()
    _session, badges = credentials_in(abandoned())
    assert badges.owners() == []
