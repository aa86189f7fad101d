"""Which users and groups somebody who gets in by them is for."""

from pas.plugins.tokenauth.site.userlimits import UserLimits
from pas.plugins.tokenauth.site.users import SiteUser
from typing import Any

import pytest


ALICE, BOB = SiteUser("alice", "alice"), SiteUser("bob", "bob")


@pytest.fixture
def people(site: Any) -> Any:
    """Alice, who is an author, and Bob, who is not."""
    for user_id in ("alice", "bob"):
        site.add_user(user_id)
    tool = site.portal.portal_groups
    tool.addGroup("authors")
    tool.getGroupById("authors").addMember("alice")
    return site.context.users


def test_everybody_is_allowed_where_nobody_is_named(people: Any) -> None:
    """Conformance: AE-34."""
    assert UserLimits().allow(people, BOB)


def test_users_are_allowed_by_their_id(people: Any) -> None:
    """Conformance: AE-34."""
    limits = UserLimits(users=("bob",))
    assert limits.allow(people, BOB)
    assert not limits.allow(people, ALICE)


def test_members_of_a_group_are_allowed(people: Any) -> None:
    """Conformance: AE-34."""
    limits = UserLimits(groups=("authors",))
    assert limits.allow(people, ALICE)
    assert not limits.allow(people, BOB)


def test_a_user_or_a_group_is_enough(people: Any) -> None:
    """Conformance: AE-34."""
    limits = UserLimits(users=("bob",), groups=("authors",))
    assert limits.allow(people, ALICE)
    assert limits.allow(people, BOB)


def test_who_leaves_the_group_is_not_allowed_any_more(site: Any, people: Any) -> None:
    """Conformance: AE-35, CR-17."""
    limits = UserLimits(groups=("authors",))
    site.portal.portal_groups.getGroupById("authors").removeMember("alice")
    assert not limits.allow(people, ALICE)


def test_the_group_of_everybody_who_is_logged_in_counts(people: Any) -> None:
    """It is made up by a plugin of Plone for each user."""
    assert UserLimits(groups=("AuthenticatedUsers",)).allow(people, BOB)


def test_names_that_no_source_knows_are_told(people: Any) -> None:
    """A limit to a mistyped group would keep everybody out."""
    limits = UserLimits(users=("alice", "nobody"), groups=("authors", "autho", "auth"))
    assert limits.unknown(people) == ("nobody", "autho", "auth")
