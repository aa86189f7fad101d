"""Every page of ours, for checks that hold for all of them.

A new page is a new entry of PAGES, or of TOKEN_PAGES. A test module takes the
fixtures by `pytest_plugins`.
"""

from collections.abc import Callable
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization import PublicFormat
from instance import ROOT_USER
from instance import SITE_USER
from tests.credentials.pages.chromium import ask_to_revoke
from tests.credentials.pages.chromium import downloaded
from tests.credentials.pages.chromium import issue
from tests.credentials.pages.chromium import issue_token
from tests.credentials.pages.chromium import LIST
from tests.credentials.pages.chromium import obtain_token
from tests.credentials.pages.chromium import revoke
from tests.credentials.pages.chromium import TOKENS
from typing import Any

import pytest
import requests


#: Where administrators manage the keys of everybody.
PANEL = "@@tokenauth-controlpanel"
#: A user who may have service keys and has none.
NEWCOMER = ("newcomer", "correct-horse-battery-1")
#: What is shared by link.
DOCUMENT = "budget"

#: The same for pages about a personal access token, given the id of a live one.
TOKEN_PAGES: dict[str, Callable[[Any, str], Any]] = {
    "first visit to tokens": lambda page, _: page.goto(TOKENS),
    "tokens": lambda page, _: page.goto(TOKENS),
    "issue token": lambda page, _: page.goto(f"{TOKENS}-issue"),
    "issue token, with errors": lambda page, _: issue_token_wrongly(page),
    "new token": lambda page, _: issue_token(page),
    "edit token": lambda page, token: page.goto(f"{TOKENS}-edit?id={token}"),
    "rotate token": lambda page, token: page.goto(f"{TOKENS}-rotate?id={token}"),
    "disable token": lambda page, token: page.goto(f"{TOKENS}-disable?id={token}"),
    "revoke token": lambda page, token: page.goto(f"{TOKENS}-revoke?id={token}"),
    "usage of token": lambda page, token: page.goto(f"{TOKENS}-logs?id={token}"),
    "edit token, in the panel": lambda page, token: page.goto(
        f"{PANEL}-edit?id={token}"
    ),
    "usage of token, in the panel": lambda page, token: page.goto(
        f"{PANEL}-logs?id={token}"
    ),
}
#: What a user sees -> how to get there, given the client id of a live key.
PAGES: dict[str, Callable[[Any, str], Any]] = {
    "first visit": lambda page, _: page.goto(LIST),
    "list": lambda page, _: page.goto(LIST),
    "issue": lambda page, _: page.goto(f"{LIST}-issue"),
    "issue, with errors": lambda page, _: fill_in_wrongly(page),
    "keyfile": lambda page, _: issue(page),
    "keyfile, for a public key": lambda page, _: give_public_key(page),
    "edit": lambda page, key: page.goto(f"{LIST}-edit?id={key}"),
    "rotate": lambda page, key: page.goto(f"{LIST}-rotate?id={key}"),
    "disable": lambda page, key: page.goto(f"{LIST}-disable?id={key}"),
    "revoke": lambda page, key: ask_to_revoke(page, key),
    "usage": lambda page, key: page.goto(f"{LIST}-logs?id={key}"),
    "all keys": lambda page, _: page.goto(PANEL),
    "settings": lambda page, _: page.goto(f"{PANEL}-settings"),
    "settings, with errors": lambda page, _: change_wrongly(page),
    "revoke before a time": lambda page, _: page.goto(f"{PANEL}-revoke-before"),
    "revoke before a time, question": lambda page, _: ask_to_revoke_before(page),
    "edit, in the panel": lambda page, key: page.goto(f"{PANEL}-edit?id={key}"),
    "transfer": lambda page, key: page.goto(f"{PANEL}-transfer?id={key}"),
    "issue to whom": lambda page, _: page.goto(f"{PANEL}-issue"),
    "issue to somebody": lambda page, _: page.goto(f"{PANEL}-issue?owner=demo"),
    "issue to nobody": lambda page, _: page.goto(f"{PANEL}-issue?owner=nobody"),
    "register application": lambda page, _: page.goto(f"{PANEL}-register-application"),
    "register CAS service": lambda page, _: page.goto(f"{PANEL}-register-cas-service"),
    "activity": lambda page, _: page.goto(f"{PANEL}-activity"),
    "signing keys": lambda page, _: page.goto(f"{PANEL}-signing-keys"),
    "links to a document": lambda page, _: page.goto(f"{DOCUMENT}/@@share-by-link"),
    "make link": lambda page, _: page.goto(f"{DOCUMENT}/@@share-by-link-issue"),
    "new link": lambda page, _: make_link(page),
    "links": lambda page, _: page.goto("@@manage-signed-links"),
    "link": lambda page, _: follow_link(page),
}
#: Who looks at a page, where it is not the user who owns the credentials.
VISITORS = {
    "first visit": NEWCOMER,
    "first visit to tokens": NEWCOMER,
    "transfer": ROOT_USER,
    "issue to whom": ROOT_USER,
    "issue to somebody": ROOT_USER,
    "issue to nobody": ROOT_USER,
    "register application": ROOT_USER,
    "register CAS service": ROOT_USER,
}


@pytest.fixture
def visit(
    open_page: Callable[..., Any],
    newcomer: None,
    document: None,
    cas: None,
    client_id: str,
    token_id: str,
) -> Callable[..., Any]:
    """Opens one of these pages; what is done before, is done with an empty page."""

    def visit(name: str, *before: Callable[[Any], None], **options: Any) -> Any:
        page = open_page(user=VISITORS.get(name, SITE_USER), **options)
        for prepare in before:
            prepare(page)
        if name in TOKEN_PAGES:
            TOKEN_PAGES[name](page, token_id)
        else:
            PAGES[name](page, client_id)
        return page

    return visit


@pytest.fixture(scope="module")
def newcomer(instance: Any) -> None:
    """Adds the user NEWCOMER to the site."""
    name, password = NEWCOMER
    user = {
        "username": name,
        "password": password,
        "email": f"{name}@example.org",
        "roles": ["Member", "Site Administrator"],
    }
    add(f"{instance.url}/@users", user)


@pytest.fixture(scope="module")
def document(instance: Any) -> None:
    """Adds the DOCUMENT to the site."""
    title = "The budget of the year after next"
    add(instance.url, {"@type": "Document", "id": DOCUMENT, "title": title})


@pytest.fixture(scope="module")
def cas(instance: Any) -> None:
    """Makes the site a CAS server."""
    response = requests.patch(
        f"{instance.url}/@controlpanels/tokenauth",
        json={"cas_enabled": True},
        headers={"Accept": "application/json"},
        auth=SITE_USER,
        timeout=60,
    )
    assert response.status_code == 204, response.text


def add(url: str, thing: dict[str, Any]) -> None:
    """Add something over REST."""
    response = requests.post(
        url,
        json=thing,
        headers={"Accept": "application/json"},
        auth=SITE_USER,
        timeout=60,
    )
    assert response.status_code == 201, response.text


@pytest.fixture(scope="module")
def client_id(chromium: Any, instance: Any, cookies: Callable[..., Any]) -> str:
    """A key that was used, beside one that was revoked."""
    context = chromium.new_context(
        base_url=f"{instance.url}/", storage_state=cookies(SITE_USER)
    )
    page = context.new_page()
    issue(page, "An old key")
    revoke(page, downloaded(page, "Download keyfile")["client_id"])
    issue(page, "A key in use")
    keyfile = downloaded(page, "Download keyfile")
    context.close()
    assert obtain_token(keyfile).status_code == 200
    return keyfile["client_id"]


@pytest.fixture(scope="module")
def token_id(chromium: Any, instance: Any, cookies: Callable[..., Any]) -> str:
    """A personal access token, beside one that was revoked."""
    context = chromium.new_context(
        base_url=f"{instance.url}/", storage_state=cookies(SITE_USER)
    )
    page = context.new_page()
    issue_token(page, "An old token")
    page.goto(TOKENS)
    page.get_by_role("link", name="Revoke").click()
    page.get_by_role("button", name="Revoke").click()
    page.get_by_text("Personal access tokens revoked: 1.").wait_for()
    issue_token(page, "A token in use")
    page.goto(TOKENS)
    row = page.get_by_role("row").filter(has_text="A token in use")
    token_id: str = row.get_attribute("id")
    context.close()
    return token_id


def issue_token_wrongly(page: Any) -> None:
    """Send the form for a new token with mistakes in it."""
    page.goto(f"{TOKENS}-issue")
    page.get_by_label("Title").fill("A token")
    page.get_by_label("On a day of your choice").check()
    page.get_by_role("button", name="Issue personal access token").click()
    page.get_by_role("alert").wait_for()


def make_link(page: Any) -> str:
    """Make a link that asks for a password; its URL, which the page shows once."""
    page.goto(f"{DOCUMENT}/@@share-by-link-issue")
    page.get_by_role("textbox", name="Title").fill("For the council")
    page.get_by_label("Password").fill("Correct-Horse-1")
    page.get_by_role("button", name="Make the link").click()
    page.get_by_role("heading", name="Your new link").wait_for()
    return page.get_by_label("Link", exact=True).input_value()


def follow_link(page: Any) -> None:
    """Go where a link leads, as somebody who has no account."""
    url = make_link(page)
    page.context.clear_cookies()
    page.goto(url)
    page.get_by_label("Password").wait_for()


def give_public_key(page: Any) -> None:
    """Issue a key whose private half only the client has."""
    page.goto(f"{LIST}-issue")
    page.get_by_label("Title").fill("From a public key")
    page.get_by_label("I'll upload my own public key").check()
    page.get_by_label("Public key", exact=True).fill(public_key())
    page.get_by_role("button", name="Issue service key").click()
    page.get_by_role("heading", name="Your new service key").wait_for()


def public_key() -> str:
    """A public key as people have it in their home directory."""
    key = Ed25519PrivateKey.generate().public_key()
    return key.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()


def fill_in_wrongly(page: Any) -> None:
    """Send the form for a new key with mistakes in it."""
    page.goto(f"{LIST}-issue")
    page.get_by_label("IP ranges").fill("192.0.2.300")
    page.get_by_label("Never", exact=True).check()
    page.get_by_label("Administer", exact=True).check()
    page.get_by_role("button", name="Issue service key").click()
    page.get_by_role("alert").get_by_role("link", name="Expiry").wait_for()


def change_wrongly(page: Any) -> None:
    """Send the settings with something that cannot be."""
    page.goto(f"{PANEL}-settings")
    page.get_by_label("Leeway (seconds)").fill("301")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Nothing is saved yet.").wait_for()


def ask_to_revoke_before(page: Any) -> None:
    """Choose a time and go on to the question."""
    page.goto(f"{PANEL}-revoke-before")
    page.get_by_label("Revoke everything that was issued or registered before").fill(
        "2199-12-31T23:59"
    )
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Revoke them all").wait_for()
