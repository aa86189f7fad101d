"""CAS services in Site Setup, by REST and on the command line."""

from pas.plugins.tokenauth.cas.kind import CAS_SERVICE
from tests.applications.test_pages import Visitor
from tests.cas.conftest import Register
from tests.cas.conftest import URL
from tests.cli.conftest import tokenauth as tokenauth
from typing import Any

import json
import pytest
import re
import requests
import secrets


AUTH = ("boss", "correct-horse-battery-1")


@pytest.fixture
def boss(server: Any) -> Visitor:
    """A Manager."""
    return Visitor(server, "boss", "Manager")


def registered(site: Any) -> list[Any]:
    site.sync()
    return list(site.context.storage["cas_service"].all())


def register_by_form(boss: Visitor, **form: Any) -> requests.Response:
    return boss.post(
        "-register-cas-service",
        **{
            "idempotency_key": secrets.token_hex(16),
            "title": "Shop",
            "urls": f"{URL}\nhttps://wiki.example.org/",
            "attributes": "email\ndisplayName=fullname",
            "expiry": "never",
            **form,
        },
    )


# -- pages -------------------------------------------------------------------


def test_a_service_is_registered_by_a_form(server: Any, boss: Visitor) -> None:
    """The answer shows what the web site has to be told, and nothing secret."""
    answer = register_by_form(boss)
    (service,) = registered(server)
    assert service.urls == (URL, "https://wiki.example.org/")
    assert service.attributes == ("email", "displayName=fullname")
    assert f'value="{server.url}/@@cas"' in answer.text
    assert "Save" not in answer.text


def test_a_service_is_changed_and_revoked(
    server: Any, boss: Visitor, register: Register
) -> None:
    """As everything in the list is."""
    service_id = register().credential_id
    assert URL in boss.get("-edit", id=service_id).text
    boss.post(
        "-edit",
        id=service_id,
        title="Other",
        urls=f"{URL}x",
        stays_logged_in="on",
        expiry="keep",
    )
    (changed,) = registered(server)
    assert (changed.title, changed.urls) == ("Other", (f"{URL}x",))
    assert changed.stays_logged_in
    assert "Revoke CAS service?" in boss.get("-revoke", id=service_id).text
    boss.post("-revoke", ids=service_id, confirmed="1")
    assert registered(server)[0].revoked_by == "boss"


def test_the_panel_offers_services_while_cas_is_on(
    server: Any, boss: Visitor, register: Register
) -> None:
    """Nobody is bothered with it otherwise."""
    register(title="The shop")
    page = boss.get(kind="cas_service").text
    assert "The shop" in page
    assert "-rotate?id" not in page
    assert "-register-cas-service" in page
    server.sync()
    server.plugin.cas_enabled = False
    server.commit()
    assert "-register-cas-service" not in boss.get().text


def test_the_settings_say_what_cas_is_worth(boss: Visitor) -> None:
    """It is legacy beside OpenID Connect, and why."""
    page = boss.get("-settings").text
    assert re.search(r"Prefer OpenID\s+Connect", page)


# -- REST ----------------------------------------------------------------------


def test_a_service_is_managed_by_rest(server: Any, boss: Visitor) -> None:
    """The same, for programs of administrators."""

    def ask(method: str, path: str = "", body: Any = None) -> Any:
        return server.api(method, f"/@cas-services{path}", auth=AUTH, json=body)

    body = {"title": "Shop", "urls": [URL], "attributes": ["email"]}
    answer = ask("POST", body=body)
    assert answer.status_code == 201, answer.text
    document = answer.json()
    assert document.items() >= {**body, "server_url": f"{server.url}/@@cas"}.items()
    path = f"/{document['service_id']}"
    assert ask("PATCH", path, {"tells_login_name": True}).status_code == 204
    assert ask("GET", path).json()["tells_login_name"] is True
    assert [each["title"] for each in ask("GET").json()["items"]] == ["Shop"]
    assert ask("POST", f"{path}/rotate", {}).status_code == 404
    assert ask("DELETE", path).status_code == 204
    assert ask("GET", path).json()["state"] == "revoked"


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("urls", URL),
        ("urls", []),
        ("urls", ["http://a.example/"]),
        ("attributes", ["user"]),
        ("users", ["nobody"]),
        ("stays_logged_in", "yes"),
        ("scopes", ["plone.read"]),
        ("owner", "boss"),
    ],
)
def test_what_cannot_be_used_is_refused_by_rest(
    server: Any, boss: Visitor, member: str, value: Any
) -> None:
    """Nothing is registered, and the answer names the member."""
    body = {"title": "Shop", "urls": [URL], member: value}
    answer = server.api("POST", "/@cas-services", auth=AUTH, json=body)
    assert (answer.status_code, answer.json()["field"]) == (400, member)
    assert registered(server) == []


# -- the command line ------------------------------------------------------------


def test_a_service_is_managed_by_command(server: Any, tokenauth: Any) -> None:
    """There is no secret, so no file for one."""
    result = tokenauth(
        *("cas-services", "issue", "--title", "Shop", "--url", URL),
        *("--attribute", "email", "--attribute", "displayName=fullname", "--json"),
    )
    assert result.code == 0, result.err
    document = json.loads(result.out)
    assert document["server_url"] == f"{server.url}/@@cas"
    assert document["attributes"] == ["email", "displayName=fullname"]
    listed = tokenauth("cas-services", "list")
    assert document["service_id"] in listed.out
    assert tokenauth("cas-services", "usage", document["service_id"]).code == 0
    assert tokenauth("cas-services", "revoke", document["service_id"]).code == 0
    assert registered(server)[0].revoked_at
    assert CAS_SERVICE.rotation is None
