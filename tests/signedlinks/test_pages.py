"""The pages on an object from which it is shared by link."""

from tests.plone_fixtures import PASSWORD
from typing import Any

import pytest
import re
import requests


class Person:
    """Somebody who is logged in."""

    def __init__(self, url: str, user_id: str) -> None:
        self._url = url
        self._session = requests.Session()
        self._session.auth = (user_id, PASSWORD)

    def get(self, path: str = "") -> str:
        answer = self._session.get(f"{self._url}{path}", timeout=60)
        assert answer.status_code == 200, answer.status_code
        return answer.text

    def post(self, path: str, **fields: str) -> requests.Response:
        page = self.get(path)
        # The first form of a page is the search of the site.
        hidden = re.findall(
            r'<input name="(\w+)"\s+type="hidden"\s+value="([^"]*)"', page
        )
        [proof, *_] = re.findall(r'name="_authenticator" value="(\w+)"', page)
        data = {**dict(hidden), "_authenticator": proof, **fields}
        url = f"{self._url}{path.partition('?')[0]}"
        return self._session.post(url, data, timeout=60)


@pytest.fixture
def editor(page: Any) -> Person:
    return Person(page.absolute_url(), "editor")


def test_an_editor_makes_a_link(page: Any, editor: Person) -> None:
    empty = editor.get("/@@share-by-link")
    assert "There are no links to this yet." in empty
    assert f'href="{page.absolute_url()}/@@share-by-link-issue"' in empty
    made = editor.post("/@@share-by-link-issue", title="For Kim", expiry="30")
    [url] = re.findall(r'value="([^"]+/@@link/ptl_\w+)"', made.text)
    assert requests.get(url, timeout=30).status_code == 200
    assert made.headers["Cache-Control"] == "no-store"
    assert "For Kim" in editor.get("/@@share-by-link")


def test_the_actions_lead_there(page: Any, editor: Person) -> None:
    shown = editor.get()
    assert shown.count(f"{page.absolute_url()}/@@share-by-link") >= 2


def test_an_editor_is_told_who_sees_the_page(
    page: Any, share: Any, editor: Person
) -> None:
    assert "can see this" not in editor.get()
    share(page)
    assert "by 1 link." in editor.get()
    share(page)
    assert "by 2 links." in editor.get()


def test_a_reader_is_not_told(site: Any, page: Any, share: Any) -> None:
    share(page)
    site.add_user("reader", "Member", "Reader")
    shown = Person(page.absolute_url(), "reader").get()
    assert "can see this" not in shown
    assert "share-by-link" not in shown


def test_a_password_that_was_typed_is_shown_nowhere(page: Any, editor: Person) -> None:
    refused = editor.post("/@@share-by-link-issue", title="", password="top-secret")
    assert "top-secret" not in refused.text
    assert "Please type it again" in refused.text


def test_only_a_file_has_something_to_download(
    page: Any, file: Any, editor: Person
) -> None:
    assert "Download the file" not in editor.get("/@@share-by-link-issue")
    form = Person(file.absolute_url(), "editor").get("/@@share-by-link-issue")
    assert "Download the file" in form


def test_a_page_that_nobody_can_be_shown_says_so(
    site: Any, page: Any, editor: Person
) -> None:
    page.manage_permission("View", ["Manager", "Editor"])
    site.commit()
    for path in ("", "-issue"):
        assert "the role Reader does not see it" in editor.get(
            f"/@@share-by-link{path}"
        )


def test_a_link_is_changed_and_revoked_where_it_is_listed(
    site: Any, page: Any, share: Any, editor: Person
) -> None:
    link = share(page).credential
    where = f"/@@share-by-link-edit?id={link.credential_id}"
    assert page.Title() in editor.get(where)
    editor.post(where, title="For Robin", max_uses="5", expiry="keep")
    site.sync()
    assert (link.title, link.max_uses) == ("For Robin", 5)
    where = f"/@@share-by-link-revoke?id={link.credential_id}"
    editor.post(where, confirmed="1", ids=link.credential_id)
    site.sync()
    assert link.revoked_at is not None


def test_owners_find_all_of_their_links(site: Any, page: Any, share: Any) -> None:
    share(page)
    shown = Person(site.url, "editor").get("/@@manage-signed-links")
    assert "For Kim" in shown
    # One is made on an object.
    assert "manage-signed-links-issue" not in shown
