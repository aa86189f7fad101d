"""A deployment says how a key is to be, again and again."""

from pas.plugins.tokenauth.core.keys import generate_key_pair
from pas.plugins.tokenauth.credentials.service import revoke_credentials
from pas.plugins.tokenauth.servicekeys.service import ensure_service_key
from pas.plugins.tokenauth.servicekeys.service import EnsuredServiceKey
from pas.plugins.tokenauth.site.errors import InvalidInput
from pas.plugins.tokenauth.site.errors import NoIssuer
from pas.plugins.tokenauth.site.errors import NotAllowed
from pas.plugins.tokenauth.site.errors import PolicyViolation
from pas.plugins.tokenauth.site.requester import Requester
from tests.credentials.doing import change_credential
from typing import Any

import pytest
import transaction
import ZODB.POSException


NOW = 1_800_000_000.0
DAY = 24 * 60 * 60
FIRST, SECOND = (generate_key_pair("ES256", NOW).public_key for _ in range(2))


class Deployment:
    """Runs at any time, as somebody."""

    def __init__(self, site: Any, people: dict[str, Requester]) -> None:
        self.site = site
        self.people = people

    def ensure(
        self,
        requester: str = "operator",
        owner: str = "member",
        name: str = "backup",
        now: float = NOW,
        public_key: str = "",
        **options: Any,
    ) -> EnsuredServiceKey:
        return ensure_service_key(
            self.site.context,
            self.people[requester],
            owner,
            name,
            dict(**{"title": "Backup", **options}),
            now,
            {"algorithm": "" if public_key else "EdDSA", "public_key": public_key},
        )


@pytest.fixture
def deployment(site: Any, people: dict[str, Requester]) -> Deployment:
    return Deployment(site, people)


def test_the_first_time_makes_the_key(deployment: Deployment) -> None:
    made = deployment.ensure()
    assert made.created and made.changed
    assert made.issued is not None and made.issued.has_private_key
    assert made.service_key.owner == "member"
    assert made.service_key.name == "backup"


def test_the_second_time_changes_nothing_and_hands_nothing_out(
    deployment: Deployment,
) -> None:
    client_id = deployment.ensure().service_key.client_id
    again = deployment.ensure()
    assert not again.created and not again.changed
    assert again.issued is None
    assert again.service_key.client_id == client_id


def test_an_option_that_differs_is_corrected(deployment: Deployment) -> None:
    deployment.ensure(ip_ranges="10.0.0.1")
    corrected = deployment.ensure(ip_ranges="10.0.0.2", require_jti=True)
    assert corrected.changed and not corrected.created
    assert corrected.service_key.ip_ranges == "10.0.0.2"
    assert corrected.service_key.require_jti


@pytest.mark.parametrize("how", ["revoked", "expired"])
def test_a_key_that_has_ended_is_followed_by_a_new_one(
    deployment: Deployment, people: dict[str, Requester], how: str
) -> None:
    old = deployment.ensure(expires_at=NOW + 1).service_key
    if how == "revoked":
        revoke_credentials(
            deployment.site.context, people["operator"], [old.client_id], NOW
        )
    new = deployment.ensure(now=NOW + 2)
    assert new.created
    assert new.service_key.client_id != old.client_id
    assert not old.is_live(NOW + 2)


class TestPublicKeys:
    def test_no_private_key_comes_back(self, deployment: Deployment) -> None:
        made = deployment.ensure(public_key=FIRST.pem)
        assert made.issued is not None and not made.issued.has_private_key

    def test_another_public_key_replaces_the_first_at_once(
        self, deployment: Deployment
    ) -> None:
        deployment.ensure(public_key=FIRST.pem)
        replaced = deployment.ensure(public_key=SECOND.pem)
        assert replaced.changed and replaced.issued is None
        kids = [key.kid for key in replaced.service_key.live_public_keys(NOW)]
        assert kids == [SECOND.kid]

    def test_the_same_public_key_changes_nothing(self, deployment: Deployment) -> None:
        deployment.ensure(public_key=FIRST.pem)
        assert not deployment.ensure(public_key=FIRST.pem).changed

    @pytest.mark.parametrize(
        "wrong", [{"public_key": "nonsense"}, {"ip_ranges": "here"}]
    )
    def test_one_wrong_value_keeps_everything_unchanged(
        self, deployment: Deployment, wrong: dict[str, str]
    ) -> None:
        key = deployment.ensure(public_key=FIRST.pem).service_key
        before = dict(key.__dict__)
        values: dict[str, Any] = {"title": "New", "public_key": SECOND.pem, **wrong}
        with pytest.raises(InvalidInput):
            deployment.ensure(**values)
        assert key.__dict__ == before

    def test_a_policy_stops_the_whole_change(self, deployment: Deployment) -> None:
        key = deployment.ensure(public_key=FIRST.pem).service_key
        before = dict(key.__dict__)
        # What the key has may stay, but a new secret must obey.
        deployment.site.plugin.max_key_lifetime = 90
        with pytest.raises(InvalidInput):
            deployment.ensure(
                title="New", public_key=SECOND.pem, expires_at=before["expires_at"]
            )
        assert key.__dict__ == before

    def test_another_public_key_lives_as_long_as_a_new_key(
        self, deployment: Deployment
    ) -> None:
        deployment.site.plugin.max_key_lifetime = 90
        deployment.ensure(public_key=FIRST.pem, expires_at=NOW + 80 * DAY)
        later = NOW + 60 * DAY
        end = later + 80 * DAY
        replaced = deployment.ensure(
            now=later, public_key=SECOND.pem, expires_at=end
        ).service_key
        assert replaced.expires_at == end

    def test_a_site_without_an_issuer_changes_nothing(
        self, deployment: Deployment
    ) -> None:
        key = deployment.ensure(public_key=FIRST.pem).service_key
        before = dict(key.__dict__)
        deployment.site.plugin.issuer = ""
        with pytest.raises(NoIssuer):
            deployment.ensure(title="New", public_key=SECOND.pem)
        assert key.__dict__ == before

    def test_a_later_policy_keeps_the_same_public_key(
        self, deployment: Deployment
    ) -> None:
        key = deployment.ensure(public_key=FIRST.pem).service_key
        before = dict(key.__dict__)
        deployment.site.plugin.allowed_algorithms = ("RS256",)
        assert not deployment.ensure(public_key=FIRST.pem).changed
        with pytest.raises(PolicyViolation):
            deployment.ensure(title="New", public_key=SECOND.pem)
        assert key.__dict__ == before


class TestNames:
    @pytest.mark.parametrize(
        "name", ["", "Backup", "-a", "a-", "a b", "a/b", "ä", "a" * 65, "a\n"]
    )
    def test_a_malformed_name_is_refused(
        self, deployment: Deployment, name: str
    ) -> None:
        with pytest.raises(InvalidInput) as refused:
            deployment.ensure(name=name)
        assert refused.value.field == "name"

    @pytest.mark.parametrize("name", ["a", "0", "ci-deploy.prod_2", "a" * 64])
    def test_other_names_are_accepted(self, deployment: Deployment, name: str) -> None:
        assert deployment.ensure(name=name).created

    def test_each_user_has_names_of_their_own(self, deployment: Deployment) -> None:
        first = deployment.ensure(owner="member").service_key
        second = deployment.ensure(owner="other").service_key
        assert first.client_id != second.client_id

    def test_a_live_name_is_not_given_twice(self, issue: Any) -> None:
        issue("owner", name="backup")
        with pytest.raises(InvalidInput) as refused:
            issue("owner", name="backup")
        assert refused.value.field == "name"

    def test_an_expired_key_does_not_take_its_name_back(
        self, site: Any, people: dict[str, Requester], issue: Any
    ) -> None:
        expired = issue("owner", name="backup", expires_at=NOW + 1)
        issue("owner", name="backup", now=NOW + 2)
        with pytest.raises(InvalidInput) as refused:
            change_credential(
                site.context,
                people["owner"],
                expired.client_id,
                {"expires_at": None},
                NOW + 2,
            )
        assert refused.value.field == "name"

    def test_issuing_and_ensuring_derive_the_same_client_id(
        self, deployment: Deployment, issue: Any
    ) -> None:
        """Two at once conflict, so that there are never two of a name."""
        issued = issue("owner", name="backup").client_id
        transaction.abort()
        assert deployment.ensure(owner="owner").service_key.client_id == issued


@pytest.mark.parametrize("requester", ["administrator", "owner", "program"])
def test_a_requester_who_may_not_issue_for_the_user_may_not_ensure(
    deployment: Deployment, requester: str
) -> None:
    deployment.ensure()
    with pytest.raises(NotAllowed):
        deployment.ensure(requester=requester, ip_ranges="10.0.0.1")


def test_two_at_once_make_one_key(site: Any, people: dict[str, Requester]) -> None:
    """Both insert the same client id, so the second is repeated and finds the key."""
    site.commit()
    deployment = Deployment(site, people)
    deployment.ensure()
    manager = transaction.TransactionManager()
    connection = site.app._p_jar.db().open(manager)
    theirs = connection.get(site.plugin._storage._p_oid)
    mine = site.context.storage["service_key"]
    (key,) = mine.owned_by("member")
    twin = type(key)(
        key.client_id,
        owner="member",
        title="Backup",
        public_key=key.public_keys[0],
        issued_at=NOW,
        name="backup",
    )
    theirs["service_key"].add(twin)
    manager.commit()
    connection.close()
    with pytest.raises(ZODB.POSException.ConflictError):
        transaction.commit()
    site.sync()
    again = deployment.ensure()
    assert not again.created
