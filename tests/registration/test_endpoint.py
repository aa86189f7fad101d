"""``@@oauth2-register``: an application registers itself (RFC 7591)."""

from pas.plugins.tokenauth.core.errors import TooManyRequests
from pas.plugins.tokenauth.events import IIssuedEvent
from pas.plugins.tokenauth.registration.endpoint import MAX_IN_ALL
from pas.plugins.tokenauth.registration.endpoint import MAX_PER_NETWORK
from pas.plugins.tokenauth.registration.endpoint import RegistrationRate
from pas.plugins.tokenauth.registration.settings import IRegistrationSettings
from tests.delegation.conftest import parameters_of
from tests.delegation.conftest import VERIFIER
from tests.registration.conftest import Documents
from tests.registration.conftest import Person
from tests.registration.conftest import Registering
from tests.registration.conftest import URI
from typing import Any

import pytest
import requests


def test_an_application_registers_itself(
    site: Any, registering: Registering, listen: Any
) -> None:
    """DR-02, DR-03, DR-16: and gets no secret, whatever it wants."""
    issued = listen(IIssuedEvent)
    answer = registering(
        {
            "redirect_uris": [URI],
            "client_name": "Assistant",
            "token_endpoint_auth_method": "client_secret_basic",
            "grant_types": ["authorization_code", "refresh_token"],
            "contacts": ["x"],
        }
    )
    assert answer.status_code == 201
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    members = answer.json()
    client_id = members.pop("client_id")
    assert client_id.startswith("reg-")
    assert isinstance(members.pop("client_id_issued_at"), int)
    assert members == {
        "client_name": "Assistant",
        "redirect_uris": [URI],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "none",
        "scope": "offline_access plone.read",
    }
    (event,) = issued
    assert (event.kind, event.credential_id) == ("registration", client_id)
    assert event.requester == "the application itself"


def test_a_person_lets_it_act(
    site: Any, registering: Registering, person: Person
) -> None:
    """DR-10, DR-15: it is told from those that an administrator knows."""
    members = {"redirect_uris": [URI], "client_name": "Claude"}
    client_id = registering(members).json()["client_id"]
    page = person.ask(client_id).text
    assert "nobody has checked its name" in page
    assert "<strong>127.0.0.1:33418</strong>" in page
    token = person.token(client_id, "plone.read plone.write plone.admin")
    assert token["scope"] == "plone.read"
    assert site.api("GET", "", token["access_token"]).status_code == 200
    # Each time.
    assert person.ask(client_id).status_code == 200


VS_CODE = {
    "client_name": "Visual Studio Code",
    "client_uri": "https://code.visualstudio.com",
    "grant_types": [
        "authorization_code",
        "refresh_token",
        "urn:ietf:params:oauth:grant-type:device_code",
    ],
    "response_types": ["code"],
    "redirect_uris": [
        "https://insiders.vscode.dev/redirect",
        "https://vscode.dev/redirect",
        "http://127.0.0.1/",
        "http://127.0.0.1:33418/",
    ],
    "scope": "plone.read",
    "token_endpoint_auth_method": "none",
    "application_type": "native",
}


@pytest.mark.parametrize(
    "uri",
    [
        "http://127.0.0.1:33418/",
        "http://127.0.0.1:52011/",
        "https://vscode.dev/redirect",
        "https://insiders.vscode.dev/redirect",
    ],
)
def test_vs_code_registers_with_all_its_redirect_uris_and_uses_one(
    site: Any, registering: Registering, person: Person, uri: str
) -> None:
    """DR-02, DR-05, DR-15: what it sends, native ones beside those of the Web; people
    are warned of the native ones, whose port is another one each time."""
    members = registering(VS_CODE).json()
    assert members["redirect_uris"] == VS_CODE["redirect_uris"]
    assert members["grant_types"] == ["authorization_code", "refresh_token"]
    client_id = members["client_id"]
    page = person.authorize(client_id=client_id, redirect_uri=uri, scope="plone.read")
    assert "insiders.vscode.dev, vscode.dev" in page.text
    is_native = uri.startswith("http:")
    assert ("Any program on your computer" in page.text) == is_native
    answer = person.answer(page, scope=["plone.read"])
    assert answer.headers["Location"].startswith(f"{uri}?code=")
    answer = requests.post(
        site.endpoint,
        data={
            "grant_type": "authorization_code",
            "client_id": client_id,
            "code": parameters_of(answer.headers["Location"])["code"],
            "redirect_uri": uri,
            "code_verifier": VERIFIER,
        },
        timeout=30,
    )
    token = answer.json()["access_token"]
    assert site.api("GET", "", token).status_code == 200


def test_nothing_is_fetched_when_an_application_registers(
    registering: Registering, documents: Documents
) -> None:
    """DR-08: and nothing of it is shown."""
    names = ("client_uri", "logo_uri", "jwks_uri", "sector_identifier_uri")
    urls: dict[str, Any] = dict.fromkeys(names, documents.url)
    urls["request_uris"] = [documents.url]
    answer = registering({"redirect_uris": [URI], **urls})
    assert answer.status_code == 201
    assert not urls.keys() & answer.json().keys()
    assert documents.count == 0


def test_two_registrations_are_two_clients(registering: Registering) -> None:
    """DR-16."""
    assert registering().json()["client_id"] != registering().json()["client_id"]


def test_registration_is_off_in_a_new_site(site: Any, sealing_key: str) -> None:
    """DR-01."""
    metadata = site.get("/.well-known/oauth-authorization-server").json()
    assert "registration_endpoint" not in metadata
    url = f"{site.url}/@@oauth2-register"
    answer = requests.post(url, json={"redirect_uris": [URI]}, timeout=30)
    assert answer.status_code == 404


def test_registration_can_be_switched_off_again(
    site: Any, registering: Registering, person: Person
) -> None:
    """DR-01, OD-03: and whoever is registered goes on."""
    path = "/.well-known/oauth-authorization-server"
    endpoint = site.get(path).json()["registration_endpoint"]
    assert endpoint == f"{site.url}/@@oauth2-register"
    client_id = registering().json()["client_id"]
    site.plugin.dynamic_registration = False
    site.commit()
    assert "registration_endpoint" not in site.get(path).json()
    assert registering().status_code == 404
    assert person.ask(client_id).status_code == 200


@pytest.mark.parametrize(
    ("members", "error"),
    [
        ({}, "invalid_redirect_uri"),
        ([], "invalid_client_metadata"),
        ({"redirect_uris": ["https://x.example/#f"]}, "invalid_redirect_uri"),
        ({"redirect_uris": [URI], "jwks": 1}, "invalid_client_metadata"),
        (
            {"redirect_uris": [URI], "software_statement": "x"},
            "unapproved_software_statement",
        ),
    ],
)
def test_a_registration_that_cannot_be_says_why(
    site: Any, registering: Registering, members: Any, error: str
) -> None:
    """DR-04: and stores nothing."""
    answer = registering(members)
    assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert answer.json()["error_description"]
    site.sync()
    assert not list(site.context.storage["registration"].all())


@pytest.mark.parametrize(
    ("body", "media_type", "status"),
    [
        (b"{", "application/json", 400),
        (b'{"redirect_uris": ["' + URI.encode() + b'"]}', "text/plain", 400),
        (b"\xff", "application/json", 400),
        (b'{"a": 1, "a": 2}', "application/json", 400),
        (b"[" * 5000, "application/json", 400),
        (b'"' + b"x" * 17_000 + b'"', "application/json", 413),
    ],
)
def test_what_is_no_json_object_is_refused(
    site: Any, registering: Registering, body: bytes, media_type: str, status: int
) -> None:
    """DR-02, DR-04."""
    answer = requests.post(
        f"{site.url}/@@oauth2-register",
        data=body,
        headers={"Content-Type": media_type},
        timeout=30,
    )
    assert answer.status_code == status
    assert answer.json()["error"] in ("invalid_client_metadata", "invalid_request")


def test_a_page_of_another_site_can_register_an_application(
    site: Any, registering: Registering
) -> None:
    """CR-33."""
    answer = requests.options(
        f"{site.url}/@@oauth2-register",
        headers={
            "Origin": "https://inspector.example",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type",
        },
        timeout=30,
    )
    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Methods"] == "POST"
    assert registering({}).headers["Access-Control-Allow-Origin"] == "*"


def test_applications_of_a_refused_host_do_not_register(
    site: Any, registering: Registering
) -> None:
    """DR-27."""
    site.plugin.refused_hosts = ("evil.example",)
    site.commit()
    answer = registering({"redirect_uris": ["https://evil.example/cb"]})
    assert answer.json()["error"] == "invalid_redirect_uri"


@pytest.mark.parametrize(
    ("setting", "host"),
    [("refused_hosts", "evil.example"), ("self_registered_hosts", "good.example")],
)
def test_each_host_of_an_application_has_to_be_allowed(
    site: Any, registering: Registering, person: Person, setting: str, host: str
) -> None:
    """DR-27: threat: a good one is named first, and answers go to another."""
    members = {"redirect_uris": ["https://good.example/cb", "https://evil.example/cb"]}
    client_id = registering(members).json()["client_id"]
    setattr(site.plugin, setting, (host,))
    site.commit()
    assert registering(members).json()["error"] == "invalid_redirect_uri"
    uri = "https://evil.example/cb"
    assert person.authorize(client_id=client_id, redirect_uri=uri).status_code == 400


@pytest.mark.parametrize(
    ("native", "allowed"),
    [
        ("http://127.0.0.1:5000/cb", "127.0.0.1"),
        ("http://[::1]/cb", "[::1]"),
        ("http://localhost/cb", "localhost"),
        ("cursor://x/cb", "cursor:"),
        ("org.good.example:/cb", "org.good.example:"),
    ],
)
def test_a_host_of_the_web_lets_in_no_program_on_a_computer(
    site: Any, registering: Registering, person: Person, native: str, allowed: str
) -> None:
    """DR-27: threat: a good host is named first, and answers go to any program."""
    members = {"redirect_uris": ["https://good.example/cb", native]}
    client_id = registering(members).json()["client_id"]
    for hosts in (("good.example",), (allowed, "good.example")):
        IRegistrationSettings["self_registered_hosts"].validate(hosts)
        site.plugin.self_registered_hosts = hosts
        site.commit()
        may = allowed in hosts
        assert registering(members).status_code == (201 if may else 400)
        page = person.authorize(client_id=client_id, redirect_uri=native)
        assert page.status_code == (200 if may else 400)


def test_a_scheme_is_no_host(site: Any, registering: Registering) -> None:
    """DR-27: nor a host of that name a scheme."""
    for hosts, uri in (
        (("cursor",), "cursor://x/cb"),
        (("cursor:",), "https://cursor/cb"),
    ):
        site.plugin.self_registered_hosts = hosts
        site.commit()
        assert registering({"redirect_uris": [uri]}).status_code == 400


def test_people_read_that_a_program_on_their_computer_may_answer(
    registering: Registering, person: Person
) -> None:
    """DR-15, DR-26: beside a host that they may trust."""
    uri = "http://127.0.0.1:5000/cb"
    members = {"redirect_uris": ["https://a.example/cb", uri]}
    client_id = registering(members).json()["client_id"]
    page = person.authorize(client_id=client_id, redirect_uri=uri, scope="plone.read")
    assert "<strong>a.example, 127.0.0.1</strong>" in page.text
    assert "<strong>127.0.0.1:5000</strong>" in page.text


def test_people_read_all_hosts_that_answers_can_go_to(
    registering: Registering, person: Person
) -> None:
    """DR-15, DR-26: VS Code has two."""
    members = {"redirect_uris": ["https://a.example/cb", "https://b.example/cb"]}
    client_id = registering(members).json()["client_id"]
    page = person.authorize(
        client_id=client_id, redirect_uri="https://b.example/cb", scope="plone.read"
    )
    assert "<strong>a.example, b.example</strong>" in page.text


def test_people_read_a_host_once(registering: Registering, person: Person) -> None:
    """DR-26: the one that answers for an application, where they continue at it."""
    uri = "https://a.example/cb"
    client_id = registering({"redirect_uris": [uri]}).json()["client_id"]
    page = person.authorize(client_id=client_id, redirect_uri=uri, scope="plone.read")
    assert page.text.count("<strong>a.example</strong>") == 1


def test_a_refused_host_ends_those_that_are_registered(
    site: Any, registering: Registering, person: Person
) -> None:
    """DR-27."""
    client_id = registering().json()["client_id"]
    token = person.token(client_id)["access_token"]
    site.plugin.refused_hosts = ("127.0.0.1",)
    site.commit()
    assert site.api("GET", "", token).status_code == 401
    assert person.ask(client_id).status_code == 400


def test_a_flood_is_slowed_down(registering: Registering) -> None:
    """DR-11."""
    statuses = [registering().status_code for _ in range(MAX_PER_NETWORK + 3)]
    assert statuses == [201] * MAX_PER_NETWORK + [429] * 3


def test_a_flood_from_everywhere_is_slowed_down_too() -> None:
    """DR-11: and it is over after a minute."""
    rate = RegistrationRate()
    for number in range(MAX_IN_ALL):
        rate.check(f"192.0.2.{number}", 0)
    with pytest.raises(TooManyRequests):
        rate.check("198.51.100.1", 59)
    rate.check("198.51.100.1", 60)
    rate.check("what a proxy sends", 61)


def test_there_are_never_more_than_the_maximum(
    site: Any, registering: Registering, person: Person
) -> None:
    """DR-11: the oldest goes that nobody uses."""
    site.plugin.max_registrations = 3
    site.commit()
    used = registering().json()["client_id"]
    person.token(used)
    ids = [registering().json()["client_id"] for _ in range(5)]
    site.sync()
    kept = {each.client_id for each in site.context.storage["registration"].all()}
    assert kept == {used, *ids[-2:]}


def test_there_is_no_room_where_people_use_all(
    site: Any, registering: Registering, person: Person
) -> None:
    """DR-11."""
    site.plugin.max_registrations = 1
    site.commit()
    person.token(registering().json()["client_id"])
    answer = registering()
    assert answer.status_code == 503
    assert answer.json()["error"] == "temporarily_unavailable"
