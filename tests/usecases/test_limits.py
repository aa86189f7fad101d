"""What a credential may do at most."""

from collections.abc import Callable
from pas.plugins.tokenauth.usecases.limits import may_manage_users
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
    users = site.server.users
    allowed = may_manage_users(users, key, users.get("manager"))
    assert allowed is (switch and roles == ["Manager"])
