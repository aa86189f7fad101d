"""Policies of the site hold for everybody and in every way."""

from pas.plugins.tokenauth.core.keys import generate_key_pair
from pas.plugins.tokenauth.credentials.errors import TooManyCredentials
from pas.plugins.tokenauth.credentials.policies import latest_expiry
from pas.plugins.tokenauth.credentials.policies import may_never_end
from pas.plugins.tokenauth.credentials.service import revoke_credentials
from pas.plugins.tokenauth.personaltokens.kind import PERSONAL_ACCESS_TOKEN
from pas.plugins.tokenauth.servicekeys.keymaterial import check_algorithm
from pas.plugins.tokenauth.servicekeys.keymaterial import default_algorithm
from pas.plugins.tokenauth.servicekeys.kind import SERVICE_KEY
from pas.plugins.tokenauth.site.errors import InvalidInput
from pas.plugins.tokenauth.site.errors import PolicyViolation
from pas.plugins.tokenauth.site.requester import Requester
from tests.credentials.doing import change_credential
from tests.credentials.doing import rotate_service_key
from typing import Any
from zope.i18n import translate

import pytest


NOW = 1_800_000_000.0
DAY = 24 * 60 * 60
#: Who issues for themselves, and who issues for somebody else.
ISSUERS = [("owner", ""), ("manager", ""), ("manager", "owner"), ("operator", "owner")]


def change(
    site: Any, requester: Requester, key: Any, now: float = NOW, **options: Any
) -> None:
    wanted = options
    change_credential(site.context, requester, key.client_id, wanted, now)


def test_a_page_knows_beforehand_how_long_something_may_live(site: Any) -> None:
    settings = site.plugin
    settings.max_key_lifetime, settings.max_personal_access_token_lifetime = 90, None
    assert latest_expiry(settings, SERVICE_KEY, NOW) == NOW + 90 * DAY
    assert may_never_end(settings, SERVICE_KEY) is False
    for forever in (False, True):
        settings.personal_access_tokens_may_never_end = forever
        assert latest_expiry(settings, PERSONAL_ACCESS_TOKEN, NOW) is None
        assert may_never_end(settings, PERSONAL_ACCESS_TOKEN) is forever
    settings.max_key_lifetime, settings.max_personal_access_token_lifetime = None, 30
    assert may_never_end(settings, SERVICE_KEY) is True
    assert latest_expiry(settings, PERSONAL_ACCESS_TOKEN, NOW) == NOW + 30 * DAY
    assert may_never_end(settings, PERSONAL_ACCESS_TOKEN) is False


def test_an_algorithm_that_is_not_allowed_is_named(site: Any) -> None:
    site.plugin.allowed_algorithms = ("EdDSA",)
    check_algorithm(site.plugin, "EdDSA")
    with pytest.raises(PolicyViolation) as refused:
        check_algorithm(site.plugin, "RS256")
    assert translate(refused.value.message) == (
        "The policy of this site does not allow RS256."
    )


class TestLongestLifetime:
    @pytest.fixture(autouse=True)
    def policy(self, site: Any) -> None:
        site.plugin.max_key_lifetime = 90

    @pytest.mark.parametrize(("requester", "owner"), ISSUERS)
    @pytest.mark.parametrize("expires_at", [None, NOW + 90 * DAY + 1])
    def test_no_key_is_issued_for_longer(
        self, issue: Any, requester: str, owner: str, expires_at: float | None
    ) -> None:
        with pytest.raises(PolicyViolation) as refused:
            issue(requester, owner, expires_at=expires_at)
        assert refused.value.field == "expires"
        assert translate(refused.value.message) == (
            "By this site's policy, a key expires at most 90 days after its key pair"
            " was made."
        )

    def test_the_last_second_is_fine(self, issue: Any) -> None:
        assert issue(expires_at=NOW + 90 * DAY)

    def test_the_lifetime_counts_from_when_the_key_pair_was_made(
        self, site: Any, people: dict[str, Requester], issue: Any
    ) -> None:
        key = issue(expires_at=NOW + 30 * DAY)
        later = NOW + 20 * DAY
        with pytest.raises(PolicyViolation):
            change(site, people["owner"], key, later, expires_at=later + 90 * DAY)
        rotate_service_key(
            site.context,
            people["owner"],
            key.client_id,
            later,
            0,
            expires_at=later + 90 * DAY,
        )
        assert key.expires_at == later + 90 * DAY

    def test_a_key_from_before_stays_until_it_is_touched(
        self, site: Any, people: dict[str, Requester], issue: Any
    ) -> None:
        site.plugin.max_key_lifetime = None
        key = issue()
        site.plugin.max_key_lifetime = 90
        change(site, people["owner"], key, title="Another")
        with pytest.raises(PolicyViolation):
            rotate_service_key(site.context, people["owner"], key.client_id, NOW, 0)


class TestRequiredRanges:
    @pytest.fixture(autouse=True)
    def policy(self, site: Any) -> None:
        site.plugin.require_ip_ranges = True

    @pytest.mark.parametrize(("requester", "owner"), ISSUERS)
    def test_no_key_is_issued_for_anywhere(
        self, issue: Any, requester: str, owner: str
    ) -> None:
        with pytest.raises(PolicyViolation) as refused:
            issue(requester, owner, ip_ranges=" ")
        assert refused.value.field == "ip_ranges"

    def test_required_ip_ranges_cannot_be_removed(
        self, site: Any, people: dict[str, Requester], issue: Any
    ) -> None:
        key = issue(ip_ranges="::1")
        with pytest.raises(PolicyViolation):
            change(site, people["owner"], key, ip_ranges="")
        assert key.ip_ranges == "::1"

    def test_a_key_from_before_can_still_be_tightened(
        self, site: Any, people: dict[str, Requester], issue: Any
    ) -> None:
        site.plugin.require_ip_ranges = False
        key = issue()
        site.plugin.require_ip_ranges = True
        change(site, people["administrator"], key, expires_at=NOW + DAY)
        assert key.expires_at == NOW + DAY


class TestNumberOfKeys:
    @pytest.fixture(autouse=True)
    def policy(self, site: Any) -> None:
        site.plugin.max_keys_per_user = 2

    @pytest.mark.parametrize("requester", ["owner", "manager", "operator"])
    def test_a_third_is_refused(self, issue: Any, requester: str) -> None:
        issue()
        issue("manager", "owner")
        with pytest.raises(TooManyCredentials) as refused:
            issue(requester, "owner")
        assert "at most 2 service keys per user." in translate(refused.value.args[0])

    def test_keys_of_each_user_are_counted_alone(self, issue: Any) -> None:
        for owner in ("owner", "other"):
            issue(owner)
            issue(owner)

    def test_ended_keys_do_not_count(
        self, site: Any, people: dict[str, Requester], issue: Any
    ) -> None:
        issue(expires_at=NOW + 1)
        revoked = issue()
        revoke_credentials(site.context, people["owner"], [revoked.client_id], NOW)
        issue(now=NOW + 2)
        assert issue(now=NOW + 2)

    def test_an_expired_key_does_not_live_again_beside_the_allowed_number(
        self, site: Any, people: dict[str, Requester], issue: Any
    ) -> None:
        expired = issue(expires_at=NOW + 1)
        issue()
        issue(now=NOW + 2)
        with pytest.raises(TooManyCredentials):
            change(site, people["owner"], expired, NOW + 2, expires_at=None)
        with pytest.raises(TooManyCredentials):
            rotate_service_key(
                site.context,
                people["owner"],
                expired.client_id,
                NOW + 2,
                0,
                expires_at=None,
            )
        assert not expired.is_live(NOW + 2)
        change(site, people["owner"], expired, NOW + 2, title="Still expired")


class TestAllowedAlgorithms:
    @pytest.fixture(autouse=True)
    def policy(self, site: Any) -> None:
        site.plugin.allowed_algorithms = ("EdDSA", "ES256")

    def test_another_is_refused_for_pairs_that_the_site_makes(
        self, site: Any, people: dict[str, Requester], issue: Any
    ) -> None:
        key = issue()
        with pytest.raises(PolicyViolation) as refused:
            rotate_service_key(
                site.context,
                people["owner"],
                key.client_id,
                NOW,
                0,
                {"algorithm": "RS256"},
            )
        assert refused.value.field == "algorithm"

    def test_another_is_refused_for_public_keys_that_are_given(
        self, issue: Any
    ) -> None:
        with pytest.raises(PolicyViolation):
            issue(public_key=generate_key_pair("RS256", NOW).public_key.pem)

    def test_the_default_algorithm_is_an_allowed_one(self, site: Any) -> None:
        assert default_algorithm(site.plugin) == "ES256"
        site.plugin.allowed_algorithms = ("EdDSA",)
        assert default_algorithm(site.plugin) == "EdDSA"

    def test_an_unreadable_public_key_is_no_matter_of_policy(self, issue: Any) -> None:
        with pytest.raises(InvalidInput) as refused:
            issue(public_key="nonsense")
        assert not isinstance(refused.value, PolicyViolation)
