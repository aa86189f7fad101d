"""By what name other sites know people."""

from pas.plugins.tokenauth.authorization_server.interfaces import ISubjects
from pas.plugins.tokenauth.authorization_server.interfaces import OpenIDOptions
from pas.plugins.tokenauth.credentials.maintenance import orphan
from pas.plugins.tokenauth.credentials.maintenance import purge
from tests.openid.people import Application
from typing import Any
from zope.interface.verify import verifyObject

import pytest
import re


NOW, HOUR = 1_800_000_000.0, 3600


def subject(site: Any, user_id: str, client: Any = None) -> str:
    return ISubjects(site.context)(user_id, client)


def pairwise(client_id: str) -> Application:
    """An application that knows people by names of its own."""
    return Application(client_id, openid=OpenIDOptions(subject_type="pairwise"))


def test_a_subject_is_random_and_stays(site: Any) -> None:
    """Conformance: OC-06."""
    assert verifyObject(ISubjects, ISubjects(site.context))
    first = subject(site, "jané")
    assert re.fullmatch("[A-Za-z0-9_-]{24}", first)
    assert subject(site, "jané") == first
    assert subject(site, "john") != first


def test_a_subject_is_made_when_it_is_needed(site: Any) -> None:
    assert ISubjects(site.context).known("jane", None) is None
    made = subject(site, "jane")
    assert ISubjects(site.context).known("jane", None) == made


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
        store.add("somebody", "", first)
    with pytest.raises(KeyError):
        store.add("jane", "", "another")


def test_a_user_whom_no_source_knew_for_long_is_another(site: Any) -> None:
    first = subject(site, "from-ldap")
    orphan(site.context, "from-ldap", 0)
    assert subject(site, "from-ldap") != first


def test_a_user_of_a_directory_who_owns_nothing_is_forgotten(site: Any) -> None:
    """Conformance: OC-06: a day after every source says that it knows them not."""
    site.add_user("jane")
    kept, first = subject(site, "jane"), subject(site, "from-ldap")
    for hours in (0, 23):
        purge(site.context, NOW + hours * HOUR)
        assert subject(site, "from-ldap") == first
    purge(site.context, NOW + 24 * HOUR)
    assert subject(site, "from-ldap") != first
    assert subject(site, "jane") == kept


def test_a_user_whom_a_directory_knows_again_stays_the_same(
    site: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = subject(site, "from-ldap")
    purge(site.context, NOW)
    with monkeypatch.context() as known:
        known.setattr(type(site.context.users), "is_gone", lambda self, user_id: False)
        purge(site.context, NOW + 12 * HOUR)
    purge(site.context, NOW + 25 * HOUR)
    assert subject(site, "from-ldap") == first


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
    assert ISubjects(site.context).known(user_id, None) == subject(site, user_id)


@pytest.mark.parametrize("is_gone", [False, True])
def test_nobody_is_called_like_the_subject_of_somebody_else(
    site: Any, is_gone: bool
) -> None:
    """Conformance: OC-06: whoever chooses a user id would be that person elsewhere."""
    taken = subject(site, "jané")
    if is_gone:
        orphan(site.context, "jané", 0)
    site.plugin.subject_is_user_id = True
    assert subject(site, taken) != taken


def test_an_application_can_know_people_by_names_of_its_own(site: Any) -> None:
    """Conformance: OC-07: no two of them know that they know the same person."""
    one, two = pairwise("app-1"), pairwise("app-2")
    found = [subject(site, "jane", client) for client in (None, one, two)]
    assert len(set(found)) == 3
    assert [subject(site, "jane", client) for client in (None, one, two)] == found
    assert subject(site, "jane", Application("app-3")) == found[0]


def test_names_of_its_own_are_never_user_ids(site: Any) -> None:
    """Conformance: OC-07."""
    site.plugin.subject_is_user_id = True
    assert subject(site, "jane", pairwise("app-1")) != "jane"


def test_every_name_of_a_user_is_forgotten_who_is_gone(site: Any) -> None:
    """Conformance: OC-06, OC-07: and no name of anybody else."""
    clients = (None, pairwise("app-1"), pairwise("app-2"))
    gone = [subject(site, "jane", client) for client in clients]
    kept = [subject(site, user_id, pairwise("app-1")) for user_id in ("jan", "jane2")]
    orphan(site.context, "jane", 0)
    assert not {subject(site, "jane", client) for client in clients} & set(gone)
    again = [subject(site, user_id, pairwise("app-1")) for user_id in ("jan", "jane2")]
    assert again == kept
