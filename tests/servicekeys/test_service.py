"""Public keys that are given, and rotating."""

from collections.abc import Callable
from pas.plugins.tokenauth.core.keys import generate_key_pair
from pas.plugins.tokenauth.credentials.errors import AlreadyEnded
from pas.plugins.tokenauth.credentials.publickeys import PrivateKeyGiven
from pas.plugins.tokenauth.credentials.service import revoke_credentials
from pas.plugins.tokenauth.events import ChangedEvent
from pas.plugins.tokenauth.events import IChangedEvent
from pas.plugins.tokenauth.servicekeys.interfaces import IKeyMaterial
from pas.plugins.tokenauth.servicekeys.kind import IssuedServiceKey
from pas.plugins.tokenauth.servicekeys.kind import SERVICE_KEY
from pas.plugins.tokenauth.site.errors import InvalidInput
from pas.plugins.tokenauth.site.errors import NoIssuer
from pas.plugins.tokenauth.site.errors import NotAllowed
from pas.plugins.tokenauth.site.fields import given_in_json
from pas.plugins.tokenauth.site.requester import Requester
from tests.credentials.doing import rotate_service_key
from typing import Any
from zope.i18n import translate

import pytest
import transaction


NOW = 1_800_000_000.0
DAY = 24 * 60 * 60
PAIR = generate_key_pair("ES256", NOW)


def issued_with(
    site: Any, people: dict[str, Requester], material: dict[str, Any]
) -> IssuedServiceKey:
    return SERVICE_KEY.issue(
        site.context, people["owner"], {"title": "CI"}, NOW, "1", material=material
    )


def test_a_requester_who_may_issue_is_not_refused_beforehand(
    site: Any, people: dict[str, Requester]
) -> None:
    SERVICE_KEY.check_may_issue(site.context, people["owner"], NOW)
    with pytest.raises(NotAllowed):
        SERVICE_KEY.check_may_issue(site.context, people["member"], NOW)


def test_no_repr_shows_what_was_given_as_a_public_key() -> None:
    """It may be a private one."""
    given = given_in_json(IKeyMaterial, {"public_key": "something"})
    assert given["public_key"] == "something"
    assert "something" not in repr(given)


@pytest.mark.parametrize("algorithm", ["none", "HS256", "rs256"])
def test_an_algorithm_that_does_not_exist_is_no_matter_of_policy(
    site: Any, people: dict[str, Requester], algorithm: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        issued_with(site, people, {"algorithm": algorithm})
    assert refused.value.field == "algorithm"
    assert translate(refused.value.message) == "There is no such algorithm."


class TestGivenPublicKeys:
    def test_the_keyfile_has_no_private_key(
        self, site: Any, people: dict[str, Requester]
    ) -> None:
        issued = issued_with(site, people, {"public_key": PAIR.public_key.pem})
        assert not issued.has_private_key
        assert issued.google_keyfile is None
        assert issued.keyfile["key_id"] == PAIR.public_key.kid
        assert issued.keyfile["algorithm"] == "ES256"
        assert issued.keyfile["token_uri"] == site.endpoint

    def test_a_given_rsa_key_comes_without_a_keyfile_for_google_auth(
        self, site: Any, people: dict[str, Requester]
    ) -> None:
        public_key = generate_key_pair("RS256", NOW).public_key.pem
        issued = issued_with(site, people, {"public_key": public_key})
        assert issued.google_keyfile is None

    def test_a_private_key_is_refused_and_forgotten(self, issue: Any) -> None:
        with pytest.raises(PrivateKeyGiven) as refused:
            issue(public_key=PAIR.private_pem)
        error: BaseException | None = refused.value
        while error is not None:
            assert PAIR.private_pem[40:80] not in repr(error)
            error = error.__cause__ or error.__context__

    def test_nonsense_is_refused_with_a_reason(self, issue: Any) -> None:
        with pytest.raises(InvalidInput) as refused:
            issue(public_key="ssh-dss AAAA")
        assert refused.value.field == "public_key"

    def test_two_users_may_give_the_same_public_key(self, issue: Any) -> None:
        first = issue("owner", public_key=PAIR.public_key.pem)
        second = issue("other", public_key=PAIR.public_key.pem)
        assert first.client_id != second.client_id


class TestNames:
    def test_two_requests_at_once_make_the_same_client_id(self, issue: Any) -> None:
        """So one of them conflicts, whatever else the owner has."""
        client_ids = []
        for seconds, others in ((0, 0), (1, 0), (2, 1)):
            transaction.begin()
            for _ in range(others):
                issue(name="another")
            client_ids.append(issue(name="backup", now=NOW + seconds).client_id)
            transaction.abort()
        assert len(set(client_ids)) == 1

    def test_a_successor_of_an_ended_key_has_another_client_id(
        self, site: Any, people: dict[str, Requester], issue: Any
    ) -> None:
        first = issue(name="backup")
        revoke_credentials(site.context, people["owner"], [first.client_id], NOW)
        assert issue(name="backup").client_id != first.client_id


class TestRotating:
    def rotate(
        self,
        site: Any,
        people: dict[str, Requester],
        key: Any,
        overlap: float = 7 * DAY,
        now: float = NOW + DAY,
        **options: Any,
    ) -> IssuedServiceKey:
        return rotate_service_key(
            site.context,
            people["owner"],
            key.client_id,
            now,
            overlap,
            {"algorithm": "EdDSA"},
            **options,
        )

    def test_both_pairs_work_for_the_time_that_was_chosen(
        self, site: Any, people: dict[str, Requester], issue: Any
    ) -> None:
        key = issue()
        old = key.public_keys[0].kid
        new = self.rotate(site, people, key).keyfile["key_id"]
        for days, live in ((1, {old, new}), (7, {old, new}), (8, {new})):
            kids = {found.kid for found in key.live_public_keys(NOW + days * DAY)}
            assert kids == live, days

    def test_the_client_id_stays(
        self, site: Any, people: dict[str, Requester], issue: Any
    ) -> None:
        key = issue()
        assert self.rotate(site, people, key).keyfile["client_id"] == key.client_id

    def test_the_old_pair_ends_at_once_if_that_is_chosen(
        self, site: Any, people: dict[str, Requester], issue: Any
    ) -> None:
        key = issue()
        new = self.rotate(site, people, key, overlap=0).keyfile["key_id"]
        assert [found.kid for found in key.public_keys] == [new]

    def test_rotating_does_not_lengthen_the_life_of_an_earlier_pair(
        self, site: Any, people: dict[str, Requester], issue: Any
    ) -> None:
        key = issue()
        self.rotate(site, people, key, overlap=DAY)
        self.rotate(site, people, key, overlap=30 * DAY)
        assert key.public_keys[0].expires_at == NOW + 2 * DAY

    def test_four_pairs_are_too_many(
        self, site: Any, people: dict[str, Requester], issue: Any
    ) -> None:
        key = issue()
        self.rotate(site, people, key)
        self.rotate(site, people, key)
        before = key.public_keys
        with pytest.raises(InvalidInput) as refused:
            self.rotate(site, people, key)
        assert refused.value.field == "overlap"
        assert key.public_keys == before
        self.rotate(site, people, key, overlap=0)
        assert len(key.public_keys) == 1

    def test_the_longest_overlap_is_ninety_days(
        self, site: Any, people: dict[str, Requester], issue: Any
    ) -> None:
        key = issue()
        self.rotate(site, people, key, overlap=90 * DAY)
        assert key.public_keys[0].expires_at == NOW + 91 * DAY

    def test_a_rotation_is_in_the_transaction_and_announced(
        self,
        site: Any,
        people: dict[str, Requester],
        issue: Any,
        listen: Callable[[Any], list[Any]],
    ) -> None:
        key = issue()
        transaction.commit()
        heard = listen(IChangedEvent)
        kid = self.rotate(site, people, key).keyfile["key_id"]
        told = f"tokenauth: rotate {key.client_id} by owner"
        assert transaction.get().description == told
        ends_at = NOW + 8 * DAY
        assert heard == [
            ChangedEvent(
                kind="service_key",
                credential_id=key.client_id,
                owner="owner",
                requester="owner",
                new_secret=True,
                details={
                    "action": "rotate",
                    "kid": kid,
                    "algorithm": "EdDSA",
                    "others_end_at": ends_at,
                },
            )
        ]

    @pytest.mark.parametrize("overlap", [-1, 91 * DAY, float("nan"), float("inf")])
    def test_no_other_overlap_is_accepted(
        self, site: Any, people: dict[str, Requester], issue: Any, overlap: float
    ) -> None:
        with pytest.raises(InvalidInput) as refused:
            self.rotate(site, people, issue(), overlap=overlap)
        assert refused.value.field == "overlap"

    def test_the_same_public_key_again_is_refused(
        self, site: Any, people: dict[str, Requester], issue: Any
    ) -> None:
        key = issue(public_key=PAIR.public_key.pem)
        with pytest.raises(InvalidInput) as refused:
            rotate_service_key(
                site.context,
                people["owner"],
                key.client_id,
                NOW,
                0,
                {"public_key": PAIR.public_key.pem},
            )
        assert refused.value.field == "public_key"

    def test_an_expired_key_needs_a_new_expiry(
        self, site: Any, people: dict[str, Requester], issue: Any
    ) -> None:
        key = issue(expires_at=NOW + 1)
        with pytest.raises(InvalidInput) as refused:
            self.rotate(site, people, key)
        assert refused.value.field == "expires"
        self.rotate(site, people, key, expires_at=NOW + 90 * DAY)
        assert key.is_live(NOW + 89 * DAY)

    def test_a_revoked_key_is_not_rotated(
        self, site: Any, people: dict[str, Requester], issue: Any
    ) -> None:
        key = issue()
        revoke_credentials(site.context, people["owner"], [key.client_id], NOW)
        with pytest.raises(AlreadyEnded):
            self.rotate(site, people, key)

    def test_rotating_takes_an_issuer(
        self, site: Any, people: dict[str, Requester], issue: Any
    ) -> None:
        key = issue()
        site.plugin.issuer = ""
        with pytest.raises(NoIssuer):
            self.rotate(site, people, key)

    def test_old_and_new_keyfile_get_tokens_until_the_old_pair_ends(
        self, site: Any
    ) -> None:
        old = site.issue("owner", algorithm="ES256")
        owner = site.requester("owner")
        new = rotate_service_key(
            site.context,
            owner,
            old["client_id"],
            site.service_key(old).issued_at,
            DAY,
            {"algorithm": "EdDSA"},
        ).keyfile
        site.commit()
        assert site.token(old) and site.token(new)
        token = site.token(old)
        rotate_service_key(
            site.context, owner, old["client_id"], site.service_key(old).issued_at, 0
        )
        site.commit()
        assert site.exchange(site.grant(old)).json()["error"] == "invalid_grant"
        # A token belongs to the service key, whose key pairs come and go.
        assert site.api("GET", "/@users/owner", token).status_code == 200
