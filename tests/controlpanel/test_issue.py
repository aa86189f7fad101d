"""Issuing a key to another user."""

from Products.PlonePAS.browser.search import PASSearchView
from tests.credentials.pages.conftest import text_of
from typing import Any
from ZODB.POSException import ConflictError

import lxml.html
import pytest


PAGE = "@@tokenauth-controlpanel-issue"


@pytest.fixture
def form(manager: Any, owner: Any) -> dict[str, Any]:
    """The form for a user, filled in."""
    form = manager.form(PAGE, owner="owner")
    return {**form, "title": "Nightly import", "algorithm": "ES256"}


def keys(site: Any) -> list[Any]:
    site.sync()
    return list(site.context.storage["service_key"].all())


def test_a_key_is_issued_to_the_user(site: Any, manager: Any, form: Any) -> None:
    response = manager.submit(PAGE, {**form, "owner": " owner "})
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert "PRIVATE KEY" in response.text
    (key,) = keys(site)
    assert (key.owner, key.issued_by, key.title) == (
        "owner",
        "manager",
        "Nightly import",
    )


def test_a_manager_of_the_root_issues_keys_to_users_of_the_site(
    site: Any, root_user: Any, owner: Any
) -> None:
    form = root_user.form(PAGE, owner="owner")
    form = {**form, "title": "A key", "algorithm": "ES256"}
    assert root_user.submit(PAGE, form).status_code == 200
    assert [key.owner for key in keys(site)] == ["owner"]


def test_the_owner_may_be_named_by_login(site: Any, manager: Any, form: Any) -> None:
    acl_users = site.portal.acl_users
    acl_users.source_users.addUser("u-1", "login@example.org", "secret-password-1")
    site.commit()
    form = {**form, "owner": "login@example.org"}
    assert manager.submit(PAGE, form).status_code == 200
    assert [key.owner for key in keys(site)] == ["u-1"]


@pytest.mark.parametrize("user_id", ["", "nobody", "own", "admin", b"\xff", ["a", "b"]])
def test_an_owner_who_is_no_user_gets_no_key(
    site: Any, manager: Any, form: Any, user_id: Any
) -> None:
    response = manager.submit(PAGE, {**form, "owner": user_id})
    html = lxml.html.fromstring(response.text)
    assert text_of(html.get_element_by_id("credential-owner-error"))
    assert "PRIVATE KEY" not in response.text
    assert keys(site) == []


def test_the_owner_is_asked_for_first(
    site: Any, manager: Any, owner: Any, administrator: Any
) -> None:
    """What they can be given depends on who they are."""
    (form,) = manager.see(PAGE).cssselect("#content-core form")
    assert (form.method, form.action) == ("GET", f"{site.url}/{PAGE}")
    # Plone adds its authenticator to every form.
    assert set(form.fields.keys()) - {"_authenticator"} == {"kind", "owner"}
    for user_id, is_offered in (("owner", False), ("administrator", True)):
        html = manager.see(PAGE, kind="service_key", owner=user_id)
        assert html.cssselect("input[name=owner]")[0].get("value") == user_id
        offered = {each.get("value") for each in html.cssselect("[name=scopes]")}
        assert ("plone.admin" in offered) == is_offered, offered


def test_a_link_can_name_the_owner(manager: Any, owner: Any) -> None:
    assert manager.form(PAGE, owner="owner")["title"] == ""
    html = manager.see(PAGE, owner="nobody")
    assert text_of(html.get_element_by_id("credential-owner-error"))
    # What such a one can be given depends on who it is.
    assert html.cssselect("[name=title], [name=scopes]") == []
    assert html.cssselect("input[name=owner]")[0].get("value") == "nobody"


def test_the_owner_needs_what_a_switch_lends(
    site: Any, manager: Any, form: Any
) -> None:
    form = {**form, "owner": "owner", "may_impersonate": "on"}
    response = manager.submit(PAGE, form)
    assert "You are not allowed to turn this on." in response.text
    assert keys(site) == []


def test_a_form_sent_twice_issues_one_key(site: Any, manager: Any, form: Any) -> None:
    form = {**form, "owner": "owner"}
    manager.submit(PAGE, form)
    again = manager.submit(PAGE, form)
    assert "was issued already" in manager.message(again)
    assert len(keys(site)) == 1


def test_a_policy_is_explained_in_the_list(
    site: Any, manager: Any, owner: Any, new_key: Any, form: Any
) -> None:
    new_key()
    site.plugin.max_keys_per_user = 1
    site.commit()
    response = manager.submit(PAGE, {**form, "owner": "owner"})
    assert "at most 1 service keys" in manager.message(response)
    assert len(keys(site)) == 1


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_site_without_issuer_leads_to_the_warning(
    site: Any, manager: Any, form: Any, method: str
) -> None:
    site.plugin.issuer = ""
    site.commit()
    if method == "GET":
        response = manager.get(PAGE)
    else:
        response = manager.submit(PAGE, {**form, "owner": "owner"})
    assert response.status_code == 302
    assert response.headers["Location"] == f"{site.url}/@@tokenauth-controlpanel"
    assert keys(site) == []


def test_an_administrator_is_refused(site: Any, administrator: Any, form: Any) -> None:
    assert administrator.get(PAGE).status_code == 302
    authenticator = administrator.authenticator()
    form = {**form, "owner": "owner", "_authenticator": authenticator}
    response = administrator.submit(PAGE, form)
    assert response.status_code == 302
    assert "/require_login" in response.headers["Location"]
    assert keys(site) == []


class TestSearch:
    """Who names nobody sees whom they may have meant."""

    @pytest.fixture(autouse=True)
    def people(self, site: Any) -> None:
        for number in range(12):
            site.add_user(f"smith{number:02}", "Member")
            member = site.portal.portal_membership.getMemberById(f"smith{number:02}")
            member.setMemberProperties({"fullname": f"Jane Doeson {number:02}"})
        site.commit()

    def suggested(self, visitor: Any, typed: str) -> list[str]:
        html = visitor.see(PAGE, owner=typed)
        (field,) = html.cssselect("input[name=owner]")
        options = html.cssselect("datalist option")
        if options:
            assert field.get("list") == options[0].getparent().get("id")
            hint = text_of(html.get_element_by_id("credential-owner-hint"))
            for option in options:
                assert f"{text_of(option)} ({option.get('value')})" in hint
        return [option.get("value") for option in options]

    @pytest.mark.parametrize("typed", ["smith03x", "zz", "*", "s", ""])
    def test_what_is_like_nobody_suggests_nobody(
        self, manager: Any, typed: str
    ) -> None:
        assert self.suggested(manager, typed) == []

    @pytest.mark.parametrize("typed", ["ith03", "doeson 03"])
    def test_a_part_of_a_name_is_enough(self, manager: Any, typed: str) -> None:
        assert self.suggested(manager, typed) == ["smith03"]
        assert "Jane Doeson 03 (smith03)" in manager.get(PAGE, owner=typed).text

    def test_ten_at_most_are_suggested(self, manager: Any) -> None:
        assert len(self.suggested(manager, "doeson")) == 10

    def test_who_may_not_list_users_sees_none(self, site: Any, manager: Any) -> None:
        assert self.suggested(manager, "ith03") == ["smith03"]
        site.sync()
        site.portal.manage_permission("List portal members", [], acquire=0)
        site.commit()
        assert self.suggested(manager, "ith03") == []

    def test_a_source_that_fails_suggests_nobody(
        self, manager: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*args: Any, **kwargs: Any) -> Any:
            raise OSError("a directory that does not answer")

        monkeypatch.setattr(PASSearchView, "searchUsers", fail)
        assert self.suggested(manager, "ith03") == []

    def test_a_conflict_is_no_failure_of_a_source(
        self, site: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def conflict(*args: Any, **kwargs: Any) -> Any:
            raise ConflictError()

        monkeypatch.setattr(PASSearchView, "searchUsers", conflict)
        with pytest.raises(ConflictError):
            site.context.users.similar("ith03", 10)


def test_a_manager_issues_a_key_to_a_user_who_only_reads(
    site: Any, manager: Any, form: Any
) -> None:
    """The five steps of the README led to a Site Administrator."""
    site.add_user("reader", "Reader")
    reading = {**form, "owner": "reader"}
    assert manager.submit(PAGE, reading).status_code == 200
    (key,) = keys(site)
    assert (key.owner, key.scopes) == ("reader", ("plone.read",))
