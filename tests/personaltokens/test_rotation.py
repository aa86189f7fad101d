"""Rotating personal access tokens: another secret for the same credential."""

from pas.plugins.tokenauth.core.errors import AccessRefused
from pas.plugins.tokenauth.credentials.rotation import MAX_OVERLAP
from pas.plugins.tokenauth.credentials.service import revoke_credentials
from pas.plugins.tokenauth.personaltokens.kind import PERSONAL_ACCESS_TOKEN
from pas.plugins.tokenauth.site.errors import InvalidInput
from pas.plugins.tokenauth.site.errors import NotAllowed
from pas.plugins.tokenauth.site.requester import Requester
from pas.plugins.tokenauth.tokens.checks import authenticate
from pas.plugins.tokenauth.tokens.find import find_token
from typing import Any

import pytest


NOW = 1_800_000_000.0
DAY = 24 * 60 * 60
REPLACED = "token was replaced by a newer one"


@pytest.fixture
def owner(site: Any) -> Requester:
    site.add_user("owner", "Manager")
    return site.requester("owner")


@pytest.fixture
def issued(site: Any, owner: Requester) -> Any:
    options = {"title": "Backup", "expires_at": NOW + 90 * DAY}
    return PERSONAL_ACCESS_TOKEN.issue(site.context, owner, options, NOW, "1")


@pytest.fixture
def rotate(site: Any, owner: Requester, issued: Any) -> Any:
    """Rotates the token, by its owner unless told."""

    def rotate(
        now: float, overlap: Any = DAY, requester: Requester = owner, **options: Any
    ) -> str:
        fresh = PERSONAL_ACCESS_TOKEN.rotate(
            site.context, requester, issued.credential, now, overlap, options=options
        )
        return str(fresh.text)

    return rotate


def refusal(site: Any, token: str, now: float) -> str:
    """Why a token is refused; an empty string where it is not."""
    try:
        access = authenticate(site.context, token, "192.0.2.7", now)
    except AccessRefused as refused:
        return refused.reason
    assert access.subject == "owner"
    return ""


def test_both_tokens_work_until_the_overlap_ends(
    site: Any, issued: Any, rotate: Any
) -> None:
    fresh = rotate(NOW + 1)
    assert fresh != issued.text
    for now, reason in ((NOW + DAY, ""), (NOW + 1 + DAY, REPLACED)):
        assert refusal(site, issued.text, now) == reason
        assert refusal(site, fresh, now) == ""
    assert find_token(site.context, fresh, NOW + 2).credential is issued.credential


def test_without_overlap_the_old_token_ends_at_once(
    site: Any, issued: Any, rotate: Any
) -> None:
    fresh = rotate(NOW + 1, overlap=0)
    assert refusal(site, issued.text, NOW + 1) == "unknown or expired token"
    assert refusal(site, fresh, NOW + 1) == ""


def test_an_old_token_tells_when_it_ends(site: Any, issued: Any, rotate: Any) -> None:
    fresh = rotate(NOW + 1)
    old, new = (
        find_token(site.context, token, NOW + 2) for token in (issued.text, fresh)
    )
    assert (old.issued_at, old.expires_at) == (NOW, NOW + 1 + DAY)
    assert (new.issued_at, new.expires_at) == (NOW + 1, NOW + 90 * DAY)


def test_a_new_token_counts_its_lifetime_from_the_rotation(
    site: Any, issued: Any, rotate: Any
) -> None:
    site.plugin.max_personal_access_token_lifetime = 90
    with pytest.raises(InvalidInput):
        rotate(NOW + 10 * DAY, expires_at=NOW + 101 * DAY)
    rotate(NOW + 10 * DAY, expires_at=NOW + 100 * DAY)
    assert issued.credential.expires_at == NOW + 100 * DAY
    assert issued.credential.secret_made_at == NOW + 10 * DAY


def test_revoking_ends_every_secret(
    site: Any, owner: Requester, issued: Any, rotate: Any
) -> None:
    fresh = rotate(NOW + 1)
    ids = [issued.credential.credential_id]
    revoke_credentials(site.context, owner, ids, NOW + 2)
    for token in (issued.text, fresh):
        assert refusal(site, token, NOW + 2) == "credential has ended"


def test_there_are_three_earlier_ones_at_most(
    site: Any, issued: Any, rotate: Any
) -> None:
    for number in range(2):
        rotate(NOW + number)
    with pytest.raises(InvalidInput, match="Too many earlier ones"):
        rotate(NOW + 2)
    # Those whose time is over make room.
    fresh = rotate(NOW + 2 + DAY)
    assert len(issued.credential.secrets) == 2
    assert refusal(site, fresh, NOW + 3 + DAY) == ""
    assert refusal(site, issued.text, NOW + 3 + DAY) == "unknown or expired token"


@pytest.mark.parametrize("overlap", [-1, MAX_OVERLAP + 1])
def test_an_overlap_is_ninety_days_at_most(
    issued: Any, rotate: Any, overlap: float
) -> None:
    with pytest.raises(InvalidInput, match="90 days"):
        rotate(NOW + 1, overlap=overlap)
    assert len(issued.credential.secrets) == 1


def test_an_administrator_who_issues_nothing_for_others_rotates_nothing(
    site: Any, issued: Any, rotate: Any
) -> None:
    site.add_user("administrator", "Site Administrator")
    with pytest.raises(NotAllowed):
        rotate(NOW + 1, requester=site.requester("administrator"))
