"""What the site knows about a person."""

from pas.plugins.tokenauth.site.memberdata import member_of
from pas.plugins.tokenauth.site.memberdata import member_property
from pas.plugins.tokenauth.site.users import SiteUser
from plone import api
from Products.PluggableAuthService.interfaces.plugins import IUserEnumerationPlugin
from tests.openid.people import add_person
from tests.site.sources import info
from tests.site.sources import Source
from tests.site.sources import source
from typing import Any


__all__ = ["source"]


def test_a_user_is_a_member_with_properties(site: Any) -> None:
    jane = add_person(site)
    assert member_of(jane).getId() == "jane"
    assert member_property(jane, "email") == "jane@example.org"


def test_what_no_source_knows_is_no_member(site: Any) -> None:
    nobody = SiteUser("nobody", "nobody")
    assert member_of(nobody) is None
    assert member_property(nobody, "email") == ""


def test_a_user_of_the_zope_root_is_no_member(site: Any) -> None:
    """Plone looks there, too."""
    admin = SiteUser("admin", "admin")
    assert api.user.get(userid="admin") is not None
    assert member_of(admin) is None


def test_nothing_is_known_of_whom_plone_takes_for_somebody_else(
    site: Any, source: Source
) -> None:
    """PAS believes the first source, which may ignore upper and lower case."""
    jane = add_person(site)
    add_person(site, "JANE", email="boss@example.org")
    source.answer = (info("JANE"),)
    site.portal.acl_users.plugins.movePluginsTop(IUserEnumerationPlugin, ["source"])
    assert member_of(jane) is None
    assert member_property(jane, "email") == ""
