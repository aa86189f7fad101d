"""Users of the site, as their sources know them at this moment."""

from Products.PluggableAuthService.interfaces.plugins import IRolesPlugin
from Products.PluggableAuthService.interfaces.plugins import IUserEnumerationPlugin
from Products.PluggableAuthService.plugins.BasePlugin import BasePlugin
from tests.site.sources import info
from tests.site.sources import Source
from tests.site.sources import source
from typing import Any
from zope.interface import implementer

import pytest


__all__ = ["source"]


@implementer(IRolesPlugin)
class NoRoles(BasePlugin):
    """A source of roles that has none for anybody."""

    def getRolesForPrincipal(self, *_: Any) -> None:
        """Of no principal."""


def test_a_user_of_any_source_is_found(site: Any, source: Source) -> None:
    source.answer = (info("alice", "alice@example.org"),)
    user = site.context.users.get("alice")
    assert (user.user_id, user.login) == ("alice", "alice@example.org")


def test_sources_are_asked_in_their_order_until_one_knows_the_user(
    site: Any, source: Source
) -> None:
    """A directory behind a network is spared users that the site has itself."""
    site.add_user("alice")
    source.asked.clear()
    assert site.context.users.get("alice") is not None
    assert source.asked == []
    site.portal.acl_users.plugins.movePluginsTop(IUserEnumerationPlugin, ["source"])
    assert site.context.users.get("alice") is not None
    assert len(source.asked) == 1


def test_a_source_is_asked_for_exactly_this_user(site: Any, source: Source) -> None:
    """It may answer with nothing at all, as some do."""
    source.answer = None
    assert site.context.users.get("alice") is None
    assert site.context.users.is_gone("alice") is True
    assert source.asked == [{"id": "alice", "exact_match": True}] * 2


@pytest.mark.parametrize("answer", ["Alice", "alice2", "ali", ""])
def test_a_source_that_matches_loosely_does_not_pass_off_another_user(
    site: Any, source: Source, answer: str
) -> None:
    source.answer = (info(answer),)
    assert site.context.users.get("alice") is None
    assert site.context.users.by_login("alice") is None


def test_a_login_name_of_two_users_finds_nobody(site: Any, source: Source) -> None:
    source.answer = (info("a", "same"), info("b", "same"))
    assert site.context.users.by_login("same") is None


def test_the_same_user_in_two_sources_is_one_user(site: Any, source: Source) -> None:
    site.add_user("alice")
    source.answer = (info("alice"),)
    assert site.context.users.by_login("alice").user_id == "alice"


class TestASourceThatFails:
    """It vouches for nobody, and says nothing about anybody."""

    @pytest.fixture(autouse=True)
    def failing(self, source: Source) -> None:
        source.answer = ValueError("no connection")

    def test_does_not_hide_the_users_of_others(self, site: Any) -> None:
        site.add_user("alice")
        assert site.context.users.get("alice") is not None

    def test_vouches_for_nobody_and_the_log_says_so(
        self, site: Any, caplog: pytest.LogCaptureFixture
    ) -> None:
        assert site.context.users.get("bob") is None
        assert caplog.messages == [
            "The user source source does not answer: builtins.ValueError"
        ]

    def test_does_not_make_its_users_be_gone(self, site: Any, source: Source) -> None:
        assert site.context.users.is_gone("bob") is False
        source.answer = ()
        assert site.context.users.is_gone("bob")


def test_a_user_has_the_roles_of_their_groups(site: Any) -> None:
    """Also where only the group has a local role."""
    site.add_user("alice")
    users = site.context.users
    before = users.roles(users.principal(users.get("alice")))
    assert before >= {"Member", "Authenticated"}
    groups = site.portal.portal_groups
    groups.addGroup("staff", roles=["Editor"])
    site.portal.acl_users.source_groups.addPrincipalToGroup("alice", "staff")
    site.portal.manage_setLocalRoles("staff", ["Reviewer"])
    roles = users.roles(users.principal(users.get("alice")))
    assert roles - before == {"Editor", "Reviewer"}


def test_a_plugin_that_knows_no_roles_gives_none(site: Any) -> None:
    site.add_user("alice")
    users = site.context.users
    before = users.roles(users.principal(users.get("alice")))
    acl_users = site.portal.acl_users
    acl_users._setObject("no_roles", NoRoles())
    acl_users.plugins.activatePlugin(IRolesPlugin, "no_roles")
    assert users.roles(users.principal(users.get("alice"))) == before


def test_users_of_the_root_are_not_users_of_the_site(
    site: Any, site_owner_auth: tuple[str, str]
) -> None:
    name = site_owner_auth[0]
    assert site.app.acl_users.getUser(name) is not None
    assert site.context.users.get(name) is None
    assert not site.context.users.is_own(site.app.acl_users.getUser(name))
