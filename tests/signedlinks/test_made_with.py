"""Links that programs have made: with what, and that they can end with that."""

from pas.plugins.tokenauth.credentials.passwords import react_to_password
from pas.plugins.tokenauth.events import IIssuedEvent
from pas.plugins.tokenauth.events import IPasswordChangedEvent
from pas.plugins.tokenauth.permissions import MANAGE_OWN_PERSONAL_ACCESS_TOKENS
from tests.cli.commandline import tokenauth as tokenauth
from tests.plone_fixtures import PASSWORD
from typing import Any

import csv
import pytest
import re
import requests
import time


SERVICE = "/private/page/@signed-links"
AUTH = ("editor", PASSWORD)
TOKENS = "/@personal-access-tokens"
REVOKE = "@@manage-personal-access-tokens-revoke"


class Made:
    """A token of the editor, and two links: made with it, and by the editor."""

    def __init__(self, site: Any, token: Any, own: Any) -> None:
        self.site = site
        self.secret = token.text
        self.token_id = token.credential.credential_id
        answer = site.api("POST", SERVICE, self.secret, json={"title": "For a thief"})
        assert answer.status_code == 201, answer.text
        self.document = answer.json()
        self.link_id = self.document["link_id"]
        self.own_id = own.credential.credential_id
        site.sync()

    def who_ended(self) -> list[str]:
        """Who has revoked the token, the link made with it, and the other link."""
        self.site.sync()
        ids = (self.token_id, self.link_id, self.own_id)
        found = map(self.site.context.storage.credential, ids)
        return [each.revoked_by for each in found]


@pytest.fixture
def made(site: Any, page: Any, share: Any, listen: Any) -> Made:
    roles = ["Manager", "Editor"]
    site.portal.manage_permission(MANAGE_OWN_PERSONAL_ACCESS_TOKENS, roles)
    token = site.issue_personal_access_token("editor", scopes=["plone.links"])
    return Made(site, token, share(page, title="For Kim"))


def test_a_link_names_the_credential_with_which_it_was_made(
    site: Any, made: Made
) -> None:
    assert made.document["made_with"] == made.token_id
    listed = site.api("GET", SERVICE, auth=AUTH).json()["items"]
    names = {each["link_id"]: each["made_with"] for each in listed}
    assert names == {made.link_id: made.token_id, made.own_id: None}


def test_the_event_of_a_link_names_the_credential_with_which_it_was_made(
    page: Any, listen: Any, request: Any
) -> None:
    events = listen(IIssuedEvent)
    made = request.getfixturevalue("made")
    details = {each.credential_id: each.details for each in events}
    assert details[made.link_id] == {"made_with": made.token_id}
    assert details[made.own_id] == {}


def test_lists_tell_with_what_a_link_was_made(site: Any, made: Made) -> None:
    url = f"{site.url}/@@manage-signed-links"
    # What is searched for is the id of the token.
    query = {"text": made.token_id}
    page = requests.get(url, query, auth=AUTH, timeout=60).text
    assert page.count("Made by a program with") == 1
    file = requests.get(f"{url}-csv", auth=AUTH, timeout=60).text
    rows = {row["id"]: row["made_with"] for row in csv.DictReader(file.splitlines())}
    assert rows == {made.link_id: made.token_id, made.own_id: ""}


HOLDER = "holder of the token"


def test_the_links_of_a_token_end_when_its_finder_ends_it(
    site: Any, made: Made
) -> None:
    url, data = f"{site.url}/@@oauth2-revoke", {"token": made.secret}
    assert requests.post(url, data=data, timeout=30).status_code == 200
    assert made.who_ended() == [HOLDER, HOLDER, ""]


@pytest.mark.parametrize(("query", "by"), [("", ""), ("?with_made=true", HOLDER)])
def test_a_program_that_has_done_its_work_leaves_its_links_unless_told(
    site: Any, made: Made, query: str, by: str
) -> None:
    answer = site.api("DELETE", f"{TOKENS}/self{query}", made.secret)
    assert answer.status_code == 204, answer.text
    assert made.who_ended() == [HOLDER, by, ""]


def test_the_links_of_a_token_end_with_a_password_where_the_token_does(
    site: Any, made: Made, listen: Any
) -> None:
    events = listen(IPasswordChangedEvent)
    site.context.settings.personal_access_tokens_on_password_change = "end"
    react_to_password(site.context, "editor", time.time())
    site.commit()
    assert made.who_ended() == ["password change", "password change", ""]
    (event,) = events
    assert set(event.ended) == {made.token_id, made.link_id}
    assert event.kept == (made.own_id,)


@pytest.mark.parametrize("with_made", ["", "false", "true"])
def test_a_rest_client_chooses_whether_links_end_with_a_token(
    site: Any, made: Made, with_made: str
) -> None:
    query = f"?with_made={with_made}" if with_made else ""
    answer = site.api("DELETE", f"{TOKENS}/{made.token_id}{query}", auth=AUTH)
    assert answer.status_code == 204, answer.text
    assert made.who_ended() == ["editor", "editor" if with_made == "true" else "", ""]


def test_a_wrong_choice_of_a_rest_client_ends_nothing(site: Any, made: Made) -> None:
    for query in ("?with_made=1", "?made=true"):
        answer = site.api("DELETE", f"{TOKENS}/{made.token_id}{query}", auth=AUTH)
        assert answer.status_code == 400
    assert made.who_ended() == ["", "", ""]


@pytest.mark.parametrize("with_made", ["", "1"])
def test_a_person_who_ends_a_token_is_offered_to_end_its_links(
    site: Any, made: Made, with_made: str
) -> None:
    session = requests.Session()
    session.auth = AUTH
    url = f"{site.url}/{REVOKE}"
    page = session.get(url, params={"id": made.token_id}, timeout=60).text
    assert "For a thief" in page
    assert "For Kim" not in page
    [proof, *_] = re.findall(r'name="_authenticator" value="(\w+)"', page)
    data = {
        "_authenticator": proof,
        "ids:list": made.token_id,
        "confirmed": "1",
        "with_made": with_made,
    }
    session.post(url, data, timeout=60)
    assert made.who_ended() == ["editor", "editor" if with_made else "", ""]


def test_nobody_is_offered_what_has_ended(site: Any, made: Made) -> None:
    site.context.storage["signed_link"].mark_revoked(made.link_id, "x", time.time())
    site.commit()
    url = f"{site.url}/{REVOKE}?id={made.token_id}"
    assert "with-made" not in requests.get(url, auth=AUTH, timeout=60).text


def test_the_command_line_ends_the_links_of_a_token(made: Made, tokenauth: Any) -> None:
    wrong = tokenauth("revoke", "--all", "--with-made")
    assert wrong.code != 0
    assert "--with-made goes with ids only" in wrong.err
    both = (made.token_id, made.link_id)
    result = tokenauth("revoke", *both, "--with-made")
    assert result.out == "Credentials revoked: 2.\n"
    operator = made.who_ended()[0]
    assert made.who_ended() == [operator, operator, ""]
