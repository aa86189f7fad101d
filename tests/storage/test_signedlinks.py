"""Signed links in the database, the uses that are counted, and the visits."""

from pas.plugins.tokenauth.core.tokens import digest
from pas.plugins.tokenauth.core.tokens import make_token
from pas.plugins.tokenauth.core.tokens import SIGNED_LINK_PREFIX
from pas.plugins.tokenauth.core.tokens import TokenDigest
from pas.plugins.tokenauth.storage.interfaces import ICredential
from pas.plugins.tokenauth.storage.interfaces import IOpenToTokens
from pas.plugins.tokenauth.storage.signedlinks import SignedLink
from pas.plugins.tokenauth.storage.signedlinks import SignedLinks
from pas.plugins.tokenauth.storage.signedlinks import SignedLinkVisit
from pas.plugins.tokenauth.storage.signedlinks import SignedLinkVisits
from pathlib import Path
from tests.storage.conftest import Database
from tests.storage.conftest import digest_of
from tests.storage.conftest import NOW
from typing import Any
from ZODB.POSException import ConflictError
from zope.interface.verify import verifyObject

import pytest


def signed_link(number: int, uid: str = "uid-1", **more: Any) -> SignedLink:
    return SignedLink(
        f"lnk-{number}",
        digest=TokenDigest(digest_of(number)),
        uid=uid,
        action="view",
        owner="jane",
        title="For Kim",
        issued_at=NOW,
        **more,
    )


@pytest.fixture
def links() -> SignedLinks:
    found = SignedLinks()
    for number, uid in enumerate(["uid-1", "uid-1", "uid-2"]):
        found.add(signed_link(number, uid))
    return found


def test_each_class_keeps_its_contract(links: SignedLinks) -> None:
    assert verifyObject(ICredential, signed_link(1))
    assert IOpenToTokens.implementedBy(SignedLinks)
    assert not IOpenToTokens.implementedBy(SignedLinkVisits)


def test_a_link_is_found_by_digest_and_by_object(links: SignedLinks) -> None:
    assert links.by_digest(TokenDigest(digest_of(1))) is links.get("lnk-1")
    assert links.by_digest(TokenDigest(digest_of(9))) is None
    found = {link.credential_id for link in links.of_object("uid-1")}
    assert found == {"lnk-0", "lnk-1"}
    assert list(links.of_object("uid-9")) == []


def test_a_forgotten_link_is_found_by_nothing(links: SignedLinks) -> None:
    links.mark_revoked("lnk-2", "jane", NOW)
    links.remove("lnk-2")
    links.remove("lnk-0")
    assert links.by_digest(TokenDigest(digest_of(2))) is None
    assert list(links.of_object("uid-2")) == []
    assert [link.credential_id for link in links.of_object("uid-1")] == ["lnk-1"]
    assert [link.credential_id for link in links.owned_by("jane")] == ["lnk-1"]


def test_a_link_is_used_up_when_it_has_a_maximum(links: SignedLinks) -> None:
    link = signed_link(1)
    link.uses.add(1)
    assert not link.is_used_up
    link = signed_link(1, max_uses=2)
    link.uses.add(2)
    assert not link.is_used_up
    link.uses.add(2)
    assert link.is_used_up


def count_twice(database: Database, maximum: int) -> SignedLink:
    """Two transactions that count at the same time."""
    database.run(lambda root: root["signed_link"].add(signed_link(1)))
    one, other = database.session(), database.session()
    for session in (one, other):
        session.root["signed_link"].get("lnk-1").uses.add(maximum)
    one.commit()
    other.commit()
    return database.session().root["signed_link"].get("lnk-1")


def test_uses_that_are_counted_at_once_do_not_conflict(database: Database) -> None:
    assert count_twice(database, 2).uses.value == 2


def test_no_use_more_than_the_maximum_is_counted(database: Database) -> None:
    """SL-06: the second transaction is repeated, and finds the link used up."""
    with pytest.raises(ConflictError):
        count_twice(database, 1)


def test_a_visit_leads_to_its_link_until_it_expires(links: SignedLinks) -> None:
    visits = SignedLinkVisits()
    link = links.get("lnk-1")
    assert link is not None
    visit = SignedLinkVisit(link=link, expires_at=NOW + 60)
    visits.add(TokenDigest(digest_of(5)), visit, NOW)
    assert visits.get(TokenDigest(digest_of(5)), NOW + 59) == visit
    assert visits.get(TokenDigest(digest_of(5)), NOW + 60) is None
    assert visits.get(TokenDigest(digest_of(6)), NOW) is None


def test_expired_visits_are_dropped(database: Database) -> None:
    def visit(root: Any) -> None:
        link = signed_link(1)
        root["signed_link"].add(link)
        visit = SignedLinkVisit(link=link, expires_at=NOW + 60)
        root["signed_link_visits"].add(TokenDigest(digest_of(5)), visit, NOW)

    database.run(visit)
    database.run(
        lambda root: root["signed_link_visits"].drop_expired(
            NOW + 2 * SignedLinkVisits.period
        )
    )
    # A clock that is set back does not bring it again: it is gone.
    visits = database.session().root["signed_link_visits"]
    assert visits.get(TokenDigest(digest_of(5)), NOW) is None


def test_opening_a_link_loads_little_however_many_there_are(database: Database) -> None:
    def fill(root: Any) -> None:
        for number in range(5000):
            root["signed_link"].add(signed_link(number, f"uid-{number}"))

    database.run(fill)
    session = database.session()
    link = session.root["signed_link"].by_digest(TokenDigest(digest_of(4000)))
    assert link.is_live(NOW)
    assert session.transfers()[0] <= 7


def test_a_stolen_database_contains_no_link(restarted: Any, tmp_path: Path) -> None:
    """TE-22: and the search would find one."""
    secret = make_token(SIGNED_LINK_PREFIX, digest_of(1))
    link = signed_link(1)
    link.digest = digest(secret)
    restarted().run(lambda root: root["signed_link"].add(link))
    data = (tmp_path / "Data.fs").read_bytes()
    assert link.digest in data
    assert secret.encode() not in data
