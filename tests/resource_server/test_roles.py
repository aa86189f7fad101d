"""The rules of limited tokens, as a table."""

from itertools import chain
from itertools import combinations
from pas.plugins.tokenauth.resource_server.roles import CONTENT_ROLES
from pas.plugins.tokenauth.resource_server.roles import counting_roles
from pas.plugins.tokenauth.resource_server.roles import limited_roles
from pas.plugins.tokenauth.resource_server.roles import Place

import pytest


ADMINISTRATIVE = frozenset({"Manager", "Site Administrator"})
ALL = [*sorted(CONTENT_ROLES), "Owner", "Custom", *sorted(ADMINISTRATIVE)]
NOBODY: frozenset[str] = frozenset()


def subsets(roles: list[str]) -> list[frozenset[str]]:
    """All sets of these roles."""
    sizes = range(len(roles) + 1)
    return [
        frozenset(each)
        for each in chain.from_iterable(combinations(roles, size) for size in sizes)
    ]


@pytest.mark.parametrize("place", Place)
@pytest.mark.parametrize("everybody", ["Anonymous", "Authenticated"])
def test_an_action_for_everybody_is_left_to_zope(place: Place, everybody: str) -> None:
    asked = ["Manager", everybody]
    assert counting_roles(place, asked, ADMINISTRATIVE) == frozenset(asked)


@pytest.mark.parametrize("role", sorted(CONTENT_ROLES))
@pytest.mark.parametrize("place", [Place.CONTENT, Place.ROOT])
def test_an_administrative_role_counts_where_one_of_content_counts(
    place: Place, role: str
) -> None:
    asked = {"Manager", "Owner", role}
    assert counting_roles(place, asked, ADMINISTRATIVE) == asked


@pytest.mark.parametrize("place", [Place.CONTENT, Place.ROOT])
def test_an_administrative_role_of_content_makes_nothing_count(place: Place) -> None:
    """A site where Editors may change permissions."""
    administrative = ADMINISTRATIVE | {"Editor"}
    assert counting_roles(place, {"Manager", "Editor"}, administrative) == NOBODY


@pytest.mark.parametrize("place", Place)
def test_administrative_roles_alone_do_not_count(place: Place) -> None:
    assert counting_roles(place, ADMINISTRATIVE, ADMINISTRATIVE) == NOBODY


def test_an_owner_and_custom_roles_count_in_content() -> None:
    asked = {"Manager", "Owner", "Custom"}
    counting = counting_roles(Place.CONTENT, asked, ADMINISTRATIVE)
    assert counting == {"Owner", "Custom"}


def test_an_owner_does_not_count_at_the_site_root() -> None:
    asked = {"Manager", "Owner", "Custom"}
    assert counting_roles(Place.ROOT, asked, ADMINISTRATIVE) == {"Custom"}


@pytest.mark.parametrize(
    "role", ["Contributor", "Editor", "Reviewer", "Owner", "Custom"]
)
def test_nobody_works_on_a_tool(role: str) -> None:
    assert counting_roles(Place.TOOL, {"Manager", role}, ADMINISTRATIVE) == NOBODY


@pytest.mark.parametrize("role", ["Member", "Reader"])
def test_a_user_who_may_see_a_tool_sees_it(role: str) -> None:
    asked = {"Manager", role}
    assert counting_roles(Place.TOOL, asked, ADMINISTRATIVE) == asked


@pytest.mark.parametrize("role", ["Member", "Reader"])
def test_an_administrative_role_that_sees_tools_does_not_count(role: str) -> None:
    administrative = ADMINISTRATIVE | {role}
    assert counting_roles(Place.TOOL, {"Manager", role}, administrative) == NOBODY


def test_the_roles_of_a_container_do_not_count_unseen() -> None:
    assert counting_roles(Place.CONTENT, {"Shared"}, ADMINISTRATIVE) == NOBODY


@pytest.mark.parametrize("place", Place)
def test_no_rule_lets_a_role_count_that_is_not_asked_for(place: Place) -> None:
    """So a token never has more than its user."""
    for asked in subsets(ALL):
        assert counting_roles(place, asked, ADMINISTRATIVE) <= asked


def test_the_roles_of_an_ordinary_user_stay() -> None:
    own = {"Member", "Authenticated"}
    assert limited_roles(own, ADMINISTRATIVE, [frozenset({"Editor"})]) == own


def test_a_manager_is_said_to_have_the_roles_of_content() -> None:
    own = {"Manager", "Custom", "Authenticated"}
    needed = [frozenset({"Manager", "Editor"}), frozenset({"Manager"})]
    assert limited_roles(own, ADMINISTRATIVE, needed) == (
        CONTENT_ROLES | {"Custom", "Authenticated"}
    )


def test_a_role_that_sees_what_the_user_does_not_is_left_out() -> None:
    """A workflow with a state that only Editors and Reviewers see."""
    needed = [frozenset({"Editor", "Reviewer"}), frozenset({"Manager", "Member"})]
    assert limited_roles({"Manager"}, ADMINISTRATIVE, needed) == (
        CONTENT_ROLES - {"Editor", "Reviewer"}
    )


@pytest.mark.parametrize("everybody", ["Anonymous", "Authenticated"])
def test_content_that_everybody_sees_leaves_no_role_out(everybody: str) -> None:
    needed = [frozenset({"Editor", everybody})]
    assert limited_roles({"Manager"}, ADMINISTRATIVE, needed) == CONTENT_ROLES


def test_an_own_role_stays_though_it_sees_more_than_others() -> None:
    needed = [frozenset({"Editor"}), frozenset({"Reviewer"})]
    assert limited_roles({"Manager", "Editor"}, ADMINISTRATIVE, needed) == (
        CONTENT_ROLES - {"Reviewer"}
    )


def test_an_administrative_role_of_content_is_not_put_in_its_place() -> None:
    administrative = ADMINISTRATIVE | {"Editor"}
    assert limited_roles({"Editor"}, administrative, []) == CONTENT_ROLES - {"Editor"}


def test_the_roles_instead_show_nothing_that_the_user_does_not_see() -> None:
    for own in subsets(ALL):
        for needed in subsets(ALL):
            limited = limited_roles(own, ADMINISTRATIVE, [needed])
            assert limited.isdisjoint(needed) or not own.isdisjoint(needed)
