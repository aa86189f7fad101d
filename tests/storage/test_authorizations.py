"""What people have authorized, and the codes on the way there."""

from dataclasses import replace
from pas.plugins.tokenauth.core.tokens import TokenDigest
from pas.plugins.tokenauth.storage.authorizations import Authorization
from pas.plugins.tokenauth.storage.authorizations import AuthorizationCode
from pas.plugins.tokenauth.storage.authorizations import AuthorizationCodes
from pas.plugins.tokenauth.storage.authorizations import Authorizations
from pas.plugins.tokenauth.storage.interfaces import ICredential
from pas.plugins.tokenauth.storage.records import REMEMBERED
from pas.plugins.tokenauth.storage.sessions import Session
from pas.plugins.tokenauth.storage.siteidentity import SiteIdentity
from tests.storage.conftest import Database
from tests.storage.conftest import digest_of
from tests.storage.conftest import NOW
from typing import Any
from ZODB.POSException import ConflictError
from zope.interface.verify import verifyObject

import pytest


def authorization(
    credential_id: str = "aut-1",
    owner: str = "alice",
    application: str = "app-1",
    resource: str = "",
) -> Authorization:
    return Authorization(
        credential_id,
        owner=owner,
        application=application,
        resource=resource,
        address="192.0.2.7",
        title="An application",
        issued_at=NOW,
        scopes=("plone.read",),
    )


@pytest.fixture
def authorizations() -> Authorizations:
    found = Authorizations()
    found.add(authorization())
    return found


def test_an_authorization_keeps_its_contract(authorizations: Authorizations) -> None:
    (found,) = authorizations.all()
    assert verifyObject(ICredential, found)
    assert found.client_id == "app-1"
    assert found.credential_id == "aut-1"
    assert found.claims == ()
    assert found.targets == ()


def test_an_authorization_is_found_by_person_client_and_resource(
    authorizations: Authorizations,
) -> None:
    found = authorizations.newest("alice", "app-1", "")
    assert found is authorizations.get("aut-1")
    for key in (("bob", "app-1", ""), ("alice", "app-2", ""), ("alice", "app-1", "x")):
        assert authorizations.newest(*key) is None


def test_the_newest_authorization_is_found(authorizations: Authorizations) -> None:
    authorizations.add(authorization("aut-2"))
    assert authorizations.newest("alice", "app-1", "") is authorizations.get("aut-2")
    authorizations.remove("aut-1")
    assert authorizations.newest("alice", "app-1", "") is authorizations.get("aut-2")
    authorizations.remove("aut-2")
    assert authorizations.newest("alice", "app-1", "") is None


def test_the_authorizations_of_one_application_are_found(
    authorizations: Authorizations,
) -> None:
    authorizations.add(authorization("aut-2", "bob"))
    authorizations.add(authorization("aut-3", "bob", "app-10"))
    authorizations.add(authorization("aut-4", "bob", resource="x"))
    authorizations.add(authorization("aut-5", "bob", "app"))
    found = [each.credential_id for each in authorizations.of_application("app-1")]
    assert found == ["aut-1", "aut-2", "aut-4"]
    assert list(authorizations.of_application("app-2")) == []


def code(**changes: Any) -> AuthorizationCode:
    return replace(
        AuthorizationCode(
            authorization=authorization(),
            redirect_uri="https://app.example.org/cb",
            challenge="E9Melhoa",
            scope="plone.read",
            expires_at=NOW + 60,
            data={"openid": {"nonce": "n"}},
        ),
        **changes,
    )


@pytest.fixture
def codes() -> AuthorizationCodes:
    return AuthorizationCodes()


DIGEST = digest_of("code")


def test_a_code_is_kept_as_it_is(codes: AuthorizationCodes) -> None:
    session = Session(DIGEST, "alice")
    for changes in ({}, {"data": {}}, {"challenge": None}, {"session": session}):
        kept = code(**changes)
        digest = digest_of(repr(kept))
        codes.add(digest, kept, NOW)
        found = codes.get(digest, NOW)
        assert found is not None
        assert replace(found, authorization=kept.authorization) == kept
        assert found.authorization is kept.authorization
    assert codes.get(digest_of("other"), NOW) is None


def test_a_code_cannot_have_an_empty_challenge() -> None:
    """Conformance: PK-09: it would look like none at all."""
    with pytest.raises(ValueError, match="not empty"):
        code(challenge="")


def test_a_code_is_remembered_after_it_has_expired(codes: AuthorizationCodes) -> None:
    """Conformance: CR-10."""
    codes.add(DIGEST, code(), NOW)
    last = NOW + 60 + REMEMBERED - 1
    assert codes.get(DIGEST, last) is not None
    assert codes.get(DIGEST, last + 1) is None


def test_a_code_is_used_once(codes: AuthorizationCodes) -> None:
    """Conformance: CR-09."""
    codes.add(DIGEST, code(), NOW)
    assert not codes.is_used(DIGEST, NOW)
    assert codes.made_of(DIGEST, NOW) is None
    token = TokenDigest(b"t" * 32)
    codes.use(DIGEST, token, code(), NOW)
    assert codes.is_used(DIGEST, NOW)
    assert codes.made_of(DIGEST, NOW) == token
    with pytest.raises(KeyError):
        codes.use(DIGEST, token, code(), NOW)


def test_a_code_can_end_without_a_token(codes: AuthorizationCodes) -> None:
    """Conformance: PK-07."""
    codes.use(DIGEST, None, code(), NOW)
    assert codes.is_used(DIGEST, NOW)
    assert codes.made_of(DIGEST, NOW) is None


def test_codes_are_dropped_when_nothing_remembers_them(
    codes: AuthorizationCodes,
) -> None:
    codes.add(DIGEST, code(), NOW)
    codes.use(DIGEST, None, code(), NOW)
    codes.drop_expired(NOW + 60 + REMEMBERED + 2 * 3600)
    assert codes.get(DIGEST, NOW) is None
    assert not codes.is_used(DIGEST, NOW)


def test_writers_drop_what_has_expired_beside_theirs(codes: AuthorizationCodes) -> None:
    later = NOW + 60 + REMEMBERED + 2 * 3600
    codes.add(DIGEST, code(), NOW)
    codes.use(DIGEST, None, code(), NOW)
    beside = TokenDigest(DIGEST[:1] + b"x" * 31)
    codes.add(beside, code(expires_at=later), later)
    codes.use(beside, None, code(expires_at=later), later)
    assert codes.get(DIGEST, NOW) is None
    assert not codes.is_used(DIGEST, NOW)


def test_two_transactions_that_use_one_code_conflict(database: Database) -> None:
    """Conformance: CR-11."""
    database.run(lambda root: root.add_missing([("codes", AuthorizationCodes)]))
    first, second = database.session(), database.session()
    kept = code()
    first.root["codes"].use(DIGEST, TokenDigest(b"1" * 32), kept, NOW)
    second.root["codes"].use(DIGEST, TokenDigest(b"2" * 32), kept, NOW)
    first.commit()
    with pytest.raises(ConflictError):
        second.commit()


def test_a_site_has_an_identity_of_its_own() -> None:
    assert SiteIdentity(b"x" * 16).identity == b"x" * 16
