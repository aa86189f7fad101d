"""The settings as a control panel of plone.restapi."""

from collections.abc import Iterator
from datetime import date
from pas.plugins.tokenauth.site.issuer import FormerTokenEndpoint
from pas.plugins.tokenauth.site.sections import setting_fields
from tests.controlpanel.conftest import settings_of
from typing import Any

import ast
import pytest
import requests


PASSWORD = "correct-horse-battery-1"
PANELS = "/@controlpanels"
PANEL = f"{PANELS}/tokenauth"
CHANGES = {
    "access_token_lifetime": 600,
    "max_key_lifetime": 365,
    "max_keys_per_user": None,
    "require_ip_ranges": True,
    "allowed_algorithms": ["ES256", "EdDSA"],
}
ADDRESSES = {
    "issuer": "https://www.example.org",
    "pages_url": "https://www.example.org/ClassicUI",
    "former_token_endpoints": "https://old.example.org/token 2030-12-31",
}


class Client:
    """A program, or Volto, that acts as a user."""

    def __init__(self, site: Any, user_id: str, password: str = PASSWORD) -> None:
        self._site = site
        self._auth = (user_id, password)

    def get(self, path: str = PANEL) -> requests.Response:
        return self._site.api("GET", path, auth=self._auth)

    def patch(self, **members: Any) -> requests.Response:
        return self._site.api("PATCH", PANEL, auth=self._auth, json=members)


@pytest.fixture
def clients(
    administrator: Any, manager: Any, owner: Any, visitor: Any, root_user: Any
) -> dict[str, Client]:
    """One of each kind, by what they are."""
    people = {
        "administrator": administrator,
        "manager": manager,
        "owner": owner,
        "member": visitor("member", "Member"),
        "root": root_user,
    }
    return {
        name: Client(person.site, *person.session.auth)
        for name, person in people.items()
    }


def error_of(response: requests.Response) -> dict[str, Any]:
    """What plone.restapi says about the first field that is wrong."""
    assert response.status_code == 400, response.text
    answer = response.json()
    assert answer["type"] == "BadRequest"
    (error,) = ast.literal_eval(answer["message"])
    assert error["error"] == "ValidationError"
    return error


def test_everything_that_is_wrong_is_told_at_once(
    site: Any, clients: dict[str, Client]
) -> None:
    """In the form that Volto shows; and nothing is changed."""
    wrong = {"max_key_lifetime": "x", "nothing": 1, "leeway": 301, "grant_lifetime": 60}
    response = clients["manager"].patch(**wrong)
    assert response.status_code == 400
    errors = ast.literal_eval(response.json()["message"])
    assert [error["field"] for error in errors] == [
        "leeway",
        "max_key_lifetime",
        "nothing",
    ]
    assert all(error["error"] and error["message"] for error in errors)
    site.sync()
    assert site.plugin.grant_lifetime == 3600


def test_volto_sends_numbers_as_strings(site: Any, clients: dict[str, Client]) -> None:
    assert clients["manager"].patch(leeway="61").status_code == 204
    site.sync()
    assert site.plugin.leeway == 61


def test_volto_is_told_what_it_cannot_change(clients: dict[str, Client]) -> None:
    properties = clients["administrator"].get().json()["schema"]["properties"]
    disabled = {name for name in properties if properties[name].get("isDisabled")}
    assert disabled == set(ADDRESSES)


# -- reading -----------------------------------------------------------------


def test_the_panel_is_in_the_list(site: Any, clients: dict[str, Client]) -> None:
    panels = {
        panel["@id"]: panel for panel in clients["administrator"].get(PANELS).json()
    }
    panel = panels[f"{site.url}{PANEL}"]
    assert panel["title"] == "Keys, tokens and applications"
    assert panel["group"] == "Security"
    assert "Issuer" in panel["searchable_text"]


@pytest.mark.parametrize("who", ["administrator", "manager", "root"])
def test_the_settings_are_read(site: Any, clients: dict[str, Client], who: str) -> None:
    site.plugin.former_token_endpoints = (
        FormerTokenEndpoint("https://old.example.org/token", date(2030, 12, 31)),
    )
    site.commit()
    response = clients[who].get()
    assert response.status_code == 200
    panel = response.json()
    assert panel["@id"] == f"{site.url}{PANEL}"
    assert panel["title"] == "Keys, tokens and applications"
    assert panel["group"] == "Security"
    data = panel["data"]
    assert data.keys() == setting_fields().keys()
    # What makes a site more than it was waits for an administrator.
    assert not any(value for name, value in data.items() if name.endswith("_enabled"))
    assert (
        data.items()
        >= {
            "issuer": site.url,
            "pages_url": "",
            "access_token_lifetime": 3600,
            "accept_token_endpoint_audience": False,
            "grant_lifetime": 3600,
            "leeway": 60,
            "usage_log_retention": 7,
            "usage_recording_interval": 5,
            "revoked_key_retention": 90,
            "tell_of_new_addresses": True,
            "max_key_lifetime": None,
            "max_keys_per_user": None,
            "max_personal_access_token_lifetime": None,
            "max_personal_access_tokens_per_user": None,
            "service_keys_on_password_change": "tell",
            "personal_access_tokens_on_password_change": "tell",
            "personal_access_tokens_as_passwords": False,
            "personal_access_tokens_may_never_end": False,
            "require_ip_ranges": False,
            "allow_admin_scopes": True,
            "allow_signed_links": True,
            "max_signed_link_lifetime": 30,
            "require_signed_link_password": False,
            "require_signed_link_ip_ranges": False,
            "signed_link_types": "",
            "openid_enabled": False,
            "signing_key_lifetime": 90,
            "id_token_lifetime": 600,
            "subject_is_user_id": False,
            "former_token_endpoints": "https://old.example.org/token 2030-12-31",
        }.items()
    )
    assert data["allowed_algorithms"] == list(site.plugin.allowed_algorithms)


def test_the_schema_says_how_to_edit_the_settings(clients: dict[str, Client]) -> None:
    schema = clients["manager"].get().json()["schema"]
    expected = [
        ("Address of the site", "former_token_endpoints"),
        ("Tokens and grants", "accept_token_endpoint_audience"),
        ("Usage and retention", "revoked_key_retention"),
        (
            "Policies for service keys and personal access tokens",
            "allow_admin_scopes",
        ),
        ("Policies for service keys", "allowed_algorithms"),
        (
            "Policies for personal access tokens",
            "personal_access_tokens_as_passwords",
        ),
        ("Policies for signed links", "signed_link_types"),
        ("OpenID provider", "subject_is_user_id"),
        ("CAS server", "cas_enabled"),
    ]
    found = [(group["title"], group["fields"][-1]) for group in schema["fieldsets"]]
    # Other features have sections of their own between and behind them.
    assert [each for each in found if each in expected] == expected
    properties = schema["properties"]
    assert properties["leeway"]["type"] == "integer"
    assert properties["leeway"]["maximum"] == 300
    assert properties["require_ip_ranges"]["type"] == "boolean"
    choices = [
        value for value, _ in properties["allowed_algorithms"]["items"]["choices"]
    ]
    assert "EdDSA" in choices
    assert properties["former_token_endpoints"]["widget"] == "textarea"
    assert properties["former_token_endpoints"]["default"] == ""
    assert not any("mode" in field for field in properties.values())


def test_a_user_who_may_not_change_an_audience_is_told(
    clients: dict[str, Client],
) -> None:
    properties = clients["administrator"].get().json()["schema"]["properties"]
    read_only = {name for name, field in properties.items() if "mode" in field}
    assert read_only == set(ADDRESSES)
    for name in read_only:
        assert properties[name]["mode"] == "display"
        assert properties[name]["description"].startswith("Only a Manager can")


def test_a_site_without_the_entry_in_site_setup_still_answers(
    site: Any, clients: dict[str, Client]
) -> None:
    site.portal.portal_controlpanel.unregisterConfiglet("tokenauth")
    site.commit()
    panel = clients["administrator"].get().json()
    assert panel["title"] == "Keys, tokens and applications"
    assert panel["data"]["leeway"] == 60


# -- changing ----------------------------------------------------------------


@pytest.mark.parametrize("who", ["manager", "root"])
def test_a_manager_changes_everything(
    site: Any, clients: dict[str, Client], who: str
) -> None:
    response = clients[who].patch(**CHANGES, **ADDRESSES)
    assert response.status_code == 204, response.text
    settings = settings_of(site)
    assert settings["issuer"] == "https://www.example.org"
    assert settings["access_token_lifetime"] == 600
    assert settings["max_key_lifetime"] == 365
    assert settings["require_ip_ranges"] is True
    assert settings["allowed_algorithms"] == ("ES256", "EdDSA")
    former = FormerTokenEndpoint("https://old.example.org/token", date(2030, 12, 31))
    assert former in settings["former_token_endpoints"]
    assert settings["leeway"] == 60


def test_the_data_that_was_read_can_be_sent_back(
    site: Any, clients: dict[str, Client]
) -> None:
    """Volto sends every field, and links of plone.restapi may be among them."""
    before = settings_of(site)
    for who in ("administrator", "manager"):
        panel = clients[who].get().json()
        data = {**panel["data"], "@id": panel["@id"]}
        assert clients[who].patch(**data).status_code == 204
    assert settings_of(site) == before


def test_a_setting_that_was_emptied_is_null(
    site: Any, clients: dict[str, Client]
) -> None:
    site.plugin.former_token_endpoints = (
        FormerTokenEndpoint("https://old.example.org/token", date(2030, 12, 31)),
    )
    site.plugin.max_key_lifetime = 30
    site.plugin.require_ip_ranges = True
    site.plugin.issuer = ""
    site.commit()
    response = clients["manager"].patch(
        former_token_endpoints=None,
        max_key_lifetime=None,
        require_ip_ranges=None,
        issuer=None,
    )
    assert response.status_code == 204, response.text
    settings = settings_of(site)
    assert settings["former_token_endpoints"] == ()
    assert settings["max_key_lifetime"] is None
    assert settings["require_ip_ranges"] is False
    assert settings["issuer"] == ""


def test_an_administrator_changes_all_but_the_audiences(
    site: Any, clients: dict[str, Client]
) -> None:
    assert clients["administrator"].patch(**CHANGES).status_code == 204
    assert settings_of(site)["access_token_lifetime"] == 600
    for name, value in ADDRESSES.items():
        before = settings_of(site)
        response = clients["administrator"].patch(leeway=7, **{name: value})
        assert response.status_code == 403
        assert "Only a Manager" in response.json()["message"]
        assert settings_of(site) == before


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("issuer", "http://www.example.org"),
        ("issuer", 7),
        ("issuer", ["https://www.example.org"]),
        ("issuer", "https://\ud800.example.org"),
        ("access_token_lifetime", 59),
        ("access_token_lifetime", "six hundred"),
        ("access_token_lifetime", 600.0),
        ("access_token_lifetime", None),
        ("leeway", True),
        ("leeway", {"seconds": 7}),
        ("max_key_lifetime", 0),
        ("require_ip_ranges", "yes"),
        ("require_ip_ranges", 1),
        ("allowed_algorithms", []),
        ("allowed_algorithms", None),
        ("allowed_algorithms", "RS256"),
        ("allowed_algorithms", ["RS256", "RS256"]),
        ("allowed_algorithms", ["HS256"]),
        ("allowed_algorithms", [{}, []]),
        ("former_token_endpoints", "https://old.example.org/token"),
        ("former_token_endpoints", ["https://old.example.org/token 2030-12-31"]),
        ("former_token_endpoints", "http://old.example.org/token 2030-12-31"),
        ("_storage", None),
        ("acess_token_lifetime", 600),
    ],
)
def test_a_bad_value_is_refused_and_nothing_is_changed(
    site: Any, clients: dict[str, Client], name: str, value: Any
) -> None:
    before = settings_of(site)
    response = clients["manager"].patch(**{**CHANGES, "leeway": 7, name: value})
    error = error_of(response)
    assert error["field"] == name
    assert error["message"]
    assert settings_of(site) == before


@pytest.mark.parametrize("body", ["", "[]", "7", "{", '"leeway"'])
def test_a_body_that_is_no_object_changes_nothing(
    site: Any, manager: Any, body: str
) -> None:
    before = settings_of(site)
    response = site.api("PATCH", PANEL, auth=manager.session.auth, data=body)
    assert response.status_code == (400 if body else 204)
    assert settings_of(site) == before


# -- browsers ----------------------------------------------------------------


@pytest.fixture
def browser(site: Any, manager: Any) -> Iterator[requests.Session]:
    """A Manager, logged in with a cookie."""
    name, password = manager.session.auth
    form = {"__ac_name": name, "__ac_password": password, "buttons.login": "Log in"}
    with requests.Session() as session:
        session.post(f"{site.url}/login", data=form, timeout=60)
        assert session.cookies.get("__ac")
        session.headers["Accept"] = "application/json"
        yield session


@pytest.mark.parametrize("authenticator", [None, "", "0" * 40])
def test_a_cookie_alone_changes_nothing(
    site: Any, browser: requests.Session, authenticator: str | None
) -> None:
    before = settings_of(site)
    headers = {} if authenticator is None else {"X-CSRF-TOKEN": authenticator}
    url = f"{site.url}{PANEL}"
    response = browser.patch(url, json={"leeway": 7}, headers=headers, timeout=60)
    assert response.status_code == 403
    assert settings_of(site) == before


def test_a_script_of_this_site_changes_settings(
    site: Any, manager: Any, browser: requests.Session
) -> None:
    headers = {"X-CSRF-TOKEN": manager.authenticator()}
    url = f"{site.url}{PANEL}"
    response = browser.patch(url, json={"leeway": 7}, headers=headers, timeout=60)
    assert response.status_code == 204
    assert settings_of(site)["leeway"] == 7


def test_volto_needs_no_authenticator(site: Any, manager: Any) -> None:
    name, password = manager.session.auth
    credentials = {"login": name, "password": password}
    token = site.api("POST", "/@login", json=credentials).json()["token"]
    assert site.api("PATCH", PANEL, token, json={"leeway": 7}).status_code == 204
    assert settings_of(site)["leeway"] == 7


# -- who may ------------------------------------------------------------------


@pytest.mark.parametrize("who", ["owner", "member"])
def test_people_without_the_permission_are_refused(
    site: Any, clients: dict[str, Client], who: str
) -> None:
    before = settings_of(site)
    assert clients[who].get().status_code == 401
    assert clients[who].patch(leeway=7).status_code == 401
    assert settings_of(site) == before


def test_a_user_who_may_see_other_panels_does_not_see_this_one(
    site: Any, clients: dict[str, Client]
) -> None:
    site.portal.manage_permission("Plone Site Setup: Overview", ["Member"])
    site.commit()
    before = settings_of(site)
    member = clients["member"]
    assert member.get().status_code == 403
    assert member.patch(leeway=7).status_code == 403
    panels = member.get(PANELS).json()
    assert f"{site.url}{PANEL}" not in [panel["@id"] for panel in panels]
    assert settings_of(site) == before


def test_anonymous_programs_are_refused(site: Any) -> None:
    assert site.api("GET", PANEL).status_code == 401
    assert site.api("PATCH", PANEL, json={"leeway": 7}).status_code == 401


def test_a_request_with_an_access_token_is_refused(site: Any, manager: Any) -> None:
    token = site.token(site.issue("manager", scopes=("plone.admin",)))
    before = settings_of(site)
    assert site.api("GET", PANEL, token).status_code == 403
    assert site.api("PATCH", PANEL, token, json={"leeway": 7}).status_code == 403
    assert settings_of(site) == before


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_nothing_can_be_added_or_deleted(site: Any, manager: Any, method: str) -> None:
    for path in (PANEL, f"{PANEL}/leeway"):
        response = site.api(method, path, auth=manager.session.auth, json={})
        assert response.status_code in (400, 404)
