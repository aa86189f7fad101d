"""Who asks for something to be done."""

from AccessControl.users import nobody
from pas.plugins.tokenauth.site.requester import Operator
from pas.plugins.tokenauth.site.requester import Requester
from typing import Any


def test_somebody_anonymous_has_no_user_id(site: Any) -> None:
    """There may be a user whose id is None."""
    site.add_user("None", "Manager")
    requester = Requester(nobody, site.context)
    assert requester.user_id == ""
    assert not requester.is_site_user
    assert not requester.is_user("None")


def test_somebody_whom_the_site_has_deleted_meanwhile_is_no_user(site: Any) -> None:
    site.add_user("jane", "Manager")
    user = site.portal.acl_users.getUserById("jane")
    assert Requester(user, site.context).is_site_user
    site.portal.acl_users.source_users.removeUser("jane")
    assert not Requester(user, site.context).is_site_user


def test_somebody_at_the_command_line_is_no_user() -> None:
    operator = Operator("the command line")
    assert (operator.user_id, operator.name) == ("", "the command line")
    assert not operator.is_site_user
