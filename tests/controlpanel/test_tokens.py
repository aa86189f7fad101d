"""Personal access tokens of everybody, beside the service keys, in the panel."""

from tests.credentials.pages.conftest import form_of
from tests.credentials.pages.conftest import parsed
from tests.credentials.pages.conftest import text_of
from typing import Any

import csv
import pytest
import time


PANEL = "@@tokenauth-controlpanel"
EDIT = f"{PANEL}-edit"
DAY = 24 * 60 * 60


@pytest.fixture
def key_id(new_key: Any) -> str:
    """The id of a key of the owner."""
    return new_key(title="Some key")["client_id"]


@pytest.fixture
def issued(new_token: Any) -> Any:
    """A token of the owner that could be tightened."""
    return new_token(
        title="Some token",
        ip_ranges="192.0.2.0/24, 127.0.0.0/8, ::1",
        expires_at=time.time() + 60 * DAY,
    )


@pytest.fixture
def token_id(issued: Any) -> str:
    """Its id."""
    return issued.credential.credential_id


def kept(site: Any, credential_id: str) -> Any:
    """What the site keeps of a key or token."""
    site.sync()
    return site.context.storage.credential(credential_id)


def actions(html: Any) -> dict[str, list[str]]:
    """The pages to which each row of the list leads, by the id in it."""
    rows = {}
    for row in html.cssselect("#content tbody tr"):
        links = row.cssselect(".tokenauth-actions a")
        found = [link.get("href").rpartition("/")[2].split("?id=") for link in links]
        assert {credential_id for _page, credential_id in found} == {row.get("id")}
        rows[row.get("id")] = [page.removeprefix(f"{PANEL}-") for page, _id in found]
    return rows


# -- the list ----------------------------------------------------------------


def test_both_kinds_are_there_and_told_apart(
    administrator: Any, key_id: str, token_id: str
) -> None:
    html = administrator.see(PANEL)
    assert html.get_element_by_id("credentials-number").text == "2"
    kinds = {
        row.get("id"): text_of(row.cssselect(".badge")[0])
        for row in html.cssselect("tbody tr")
    }
    assert kinds == {key_id: "Service key", token_id: "Personal access token"}


@pytest.mark.parametrize(
    ("kind", "titles"),
    [
        ("service_key", {"Some key"}),
        ("personal_access_token", {"Some token"}),
        ("", {"Some key", "Some token"}),
        ("other", {"Some key", "Some token"}),
    ],
)
def test_the_list_can_show_one_kind(
    administrator: Any, key_id: str, token_id: str, kind: str, titles: set[str]
) -> None:
    assert set(administrator.titles(kind=kind)) == titles


def test_the_kind_goes_together_with_text_and_state(
    site: Any, administrator: Any, key_id: str, token_id: str
) -> None:
    query = {"kind": "personal_access_token", "search": "some", "state": "active"}
    html = administrator.see(PANEL, **query)
    form = dict(html.cssselect("#content form[role=search]")[0].form_values())
    assert form.items() >= query.items()
    for link in html.xpath("//th[@role='columnheader']/a/@href"):
        assert "kind=personal_access_token" in link
    assert html.xpath("//a[normalize-space() = 'Remove all filters']")
    assert administrator.titles(**query) == ["Some token"]
    assert administrator.titles(**{**query, "search": "key"}) == []
    assert administrator.titles(search=token_id[-8:].upper()) == ["Some token"]


def test_every_row_leads_to_what_an_administrator_may_do(
    administrator: Any, key_id: str, token_id: str
) -> None:
    rows = actions(administrator.see(PANEL))
    allowed = ["edit", "logs", "disable", "revoke"]
    assert rows == {key_id: allowed, token_id: allowed}


def test_who_issues_for_others_is_offered_rotation_and_transfer_of_both(
    manager: Any, key_id: str, token_id: str
) -> None:
    rows = actions(manager.see(PANEL))
    allowed = ["edit", "rotate", "logs", "transfer", "disable", "revoke"]
    assert rows == {key_id: allowed, token_id: allowed}


def test_the_panel_has_no_page_to_issue_a_token_for_somebody_else(
    site: Any, manager: Any
) -> None:
    links = manager.see(PANEL).xpath("//*[@id='content-core']//a/@href")
    assert not [link for link in links if "issue-token" in link]
    assert manager.get(f"{PANEL}-issue-token").status_code == 404


def test_the_list_says_how_often_uses_are_recorded(
    administrator: Any, key_id: str, read: Any
) -> None:
    assert "are recorded at most" not in read(administrator.get(PANEL))


def test_the_list_with_a_token_says_it_too(
    administrator: Any, token_id: str, read: Any
) -> None:
    assert "Uses are recorded at most once in 5 minutes." in read(
        administrator.get(PANEL)
    )


# -- one token -----------------------------------------------------------------


@pytest.mark.parametrize("name", ["edit", "logs", "logs-csv", "revoke"])
@pytest.mark.parametrize("who", ["owner", "member", "anonymous"])
def test_nobody_else_sees_the_pages(
    site: Any, visitor: Any, owner: Any, token_id: str, name: str, who: str
) -> None:
    page = f"{PANEL}-{name}"
    if who == "anonymous":
        headers = {"Accept": "text/html"}
        response = site.get(f"/{page}", params={"id": token_id}, headers=headers)
    else:
        visitors = {"owner": owner, "member": visitor("member", "Member")}
        response = visitors[who].get(page, id=token_id)
    assert response.status_code == 302
    assert "/require_login" in response.headers["Location"]


@pytest.mark.parametrize("name", ["edit", "logs", "logs-csv", "revoke"])
@pytest.mark.parametrize("who", ["administrator", "manager", "root_user"])
def test_administrators_see_the_pages(
    request: pytest.FixtureRequest, token_id: str, name: str, who: str
) -> None:
    visitor = request.getfixturevalue(who)
    response = visitor.get(f"{PANEL}-{name}", id=token_id)
    assert response.status_code == 200
    if name != "logs-csv":
        assert "Some token" in response.text


@pytest.mark.parametrize("name", ["edit", "logs", "logs-csv", "revoke"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_request_with_a_token_is_refused(
    site: Any, token_id: str, name: str, method: str
) -> None:
    token = site.personal_access_token("manager")
    query = {"id": token_id}
    response = site.request(method, f"/{PANEL}-{name}", token, params=query)
    assert response.status_code == 403


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_administrator_may_not_rotate(
    site: Any, administrator: Any, issued: Any, token_id: str, method: str
) -> None:
    form = {"id": token_id, "_authenticator": administrator.authenticator()}
    response = getattr(administrator, method)(f"{PANEL}-rotate", **form)
    assert response.status_code == 403
    assert len(kept(site, token_id).secrets) == 1


def test_a_user_who_issues_for_others_rotates_and_reads_that_the_owner_is_told(
    site: Any, manager: Any, issued: Any, token_id: str, read: Any
) -> None:
    response = manager.get(f"{PANEL}-rotate", id=token_id)
    assert "of owner gets another token." in read(response)
    assert "The owner is told by e-mail" in read(response)
    form = {**form_of(parsed(response)), "overlap": "0"}
    page = parsed(manager.submit(f"{PANEL}-rotate", form))
    fresh = page.get_element_by_id("personal-access-token").value
    assert site.get("", fresh).status_code == 200
    assert site.get("", issued.token).status_code == 401


def test_an_administrator_may_tighten(
    site: Any, administrator: Any, token_id: str, read: Any
) -> None:
    response = administrator.get(EDIT, id=token_id)
    assert "belongs to owner: you may only tighten its limits." in read(response)
    form = form_of(parsed(response))
    assert "readonly" in parsed(response).get_element_by_id("credential-title").attrib
    message = administrator.message(
        administrator.submit(
            EDIT,
            {
                **form,
                "ip_ranges": "192.0.2.7",
                "expiry": "30",
                "scopes": "plone.read",
            },
        )
    )
    assert "saved and in force" in message
    token = kept(site, token_id)
    assert (token.ip_ranges, token.scopes) == ("192.0.2.7", ("plone.read",))
    assert token.expires_at < time.time() + 31 * DAY


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "Mine"},
        {"ip_ranges": ""},
        {"expiry": "365"},
        {"scopes": "plone.write"},
    ],
)
def test_an_administrator_may_not_loosen(
    site: Any, administrator: Any, token_id: str, changes: dict[str, Any]
) -> None:
    kept(site, token_id).scopes = ("plone.read",)
    site.commit()
    before = vars(kept(site, token_id)).copy()
    form = administrator.form(EDIT, id=token_id)
    html = parsed(administrator.submit(EDIT, {**form, **changes}))
    (error,) = html.cssselect(".invalid-feedback")
    assert "It belongs to somebody else: you may only tighten" in text_of(error)
    assert vars(kept(site, token_id)) == before


def test_an_administrator_is_not_offered_what_would_loosen(
    site: Any, administrator: Any, manager: Any, token_id: str
) -> None:
    kept(site, token_id).scopes = ("plone.read",)
    site.commit()
    choices = "//input[@name='scopes']/@value"
    assert administrator.see(EDIT, id=token_id).xpath(choices) == ["plone.read"]
    # The last is for scopes of add-ons without one of ours.
    html = manager.see(EDIT, id=token_id)
    assert html.xpath(choices) == ["plone.read", "plone.write", "none"]


def test_a_user_who_issues_for_others_may_loosen_and_reads_that_the_owner_is_told(
    site: Any, manager: Any, token_id: str, read: Any
) -> None:
    response = manager.get(EDIT, id=token_id)
    assert "belongs to owner, who is told by e-mail" in read(response)
    form = form_of(parsed(response))
    manager.submit(EDIT, {**form, "title": "Renamed", "ip_ranges": ""})
    token = kept(site, token_id)
    assert (token.title, token.ip_ranges) == ("Renamed", "")


def test_the_usage_is_there_to_see_and_to_download(
    site: Any, administrator: Any, token_id: str, read: Any
) -> None:
    text = read(administrator.get(f"{PANEL}-logs", id=token_id))
    assert "Owner: owner" in text
    assert "It has not been used yet." in text
    response = administrator.get(f"{PANEL}-logs-csv", id=token_id)
    (header,) = csv.reader(response.text.splitlines())
    assert header[-2:] == ["uses", "kid"]


# -- revoking ----------------------------------------------------------------


def test_both_kinds_are_revoked_together(
    site: Any, administrator: Any, issued: Any, key_id: str, token_id: str, read: Any
) -> None:
    page = f"{PANEL}-revoke"
    assert site.get("", issued.token).status_code == 200
    form = {
        "_authenticator": administrator.authenticator(),
        "ids:list": [key_id, token_id],
    }
    text = read(administrator.post(page, **form))
    assert "Revoke? Programs that use them are locked out immediately." in text
    assert "Some key" in text
    assert "Some token" in text
    assert kept(site, key_id).revoked_at is None
    response = administrator.post(page, **form, confirmed="1")
    message = administrator.message(response)
    assert message.endswith("Revoked: 2.")
    assert kept(site, key_id).revoked_by == "administrator"
    assert site.get("", issued.token).status_code == 401


def test_the_question_about_one_token_calls_it_a_token(
    administrator: Any, token_id: str
) -> None:
    html = administrator.see(f"{PANEL}-revoke", id=token_id)
    assert text_of(html.cssselect("h1")[0]) == "Revoke personal access token?"


def test_an_empty_selection_is_refused_with_a_message(administrator: Any) -> None:
    message = administrator.message(administrator.get(f"{PANEL}-revoke"))
    assert "Please select what to revoke." in message


def test_everything_that_was_issued_before_a_time_is_revoked(
    site: Any, administrator: Any, key_id: str, token_id: str, read: Any
) -> None:
    page = f"{PANEL}-revoke-before"
    form = {**administrator.form(page), "time": "2199-12-31T18:30"}
    text = read(administrator.submit(page, form))
    assert "Service keys: 1" in text
    assert "Personal access tokens: 1" in text
    administrator.submit(page, {**form, "confirmed": "1"})
    for credential_id in (key_id, token_id):
        assert kept(site, credential_id).revoked_at is not None
