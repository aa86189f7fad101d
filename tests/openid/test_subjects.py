"""By what name other sites know people."""

from pas.plugins.tokenauth.credentials.maintenance import orphan
from pas.plugins.tokenauth.openid.interfaces import ISubjects
from typing import Any
from zope.interface.verify import verifyObject

import pytest
import re


def subject(site: Any, user_id: str) -> str:
    found: str = ISubjects(site.context)(user_id)
    return found


def test_a_subject_is_random_and_stays(site: Any) -> None:
    """Conformance: OC-06."""
    assert verifyObject(ISubjects, ISubjects(site.context))
    first = subject(site, "jané")
    assert re.fullmatch("[A-Za-z0-9_-]{24}", first)
    assert subject(site, "jané") == first
    assert subject(site, "john") != first


def test_a_subject_is_made_when_it_is_needed(site: Any) -> None:
    assert ISubjects(site.context).known("jane") is None
    made = subject(site, "jane")
    assert ISubjects(site.context).known("jane") == made


def test_a_user_who_is_made_again_is_another(site: Any) -> None:
    """Conformance: OC-06, CR-29."""
    site.add_user("jane")
    first = subject(site, "jane")
    site.portal.acl_users.userFolderDelUsers(["jane"])
    site.add_user("jane")
    second = subject(site, "jane")
    assert second != first
    store = site.context.storage["subjects"]
    with pytest.raises(KeyError):
        store.add("somebody", first)
    with pytest.raises(KeyError):
        store.add("jane", "another")


def test_a_user_whom_no_source_knew_for_long_is_another(site: Any) -> None:
    first = subject(site, "from-ldap")
    orphan(site.context, "from-ldap", 0)
    assert subject(site, "from-ldap") != first


def test_a_new_email_or_login_name_changes_nothing(site: Any) -> None:
    site.add_user("jane")
    first = subject(site, "jane")
    site.portal.acl_users.updateLoginName("jane", "jane2")
    assert subject(site, "jane") == first


@pytest.mark.parametrize(
    ("user_id", "is_told"),
    [("jane", True), ("j@example.org", True), ("jané", False), ("x" * 256, False)],
)
def test_a_site_can_tell_user_ids(site: Any, user_id: str, is_told: bool) -> None:
    """Conformance: OC-06."""
    random = subject(site, user_id)
    site.plugin.subject_is_user_id = True
    assert subject(site, user_id) == (user_id if is_told else random)
    assert ISubjects(site.context).known(user_id) == subject(site, user_id)
