"""Applications that are known by a document at the URL that is their client id."""

from pas.plugins.tokenauth.authorization_server.clients import find_client
from pas.plugins.tokenauth.fetching.fetcher import Fetcher
from pas.plugins.tokenauth.fetching.interfaces import IFetcher
from tests.registration.conftest import Documents
from tests.registration.conftest import Person
from tests.registration.conftest import Registering
from tests.registration.conftest import URI
from typing import Any
from zope.component import getGlobalSiteManager

import pytest
import requests


def metadata(site: Any) -> dict[str, Any]:
    return site.get("/.well-known/oauth-authorization-server").json()


def test_a_person_lets_an_application_act_that_nobody_registered(
    site: Any, person: Person, documents: Documents
) -> None:
    """DR-17, DR-18, DR-21: from its document to content."""
    token = person.token(documents.url)
    assert token["scope"] == "plone.read"
    answer = site.api("GET", "/@users/alice", token["access_token"])
    assert answer.json()["id"] == "alice"


def test_a_person_reads_who_asks(person: Person, documents: Documents) -> None:
    """DR-15, DR-26, DR-33: the host counts, and no picture is shown."""
    documents.members["client_name"] = "<b>Plone</b>"
    documents.members["logo_uri"] = "https://evil.example/logo.png"
    page = person.ask(documents.url).text
    assert "&lt;b&gt;Plone&lt;/b&gt;" in page
    assert "nobody has checked its name" in page
    assert f"<strong>{documents.host}</strong>" in page
    assert "Any program on your computer can claim to be this application" in page
    assert "logo.png" not in page


def test_a_redirect_to_the_web_needs_no_caution(
    person: Person, documents: Documents
) -> None:
    """DR-26, DR-29: another host than that of the document stands there."""
    uri = "https://elsewhere.example/cb"
    documents.members["redirect_uris"] = [uri]
    page = person.authorize(
        client_id=documents.url, redirect_uri=uri, scope="plone.read"
    ).text
    assert "Any program" not in page
    assert "<strong>elsewhere.example</strong>" in page
    assert f"<strong>{documents.host}</strong>" in page


def test_a_person_is_asked_each_time(person: Person, documents: Documents) -> None:
    """CO-01, DR-10: whatever is recorded."""
    person.token(documents.url)
    assert person.ask(documents.url).status_code == 200
    silent = person.ask(documents.url, prompt="none")
    assert "error=consent_required" in silent.headers["Location"]


@pytest.mark.parametrize(
    "changes",
    [
        {"response_type": "x"},
        {"scope": "bogus"},
        {"code_challenge": None},
        {"prompt": "none", "response_mode": "form_post"},
    ],
)
def test_no_document_makes_the_site_lead_elsewhere(
    person: Person, documents: Documents, changes: dict[str, Any]
) -> None:
    """AE-39: nobody is logged in, and nobody has ever allowed it anything."""
    uri = "https://evil.example/login"
    documents.members["redirect_uris"] = [uri]
    person.session.cookies.clear()
    answer = person.authorize(client_id=documents.url, redirect_uri=uri, **changes)
    assert answer.status_code == 403
    assert "Location" not in answer.headers
    assert "<script" not in answer.text
    assert "Back to the application (evil.example)" in answer.text


def test_a_redirect_uri_is_one_of_the_document(
    person: Person, documents: Documents
) -> None:
    """DR-29, AE-03."""
    answer = person.authorize(
        client_id=documents.url, redirect_uri="https://evil.example/cb"
    )
    assert answer.status_code == 400
    assert "Location" not in answer.headers


def test_the_port_of_a_program_on_the_computer_is_any(
    person: Person, documents: Documents
) -> None:
    """DR-29, AE-05."""
    answer = person.authorize(
        client_id=documents.url,
        redirect_uri=URI.replace("33418", "51004"),
        scope="plone.read",
    )
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "https://other.example/client.json"},
        {"client_secret": "s"},
        {"token_endpoint_auth_method": "client_secret_post"},
        {"redirect_uris": []},
        {"client_name": "x" * 6000},
    ],
)
def test_a_document_that_is_not_right_is_none(
    person: Person, documents: Documents, changes: dict[str, Any]
) -> None:
    """DR-18, DR-19, DR-24."""
    documents.members.update(changes)
    answer = person.ask(documents.url)
    assert answer.status_code == 503
    assert "cannot be verified now" in answer.text
    assert "Location" not in answer.headers


@pytest.mark.parametrize("name", ["issuer", "pages_url"])
@pytest.mark.parametrize("path", ["", "/Plone"])
def test_no_document_on_the_site_itself_is_that_of_an_application(
    site: Any, documents: Documents, name: str, path: str
) -> None:
    """Threat: members who may add a file would ask in the name of the site."""
    assert find_client(site.context, documents.url) is not None
    setattr(site.plugin, name, f"http://{documents.host}{path}")
    assert find_client(site.context, documents.url) is None
    assert documents.count == 0


@pytest.mark.parametrize(
    ("url", "is_one"),
    [
        ("https://rp.example/d.json", False),
        ("https://RP.example:443/@@download/d.json", False),
        ("https://rp.example:8443/d.json", True),
        ("https://www.rp.example/d.json", True),
    ],
)
def test_the_site_is_known_however_its_host_is_spelled(
    site: Any, documents: Documents, url: str, is_one: bool
) -> None:
    """Threat: as above; another port is another program's."""
    site.plugin.issuer = "https://rp.example"
    assert (find_client(site.context, url) is not None) is is_one


@pytest.mark.parametrize("status", ["404 Not Found", "500 Oops", "302 Found"])
def test_a_document_that_cannot_be_had_is_asked_for_later(
    person: Person, documents: Documents, status: str
) -> None:
    """DR-18, DR-22, DR-24: not at once again."""
    documents.status = status
    for _ in range(3):
        answer = person.ask(documents.url)
        assert answer.status_code == 503
        assert "cannot be verified now" in answer.text
    assert documents.count == 1


def test_a_host_of_ones_own_network_is_not_asked(
    person: Person, documents: Documents, zope_conf: dict[str, str]
) -> None:
    """DR-20, DR-21: the exception is for those that zope.conf names."""
    del zope_conf["fetch-hosts"]
    answer = person.ask(documents.url)
    assert answer.status_code == 400
    for url in ("https://127.0.0.1/client.json", "https://localhost/client.json"):
        answer = person.ask(url)
        assert answer.status_code == 503
        assert "127.0.0.1" not in answer.text.replace(URI, "")
    assert documents.count == 0


def test_what_uses_of_a_token_need_is_not_in_the_document(
    site: Any, person: Person, documents: Documents
) -> None:
    """DR-22, DR-23: it is fetched once, and not for any use."""
    token = person.token(documents.url)["access_token"]
    assert documents.count == 1
    documents.status = "404 Not Found"
    for _ in range(3):
        assert site.api("GET", "", token).status_code == 200
    assert documents.count == 1


def test_a_document_that_is_kept_is_used_while_its_server_is_away(
    person: Person, documents: Documents
) -> None:
    """DR-24."""
    assert person.ask(documents.url).status_code == 200
    documents.status = "503 Service Unavailable"
    assert person.ask(documents.url).status_code == 200
    assert documents.count == 1


def test_strangers_who_ask_store_nothing(
    site: Any, documents: Documents, sealing_key: str
) -> None:
    """DR-23."""
    site.add_user("alice")
    database = site.app._p_jar.db()
    before = database.lastTransaction()
    for number in range(20):
        url = f"{documents.url}?{number}"
        answer = requests.get(
            f"{site.url}/@@oauth2-authorize",
            params={"client_id": url, "redirect_uri": URI},
            allow_redirects=False,
            timeout=30,
        )
        assert answer.status_code == 503
    assert database.lastTransaction() == before
    # A host is asked ten times a minute.
    assert documents.count == 10


def test_strangers_cannot_keep_people_from_an_application_that_somebody_has_allowed(
    site: Any, person: Person, documents: Documents
) -> None:
    """DR-23: however often they ask its host."""
    person.token(documents.url)
    getGlobalSiteManager().registerUtility(Fetcher(), IFetcher)
    for number in range(12):
        requests.get(
            f"{site.url}/@@oauth2-authorize",
            params={"client_id": f"{documents.url}?{number}", "redirect_uri": URI},
            allow_redirects=False,
            timeout=30,
        )
    assert person.ask(documents.url).status_code == 200


def test_no_document_is_fetched_without_a_sealing_key(
    site: Any, documents: Documents
) -> None:
    """DR-23, OD-12: nothing could come of it."""
    answer = requests.get(
        f"{site.url}/@@oauth2-authorize",
        params={"client_id": documents.url, "redirect_uri": URI},
        allow_redirects=False,
        timeout=30,
    )
    assert answer.status_code == 503
    assert "switched off" in answer.text
    assert documents.count == 0


def test_a_changed_document_counts_at_the_next_request(
    person: Person, documents: Documents
) -> None:
    """DR-25: as soon as it is not kept any more."""
    person.token(documents.url)
    documents.members["redirect_uris"] = ["https://assistant.example/new"]
    getGlobalSiteManager().registerUtility(Fetcher(), IFetcher)
    assert person.ask(documents.url).status_code == 400


@pytest.mark.parametrize(
    ("scope", "granted"),
    [
        ("plone.read", "plone.read"),
        ("plone.read plone.write plone.admin plone.links groups", "plone.read"),
    ],
)
def test_a_self_registered_application_reads_at_most(
    person: Person, documents: Documents, scope: str, granted: str
) -> None:
    """DR-10, CR-15."""
    assert person.token(documents.url, scope)["scope"] == granted


def test_an_administrator_can_let_them_write(
    site: Any, person: Person, documents: Documents
) -> None:
    """DR-10, CO-06: and no more than that."""
    site.portal.manage_setLocalRoles("alice", ["Contributor", "Editor"])
    site.commit()
    token = person.token(documents.url)["access_token"]
    body = {"@type": "Document", "title": "No"}
    answer = site.api("POST", "", token, json=body)
    assert answer.status_code == 403
    assert "WWW-Authenticate" not in answer.headers
    site.plugin.self_registered_scope = "plone.write"
    site.commit()
    answer = site.api("POST", "", token, json=body)
    assert 'scope="plone.read plone.write"' in answer.headers["WWW-Authenticate"]
    everything = "plone.read plone.write plone.admin"
    assert person.token(documents.url, everything)["scope"] == "plone.read plone.write"


def test_a_scope_that_was_taken_from_all_ends_tokens(
    site: Any, person: Person, documents: Documents
) -> None:
    """DR-10, CR-28."""
    site.plugin.self_registered_scope = "plone.write"
    site.commit()
    token = person.token(documents.url, "plone.write")["access_token"]
    assert site.api("GET", "", token).status_code == 200
    site.plugin.self_registered_scope = "plone.read"
    site.commit()
    assert site.api("GET", "", token).status_code == 401


@pytest.mark.parametrize(
    ("setting", "hosts", "may"),
    [
        ("self_registered_hosts", ("127.0.0.1",), True),
        ("self_registered_hosts", ("other.example", "*.127.0.0.1"), False),
        ("self_registered_hosts", ("*.0.0.1",), True),
        ("refused_hosts", ("127.0.0.1",), False),
        ("refused_hosts", ("127.0.0.1:1",), False),
        ("refused_hosts", ("example.org",), True),
    ],
)
def test_hosts_are_allowed_and_refused(
    site: Any,
    person: Person,
    documents: Documents,
    setting: str,
    hosts: tuple[str, ...],
    may: bool,
) -> None:
    """DR-27: at once, also for tokens that people have given."""
    token = person.token(documents.url)["access_token"]
    if hosts == ("127.0.0.1:1",):
        hosts = (documents.host,)
    setattr(site.plugin, setting, hosts)
    site.commit()
    assert (site.api("GET", "", token).status_code == 200) is may
    assert (person.ask(documents.url).status_code == 200) is may


def test_documents_can_be_switched_off(
    site: Any, person: Person, documents: Documents
) -> None:
    """DR-27, OD-03, OD-05."""
    assert metadata(site)["client_id_metadata_document_supported"] is True
    assert "none" in metadata(site)["token_endpoint_auth_methods_supported"]
    token = person.token(documents.url)["access_token"]
    site.plugin.client_documents = False
    site.commit()
    assert "client_id_metadata_document_supported" not in metadata(site)
    assert person.ask(documents.url).status_code == 400
    assert site.api("GET", "", token).status_code == 401


def test_nothing_is_promised_without_a_sealing_key(
    site: Any, zope_conf: dict[str, str]
) -> None:
    """OD-03, OD-12."""
    site.plugin.dynamic_registration = True
    site.commit()
    assert "client_id_metadata_document_supported" not in metadata(site)
    assert "registration_endpoint" not in metadata(site)
    zope_conf["sealing-key"] = "A" * 43 + "="
    assert metadata(site)["client_id_metadata_document_supported"] is True


def test_a_self_registered_application_obtains_nothing_for_itself(
    site: Any, documents: Documents, registering: Registering
) -> None:
    """DR-10."""
    for client_id in (documents.url, registering().json()["client_id"]):
        answer = requests.post(
            site.endpoint,
            data={"grant_type": "client_credentials", "client_id": client_id},
            timeout=30,
        )
        assert answer.json()["error"] == "unauthorized_client"


def test_a_password_of_an_unreachable_document_is_not_asked_for(
    site: Any, person: Person, documents: Documents
) -> None:
    """DR-24: nobody logs in for an application that cannot be verified."""
    documents.status = "404 Not Found"
    person.session.cookies.clear()
    answer = person.ask(documents.url)
    assert answer.status_code == 503


@pytest.mark.parametrize("host", ["\u0430ssistant.example", "assistant\u3002example"])
def test_a_host_in_other_letters_is_none(
    person: Person, documents: Documents, host: str
) -> None:
    """DR-31: one that looks like another is written in ASCII, as browsers do."""
    answer = person.ask(f"https://{host}/client.json")
    assert answer.status_code == 400
    assert documents.count == 0
