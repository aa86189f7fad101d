"""The pages for one key of somebody else."""

from tests.credentials.pages.conftest import text_of
from typing import Any

import lxml.html
import pytest
import time


PANEL = "@@tokenauth-controlpanel"
DAY = 24 * 60 * 60
ONE_KEY = ["edit", "rotate", "logs", "logs-csv"]


@pytest.fixture
def keyfile(new_key: Any) -> dict[str, Any]:
    """A key of the owner that could be tightened."""
    return new_key(
        title="Nightly import",
        ip_ranges="192.0.2.0/24, 127.0.0.0/8, ::1",
        expires_at=time.time() + 60 * DAY,
    )


def page(name: str) -> str:
    return f"{PANEL}-{name}"


# -- who may see them ----------------------------------------------------------


@pytest.mark.parametrize("name", [*ONE_KEY, "revoke"])
@pytest.mark.parametrize("who", ["owner", "member", "anonymous"])
def test_nobody_else_sees_the_pages(
    site: Any, visitor: Any, owner: Any, keyfile: Any, name: str, who: str
) -> None:
    query = {"id": keyfile["client_id"], "ids": keyfile["client_id"]}
    visitors = {"owner": owner, "member": visitor("member", "Member")}
    if who == "anonymous":
        headers = {"Accept": "text/html"}
        response = site.get(f"/{page(name)}", params=query, headers=headers)
    else:
        response = visitors[who].get(page(name), **query)
    assert response.status_code == 302
    assert "/require_login" in response.headers["Location"]


@pytest.mark.parametrize("name", [*ONE_KEY, "revoke", "issue"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_request_with_an_access_token_is_refused(
    site: Any, keyfile: Any, name: str, method: str
) -> None:
    site.add_user("manager", "Manager")
    token = site.token(site.issue("manager", scopes=("plone.admin",)))
    query = {"id": keyfile["client_id"], "ids": keyfile["client_id"]}
    response = site.request(method, f"/{page(name)}", token, params=query)
    assert response.status_code == 403


@pytest.mark.parametrize("name", ["edit", "logs", "logs-csv", "revoke"])
@pytest.mark.parametrize("who", ["administrator", "manager", "root_user"])
def test_administrators_see_the_pages(
    request: pytest.FixtureRequest, keyfile: Any, name: str, who: str
) -> None:
    visitor = request.getfixturevalue(who)
    query = {"id": keyfile["client_id"], "ids": keyfile["client_id"]}
    response = visitor.get(page(name), **query)
    assert response.status_code == 200
    if name != "logs-csv":
        assert "Nightly import" in response.text
        assert "owner" in text_of(lxml.html.fromstring(response.text))


@pytest.mark.parametrize("name", [*ONE_KEY, "revoke"])
def test_a_key_that_does_not_exist_is_refused(manager: Any, name: str) -> None:
    query = {"id": "svc-0", "ids": "svc-0"}
    assert manager.get(page(name), **query).status_code == 403


@pytest.mark.parametrize("name", ["edit", "logs", "revoke"])
def test_the_pages_look_like_the_panel_and_lead_back_to_it(
    site: Any, administrator: Any, keyfile: Any, name: str
) -> None:
    query = {"id": keyfile["client_id"], "ids": keyfile["client_id"]}
    html = administrator.see(page(name), **query)
    assert html.xpath("//article//a[normalize-space() = 'Site Setup']")
    links = html.xpath("//*[@id = 'content-core']//a/@href")
    assert f"{site.url}/{PANEL}" in links
    assert not any("@@manage-service-keys" in link for link in links)


# -- editing -------------------------------------------------------------------


def test_an_administrator_tightens(site: Any, administrator: Any, keyfile: Any) -> None:
    form = administrator.form(page("edit"), id=keyfile["client_id"])
    tighter = {
        **form,
        "ip_ranges": "192.0.2.7",
        "expiry": "30",
        "require_jti": "on",
    }
    response = administrator.submit(page("edit"), tighter)
    assert "saved" in administrator.message(response)
    key = site.service_key(keyfile)
    assert key.ip_ranges == "192.0.2.7"
    assert key.expires_at < time.time() + 31 * DAY
    assert key.require_jti


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("title", "Renamed"),
        ("ip_ranges", ""),
        ("ip_ranges", "198.51.100.0/24"),
        ("expiry", "90"),
        ("expiry", "never"),
        ("may_impersonate", "on"),
    ],
)
def test_an_administrator_loosens_nothing(
    site: Any, administrator: Any, keyfile: Any, name: str, value: str
) -> None:
    before = vars(site.service_key(keyfile)).copy()
    form = administrator.form(page("edit"), id=keyfile["client_id"])
    response = administrator.submit(page("edit"), {**form, name: value})
    assert response.status_code == 200
    html = lxml.html.fromstring(response.text)
    assert html.cssselect("#content [role=alert]")
    assert vars(site.service_key(keyfile)) == before


def test_the_form_says_that_one_may_only_tighten(
    administrator: Any, keyfile: Any
) -> None:
    html = administrator.see(page("edit"), id=keyfile["client_id"])
    (lead,) = html.cssselect("#content .lead")
    assert "belongs to owner: you may only tighten its limits" in text_of(lead)
    assert "readonly" in html.get_element_by_id("credential-title").attrib
    assert "disabled" in html.get_element_by_id("credential-may_impersonate").attrib
    hint = html.get_element_by_id("credential-may_impersonate-hint")
    assert "you may only tighten its limits" in text_of(hint)
    assert not html.xpath("//*[@name = 'expiry' and @value = 'never']")


def test_a_switch_that_is_on_can_be_turned_off(
    site: Any, administrator: Any, keyfile: Any
) -> None:
    site.service_key(keyfile).may_impersonate = True
    site.commit()
    form = administrator.form(page("edit"), id=keyfile["client_id"])
    assert form.pop("may_impersonate") == "on"
    assert administrator.submit(page("edit"), form).status_code == 302
    assert not site.service_key(keyfile).may_impersonate


def test_a_user_who_issues_keys_for_others_loosens(
    site: Any, manager: Any, keyfile: Any
) -> None:
    html = manager.see(page("edit"), id=keyfile["client_id"])
    (lead,) = html.cssselect("#content .lead")
    assert "belongs to owner, who is told by e-mail" in text_of(lead)
    form = manager.form(page("edit"), id=keyfile["client_id"])
    looser = {**form, "title": "Renamed", "ip_ranges": "", "expiry": "never"}
    assert manager.submit(page("edit"), looser).status_code == 302
    key = site.service_key(keyfile)
    assert (key.title, key.ip_ranges, key.expires_at) == ("Renamed", "", None)


# -- rotating ------------------------------------------------------------------


def test_an_administrator_does_not_rotate(
    site: Any, administrator: Any, keyfile: Any
) -> None:
    key = site.service_key(keyfile)
    before, newest = key.public_keys, repr(key.secret_made_at)
    query = {"id": keyfile["client_id"]}
    assert administrator.get(page("rotate"), **query).status_code == 403
    form = {
        "_authenticator": administrator.authenticator(),
        "id": keyfile["client_id"],
        "newest": newest,
        "overlap": "0",
        "expiry": "keep",
        "key_source": "site",
        "algorithm": "ES256",
    }
    response = administrator.submit(page("rotate"), form)
    assert response.status_code == 403
    assert "PRIVATE KEY" not in response.text
    assert site.service_key(keyfile).public_keys == before


@pytest.mark.parametrize("who", ["manager", "root_user"])
def test_a_user_who_issues_keys_for_others_rotates(
    request: pytest.FixtureRequest, site: Any, keyfile: Any, who: str
) -> None:
    visitor = request.getfixturevalue(who)
    html = visitor.see(page("rotate"), id=keyfile["client_id"])
    (lead,) = html.cssselect("#content .lead")
    assert "“Nightly import” of owner gets another key pair" in text_of(lead)
    form = visitor.form(page("rotate"), id=keyfile["client_id"])
    response = visitor.submit(page("rotate"), form)
    assert response.status_code == 200
    assert "PRIVATE KEY" in response.text
    assert response.headers["Cache-Control"] == "no-store"
    assert f"{site.url}/{PANEL}" in response.text
    assert len(site.service_key(keyfile).public_keys) == 2


# -- transferring --------------------------------------------------------------


def test_a_manager_transfers_a_key_by_login_name_or_id(
    manager: Any, site: Any, keyfile: Any
) -> None:
    site.add_user("heir", "Manager")
    form = manager.form(page("transfer"), id=keyfile["client_id"])
    for owner, error in (("", "Please enter a user."), ("nobody", "no such user")):
        response = manager.submit(page("transfer"), {**form, "owner": owner})
        assert error in response.text
        assert site.service_key(keyfile).owner == "owner"
    response = manager.submit(page("transfer"), {**form, "owner": "heir"})
    assert response.status_code == 302
    assert site.service_key(keyfile).owner == "heir"


def test_the_list_offers_a_transfer_to_who_may(
    manager: Any, administrator: Any, keyfile: Any
) -> None:
    for visitor, offered in ((manager, True), (administrator, False)):
        html = visitor.see(PANEL)
        hrefs = [link.get("href") for link in html.cssselect(".tokenauth-actions a")]
        assert any(page("transfer") in href for href in hrefs) is offered


# -- revoking ------------------------------------------------------------------


def test_many_keys_of_many_users_are_revoked_at_once(
    site: Any, administrator: Any, new_key: Any, keyfile: Any, read: Any
) -> None:
    site.add_user("boss", "Manager")
    keyfiles = [keyfile, new_key("boss", title="Of the boss"), new_key(title="Kept")]
    form = {
        "_authenticator": administrator.authenticator(),
        "ids:list": [keyfile["client_id"] for keyfile in keyfiles[:2]],
    }
    question = read(administrator.submit(page("revoke"), form))
    assert "Nightly import" in question and "Owner: owner" in question
    assert "Of the boss" in question and "Owner: boss" in question
    assert all(site.service_key(each).revoked_at is None for each in keyfiles)
    response = administrator.submit(page("revoke"), {**form, "confirmed": "1"})
    assert "Service keys revoked: 2." in administrator.message(response)
    revoked = [site.service_key(each).revoked_by for each in keyfiles]
    assert revoked == ["administrator", "administrator", ""]


# -- usage ---------------------------------------------------------------------


def test_the_usage_is_there_and_as_a_file(
    site: Any, administrator: Any, keyfile: Any, read: Any
) -> None:
    site.token(keyfile)
    query = {"id": keyfile["client_id"]}
    text = read(administrator.get(page("logs"), **query))
    assert "Owner: owner" in text
    assert "127.0.0.1" in text
    response = administrator.get(page("logs-csv"), **query)
    assert response.headers["Content-Type"].startswith("text/csv")
    assert "127.0.0.1" in response.text
    html = administrator.see(page("logs"), **query)
    (link,) = html.xpath("//a[contains(@href, '-logs-csv?')]/@href")
    assert link == f"{site.url}/{page('logs-csv')}?id={keyfile['client_id']}"
