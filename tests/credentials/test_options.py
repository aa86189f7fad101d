"""What a credential may do at most."""

from collections.abc import Callable
from pas.plugins.tokenauth.credentials.options import may_manage_users
from pas.plugins.tokenauth.credentials.options import offers_user_management
from pas.plugins.tokenauth.site.requester import Requester
from typing import Any

import pytest


@pytest.mark.parametrize("switch", [True, False])
@pytest.mark.parametrize("roles", [["Manager"], ["Site Administrator"]])
def test_accounts_are_changed_with_the_switch_by_keys_of_a_manager(
    site: Any, issue: Callable[..., Any], switch: bool, roles: list[str]
) -> None:
    """At every use: the owner may have lost the role since the key was issued."""
    key = issue("manager", may_manage_users=switch)
    site.portal.acl_users.userFolderEditUser("manager", None, roles, [])
    users = site.context.users
    allowed = may_manage_users(users, key, users.get("manager"))
    assert allowed is (switch and roles == ["Manager"])


@pytest.mark.parametrize(
    ("requester", "owner", "expected"),
    [
        ("manager", "manager", True),
        ("manager", "administrator", False),
        ("manager", "nobody", False),
        ("administrator", "manager", False),
        ("operator", "manager", True),
        ("operator", "administrator", False),
    ],
)
def test_who_may_manage_users_lends_it_to_the_keys_of_those_who_may(
    site: Any, people: dict[str, Requester], requester: str, owner: str, expected: bool
) -> None:
    offered = offers_user_management(site.context, people[requester], owner)
    assert offered is expected
