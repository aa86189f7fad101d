"""The pages, the service and the command that sign a person out everywhere."""

from tests.cli.commandline import Tokenauth
from tests.cli.commandline import tokenauth as tokenauth
from tests.delegation.conftest import fields_of
from tests.plone_fixtures import PASSWORD
from tests.signin.conftest import browser as alice
from tests.signin.conftest import keeps_sessions
from tests.signin.conftest import SessionBrowser
from typing import Any

import pytest
import requests


__all__ = ["alice", "keeps_sessions"]

MINE = "/@@manage-authorizations"
PANEL = "/@@tokenauth-controlpanel"


@pytest.fixture
def elsewhere(alice: SessionBrowser) -> SessionBrowser:
    """Another browser of alice, who is logged in in both."""
    other = SessionBrowser(alice.site)
    for each in (alice, other):
        each.log_in("alice")
    return other


@pytest.fixture
def boss(alice: SessionBrowser) -> SessionBrowser:
    alice.site.add_user("boss", "Site Administrator")
    browser = SessionBrowser(alice.site)
    browser.log_in("boss")
    return browser


def test_a_person_signs_themselves_out(
    site: Any, alice: SessionBrowser, elsewhere: SessionBrowser
) -> None:
    """Conformance: LO-17: in the browser that they use, of Plone, too."""
    assert f"{MINE}-sign-out" in alice.get(f"{site.url}{MINE}").text
    url = f"{site.url}{MINE}-sign-out"
    page = alice.get(url).text
    assert "User id" not in page
    assert alice.post(url, {}).status_code == 403
    assert elsewhere.record is not None
    answer = alice.post(url, fields_of(page))
    assert answer.headers["Location"] == site.url
    assert "__ac" not in alice.session.cookies
    assert elsewhere.record is None
    assert "Sessions ended: 2." in alice.get(site.url).text


def test_the_page_says_what_ends_and_what_goes_on(
    site: Any, alice: SessionBrowser, elsewhere: SessionBrowser
) -> None:
    """Conformance: LO-17: before, and what goes on afterwards, too."""
    url = f"{site.url}{MINE}-sign-out"
    log_in, jwts = "The log-in of this site ", "The tokens of plone.restapi"
    page = alice.get(url).text
    assert f"{log_in}goes on in other browsers" in page
    assert f"{jwts}, by which Volto knows people, go on" in page
    alice.post(url, fields_of(page))
    after = alice.get(site.url).text
    assert f"{log_in}goes on" in after and f"{jwts}, by which" in after
    site.sync()
    acl_users = site.portal.acl_users
    acl_users.session.per_user_keyring = acl_users.jwt_auth.store_tokens = True
    site.commit()
    alice.log_in("alice")
    page = alice.get(url).text
    assert f"{log_in}ends in every browser" in page
    assert f"{jwts} end" in page
    assert "goes on in other browsers" not in page
    alice.post(url, fields_of(page))
    assert "goes on in other browsers" not in alice.get(site.url).text


def test_a_person_is_signed_out_by_an_administrator(
    site: Any, elsewhere: SessionBrowser, boss: SessionBrowser
) -> None:
    """Conformance: LO-17: from the list of what that person has."""
    listed = boss.get(f"{site.url}{PANEL}?owner=alice").text
    assert f"{PANEL}-sign-out?user=alice" in listed
    url = f"{site.url}{PANEL}-sign-out"
    page = boss.get(f"{url}?user=alice").text
    assert 'value="alice"' in page
    wrong = boss.post(url, {**fields_of(page), "user": "nobody"})
    assert "There is no such user in this site." in wrong.text
    answer = boss.post(url, {**fields_of(page), "user": " alice "})
    assert answer.headers["Location"] == f"{site.url}{PANEL}"
    assert elsewhere.record is None
    assert boss.record is not None


def ask(site: Any, user_id: str, members: Any, path: str = "") -> requests.Response:
    return requests.post(
        f"{site.url}/@sign-out-everywhere{path}",
        json=members,
        auth=(user_id, PASSWORD),
        headers={"Accept": "application/json"},
        timeout=30,
    )


def test_a_person_is_signed_out_over_rest(
    site: Any, elsewhere: SessionBrowser, boss: SessionBrowser
) -> None:
    """Conformance: LO-17."""
    for members in ({"user": 7}, {"other": "x"}, {"user": "nobody"}):
        assert ask(site, "boss", members).status_code == 400
    assert ask(site, "boss", {}, "/alice").status_code == 404
    refused = ask(site, "alice", {"user": "boss"})
    assert refused.status_code in (401, 403)
    done = {
        "user": "alice",
        "sessions": 2,
        "ends_log_in": False,
        "ends_jwts": False,
    }
    assert ask(site, "boss", {"user": "alice"}).json() == done
    assert ask(site, "alice", {}).json() == {**done, "sessions": 0}
    assert boss.record is not None


def test_a_person_is_signed_out_by_command(
    site: Any, elsewhere: SessionBrowser, tokenauth: Tokenauth
) -> None:
    """Conformance: LO-17."""
    done = tokenauth("sign-out", "alice")
    assert done.out.startswith("Sessions ended: 2. Where the person is logged in")
    assert elsewhere.record is None
    site.use_keyrings_of_users()
    done = tokenauth("sign-out", "alice")
    assert done.out == (
        "Sessions ended: 0. Tokens of plone.restapi go on until they expire, or are"
        " renewed.\n"
    )
    site.sync()
    site.portal.acl_users.jwt_auth.store_tokens = True
    site.commit()
    done = tokenauth("sign-out", "alice", "--json")
    assert done.json == {"sessions": 0, "ends_log_in": True, "ends_jwts": True}
    assert tokenauth("sign-out", "alice").out == "Sessions ended: 0.\n"
    assert "no such user" in tokenauth("sign-out", "nobody").err
