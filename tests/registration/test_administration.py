"""What administrators see of applications that registered themselves, and end."""

from collections.abc import Callable
from pas.plugins.tokenauth.site.requester import Operator
from pas.plugins.tokenauth.site.settings import change_settings
from tests.cli.commandline import Tokenauth
from tests.cli.commandline import tokenauth as tokenauth
from tests.credentials.pages.conftest import Visitor
from tests.credentials.pages.conftest import visitor as visitor
from tests.plone_fixtures import PASSWORD
from tests.registration.conftest import Documents
from tests.registration.conftest import Person
from tests.registration.conftest import Registering
from typing import Any

import pytest
import re
import requests


AUTH = ("boss", PASSWORD)


@pytest.fixture
def boss(site: Any) -> tuple[str, str]:
    """An administrator of the site."""
    site.add_user("boss", "Site Administrator")
    return AUTH


def listed(site: Any, query: str = "") -> list[dict[str, Any]]:
    answer = site.api("GET", f"/@registrations{query}", auth=AUTH)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


def test_an_application_with_a_document_is_listed_once_somebody_allows_it(
    site: Any, person: Person, documents: Documents, boss: Any
) -> None:
    """DR-10, DR-23: what, when, from where."""
    person.ask(documents.url)
    assert listed(site) == []
    person.token(documents.url)
    person.token(documents.url)
    (found,) = listed(site)
    assert found["client_id"] == documents.url
    assert (found["title"], found["hosts"]) == ("Assistant", [documents.host])
    assert (found["address"], found["scopes"]) == ("127.0.0.1", ["plone.read"])
    assert found["issued"]
    assert found["issued_by"] == "the application itself"


def test_the_panel_shows_where_one_comes_from(
    site: Any, registering: Registering, boss: Any
) -> None:
    """DR-10: and leads to all of its host."""
    members = {
        "client_name": "<i>Assistant</i>",
        "redirect_uris": ["https://assistant.example/cb"],
    }
    client_id = registering(members).json()["client_id"]
    registering()
    page = site.get("/@@tokenauth-controlpanel?kind=registration", auth=boss).text
    assert "&lt;i&gt;Assistant&lt;/i&gt;" in page
    assert "Self-registered application" in page
    assert re.search(r">Host:\s+assistant.example<", page)
    page = site.get(f"/@@tokenauth-controlpanel-edit?id={client_id}", auth=boss).text
    assert "https://assistant.example/cb" in page
    assert "127.0.0.1" in page
    # Nobody owns it, and the settings say what it may.
    assert "who is told by e-mail" not in page
    assert 'name="scopes' not in page
    link = re.search(r'href="([^"]*search=assistant.example)"', page)
    assert link is not None
    page = site.get(link[1].replace("&amp;", "&"), auth=boss).text
    assert page.count('name="ids:list"') == 1
    assert client_id in page


def test_one_is_found_by_each_of_its_hosts(
    site: Any, registering: Registering, boss: Any, tokenauth: Tokenauth
) -> None:
    """DR-10: in the panel, over REST and on the command line."""
    hosts = ["a.example", "b.example"]
    uris = [f"https://{host}/cb" for host in hosts]
    client_id = registering({"redirect_uris": uris}).json()["client_id"]
    registering()
    page = site.get(f"/@@tokenauth-controlpanel-edit?id={client_id}", auth=boss).text
    for host in hosts:
        assert f"search={host}" in page
        (found,) = listed(site, f"?search={host}")
        assert (found["client_id"], found["hosts"]) == (client_id, hosts)
        (found,) = tokenauth("registrations", "--host", host, "--json").json
        assert found["registration_id"] == client_id


def test_revoking_one_ends_what_people_have_allowed_it(
    site: Any, person: Person, documents: Documents, boss: Any
) -> None:
    """DR-10, CO-12: at once, and also when its record is forgotten."""
    token = person.token(documents.url)["access_token"]
    (found,) = listed(site)
    path = f"/@registrations/{found['registration_id']}"
    assert site.api("DELETE", path, auth=boss).status_code == 204
    assert site.api("GET", "", token).status_code == 401
    assert person.ask(documents.url).status_code == 400
    site.sync()
    (authorization,) = site.context.storage["authorization"].all()
    assert authorization.revoked_by == "boss"
    site.context.storage["registration"].remove(found["registration_id"])
    site.commit()
    assert person.ask(documents.url).status_code == 200
    assert site.api("GET", "", token).status_code == 401


def test_revoking_one_leaves_others_alone(
    site: Any, person: Person, registering: Registering, boss: Any
) -> None:
    """DR-10."""
    first, second = (registering().json()["client_id"] for _ in range(2))
    person.token(first)
    token = person.token(second)["access_token"]
    site.api("DELETE", f"/@registrations/{first}", auth=boss)
    assert site.api("GET", "", token).status_code == 200


def test_one_that_is_disabled_waits(
    site: Any, person: Person, registering: Registering, boss: Any
) -> None:
    """DR-10."""
    client_id = registering().json()["client_id"]
    token = person.token(client_id)["access_token"]
    path = f"/@registrations/{client_id}"
    assert site.api("POST", f"{path}/disable", auth=boss).status_code == 200
    assert site.api("GET", "", token).status_code == 401
    assert person.ask(client_id).status_code == 400
    assert site.api("POST", f"{path}/enable", auth=boss).status_code == 200
    assert site.api("GET", "", token).status_code == 200


def test_addresses_of_an_application_can_be_restricted(
    site: Any, person: Person, registering: Registering, boss: Any
) -> None:
    """DR-10: it obtains no token from elsewhere."""
    client_id = registering().json()["client_id"]
    path = f"/@registrations/{client_id}"
    answer = site.api("PATCH", path, auth=boss, json={"ip_ranges": ["192.0.2.1"]})
    assert answer.status_code == 204, answer.text
    page = person.ask(client_id)
    code = person.answer(page, scope="plone.read").headers["Location"]
    assert "code=" in code
    answer = requests.post(
        site.endpoint,
        data={"grant_type": "authorization_code", "client_id": client_id, "code": "x"},
        timeout=30,
    )
    assert answer.json()["error"] == "invalid_client"


def test_an_administrator_renames_one_in_a_form(
    site: Any, registering: Registering, visitor: Callable[..., Visitor]
) -> None:
    """DR-10: what the form does not show stays."""
    client_id = registering().json()["client_id"]
    boss = visitor("boss", "Site Administrator")
    page = "@@tokenauth-controlpanel-edit"
    form = {**boss.form(f"{page}?id={client_id}"), "title": "Our assistant"}
    assert boss.submit(page, form).status_code == 302
    (found,) = listed(site)
    assert (found["title"], found["scopes"]) == ("Our assistant", ["plone.read"])


def test_nobody_gives_one_of_them_more_than_all_have(
    site: Any, registering: Registering, boss: Any
) -> None:
    """DR-10."""
    client_id = registering().json()["client_id"]
    path = f"/@registrations/{client_id}"
    answer = site.api("PATCH", path, auth=boss, json={"scopes": ["plone.write"]})
    assert answer.status_code == 400
    assert "settings" in answer.text


def test_nobody_registers_one_for_it(site: Any, boss: Any) -> None:
    """DR-10."""
    answer = site.api("POST", "/@registrations", auth=boss, json={"title": "X"})
    assert answer.status_code == 403
    assert "registers itself" in answer.text


def test_only_who_manages_applications_sees_them(
    site: Any, registering: Registering
) -> None:
    """DR-10."""
    client_id = registering().json()["client_id"]
    site.add_user("member")
    auth = ("member", PASSWORD)
    for method in ("GET", "PATCH", "DELETE"):
        answer = site.api(method, f"/@registrations/{client_id}", auth=auth, json={})
        assert answer.status_code in (401, 403, 404)


def test_lists_show_what_the_settings_allow(
    site: Any, registering: Registering, boss: Any
) -> None:
    """DR-10: those that are there already may do the same as others."""
    registering()
    site.sync()
    change_settings(
        site.context, Operator("tests"), {"self_registered_scope": "plone.write"}, 0
    )
    site.commit()
    (found,) = listed(site)
    assert found["scopes"] == ["plone.write"]


def test_the_purge_forgets_what_nobody_uses(
    site: Any, registering: Registering, person: Person, boss: Any
) -> None:
    """DR-10, DR-11."""
    used = registering().json()["client_id"]
    person.token(used)
    unused = registering().json()["client_id"]
    site.sync()
    for client_id in (used, unused):
        site.context.storage["registration"].get(client_id).issued_at -= 31 * 86400
    site.commit()
    assert site.get("/@@tokenauth-purge", auth=("boss", PASSWORD)).status_code != 200
    site.add_user("manager", "Manager")
    answer = site.request("POST", "/@@tokenauth-purge", auth=("manager", PASSWORD))
    assert answer.status_code == 200, answer.text
    assert [each["client_id"] for each in listed(site)] == [used]
    # Nobody who could be gone owns it.
    site.sync()
    assert site.context.storage["registration"].get(used).owner_missing_since is None


def test_the_command_lists_and_revokes(
    site: Any, registering: Registering, tokenauth: Tokenauth
) -> None:
    """DR-10: one, or all of a host."""
    assert tokenauth("registrations").out == "There are no such applications.\n"
    uris = ["https://a.example/cb", "https://a.example/other", "https://b.example/cb"]
    ids = [registering({"redirect_uris": [uri]}).json()["client_id"] for uri in uris]
    site.sync()
    found = tokenauth("registrations", "--host", "a.example", "--json").json
    assert {each["registration_id"] for each in found} == set(ids[:2])
    assert tokenauth("registrations", "--revoke").code == 2
    done = tokenauth("registrations", "--host", "a.example", "--revoke")
    assert done.out == "Applications revoked: 2.\n"
    assert tokenauth("registrations", ids[2], "--revoke", "--json").json == {
        "revoked": 1
    }
    assert "b.example" not in tokenauth("registrations").out
    assert tokenauth("registrations", "app-none").code == 3


def test_the_list_of_all_credentials_has_those_that_nobody_owns(
    site: Any, registering: Registering, tokenauth: Tokenauth
) -> None:
    uris = ["https://a.example/cb"]
    client_id = registering({"redirect_uris": uris}).json()["client_id"]
    site.sync()
    for arguments in ((), ("--kind", "registration")):
        done = tokenauth("list", *arguments)
        assert done.code == 0
        assert client_id in done.out
