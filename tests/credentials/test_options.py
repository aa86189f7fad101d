"""What a credential may do at most."""

from collections.abc import Callable
from pas.plugins.tokenauth.credentials.options import Decision
from pas.plugins.tokenauth.credentials.options import offers_administration
from pas.plugins.tokenauth.servicekeys.kind import SERVICE_KEY
from pas.plugins.tokenauth.site.errors import InvalidInput
from pas.plugins.tokenauth.site.requester import Requester
from typing import Any

import pytest


SCOPES = ["plone.admin", "plone.admin.read"]


@pytest.mark.parametrize(
    ("requester", "owner", "expected"),
    [
        ("manager", "manager", True),
        ("manager", "administrator", True),
        ("manager", "member", False),
        ("manager", "nobody", False),
        ("administrator", "administrator", True),
        ("administrator", "manager", False),
        ("member", "member", False),
        ("operator", "manager", True),
        ("operator", "administrator", True),
        ("operator", "member", False),
    ],
)
def test_an_administrator_offers_administration_to_owners_with_no_more_rights(
    site: Any, people: dict[str, Requester], requester: str, owner: str, expected: bool
) -> None:
    decision = Decision(
        site=site.context,
        requester=people[requester],
        kind=SERVICE_KEY,
        owner=owner,
        now=0.0,
        made_at=0.0,
    )
    assert offers_administration(decision) is expected


@pytest.mark.parametrize("scope", SCOPES)
def test_a_site_can_do_without_programs_that_administer(
    site: Any, issue: Callable[..., Any], scope: str
) -> None:
    site.plugin.allow_admin_scopes = False
    with pytest.raises(InvalidInput) as refused:
        issue("manager", scopes=(scope,))
    assert refused.value.field == "scopes"


@pytest.mark.parametrize("scope", SCOPES)
def test_a_program_that_administers_needs_an_expiry(
    issue: Callable[..., Any], scope: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        issue("manager", scopes=(scope,), expires_at=None)
    assert refused.value.field == "expires"


def test_reading_everything_and_writing_is_administering(
    issue: Callable[..., Any],
) -> None:
    with pytest.raises(InvalidInput) as refused:
        issue("manager", scopes=("plone.admin.read", "plone.write"))
    assert refused.value.field == "scopes"
