"""What go-oauth2-server answered to 64 requests, and what this site does.

``go-oauth2-server.json`` was written by the server itself. Its requests are sent in
their order, with the paths, names and secrets of this site: each is answered with the
same outcome in the words of the standard, or otherwise for a reason that stands here.
"""

from pathlib import Path
from tests.applications.registering import register as register
from tests.delegation.conftest import Browser
from tests.plone_fixtures import PASSWORD
from typing import Any
from urllib.parse import parse_qsl
from urllib.parse import urlencode
from urllib.parse import urlsplit

import base64
import json
import pytest
import requests


EXCHANGES = json.loads((Path(__file__).parent / "go-oauth2-server.json").read_text())[
    "exchanges"
]
HOME = "https://www.example.com"
PATHS = {
    "/v1/health": "/@@tokenauth-health",
    "/v1/oauth/tokens": "/@@oauth2-token",
    "/v1/oauth/introspect": "/@@oauth2-introspect",
    "/web/authorize": "/@@oauth2-authorize",
}
#: Its sentences in the words of RFC 6749 and RFC 7662.
OUTCOMES = {
    "Invalid scope": "invalid_scope",
    "Requested scope cannot be greater": "invalid_scope",
    "Invalid client ID or secret": "invalid_client",
    "Invalid grant type": "unsupported_grant_type",
    "Invalid username or password": "invalid_grant",
    "Refresh token not found": "invalid_grant",
    "Authorization code not found": "invalid_grant",
    "Invalid redirect URI": "invalid_grant",
    "Token missing": "invalid_request",
    "Access token not found": "inactive",
    "Invalid token hint": "invalid_request",
}
READ, WRITE = "token plone.read", "token plone.read plone.write"
#: What is answered otherwise, and why.
OTHERWISE = {
    # Client ids are compared as they are.
    "upper case client id": "invalid_client",
    # RFC 6749 section 2.3.1 has the secret in the body, too.
    "client in body": READ,
    # Parameters in URLs stand in logs (section 3.2).
    "grant in the query": "invalid_request",
    # The grant type is not wrong, but missing (section 5.2).
    "no grant": "invalid_request",
    "JSON body": "invalid_request",
    # Each exchange has a refresh token of its own, and the last was granted less.
    "refresh": f"{READ} user_id refresh_token",
    "refresh used again": f"{READ} user_id refresh_token",
    # Less than was granted may be asked for (section 6).
    "refresh smaller scope": f"{READ} user_id refresh_token",
    # The hint is none but a hint (RFC 7662 section 2.1).
    "introspect refresh without hint": "active",
    "introspect bad hint": "inactive",
    # A client learns about its own tokens only.
    "introspect by other client": "inactive",
    # Whoever names none at authorize need not name it here (RFC 6749 section 4.1.3).
    "code of a request without redirect_uri, without it": (
        f"{WRITE} user_id refresh_token"
    ),
    # That code is used by then.
    "with the client's": "invalid_grant",
    # People are sent to registered places only.
    "unregistered redirect_uri is accepted": "page",
    # A token lives as long as the settings say, whatever a form says.
    "implicit without lifetime": WRITE,
    # The client is known by then, so it learns the error (RFC 6749 section 4.1.2.1).
    "bad response_type": "unsupported_response_type",
    # Who logs out at the site ends no token of an application: they revoke that.
    "access token after logout": "active",
}
#: Plone has pages of its own for these.
NOT_HERE = ("/web/register", "/web/logout")


def outcome_in(parameters: dict[str, str]) -> str:
    """What an answer with these members comes to."""
    if "access_token" in parameters:
        is_wide = "write" in parameters["scope"]
        more = [each for each in ("user_id", "refresh_token") if each in parameters]
        return " ".join([WRITE if is_wide else READ, *more])
    if "active" in parameters:
        return "active" if parameters["active"] else "inactive"
    return "code" if "code" in parameters else parameters["error"]


def outcome(status: int, headers: Any, text: str) -> str:
    """What an answer comes to, in words that are the same for both servers."""
    location = headers.get("Location", "")
    if location.startswith(HOME):
        members = location.removeprefix(HOME).strip("/")
        assert members.startswith("#") or "access_token" not in members
        found = dict(parse_qsl(members[1:]))
        assert found["state"] == "somestate"
        return outcome_in(found)
    if location:
        return "log-in" if "/login?" in location else "onwards"
    if status == 405:
        return "other method"
    if "json" not in headers.get("Content-Type", ""):
        return "page"
    members = json.loads(text)
    if "healthy" in members or "checks" in members:
        return "healthy" if status == 200 else "ill"
    said = outcome_in(members)
    return OUTCOMES.get(said, said)


class Replay:
    """Sends what the clients of that server have sent."""

    def __init__(self, site: Any, clients: dict[str, Any]) -> None:
        self.site = site
        self.browser = Browser(site)
        self.clients = clients
        #: Ids, names, scopes, codes and tokens there, and what stands for them here.
        self.ours = {
            "test@user": "alice",
            "test_password": PASSWORD,
            "read": "plone.read",
            "read_write": "plone.write",
            "read read_write": "plone.read plone.write",
            **{name: each.credential.client_id for name, each in clients.items()},
            "test_secret": str(clients["test_client_1"].secret),
        }

    def send(self, exchange: dict[str, Any]) -> str:
        """What one request comes to."""
        sent = exchange["request"]
        path, _question, query = sent["path"].partition("?")
        if path == "/web/login":
            return self.log_in(sent)
        url = f"{self.site.url}{PATHS[path]}"
        if query:
            url = f"{url}?{self.translated(query)}"
        if path == "/web/authorize":
            answer = self.authorize(sent, url)
        else:
            answer = self.ask(sent, url)
        self.learn(exchange, answer)
        return outcome(answer.status_code, answer.headers, answer.text)

    def ask(self, sent: dict[str, Any], url: str) -> requests.Response:
        """A client asks."""
        headers = dict(sent["headers"])
        basic = headers.pop("Authorization", "")
        is_form = "urlencoded" in headers.get("Content-Type", "")
        body = self.translated(sent["body"]) if is_form else sent["body"]
        return requests.request(
            sent["method"],
            url,
            data=body,
            headers=headers,
            auth=self.authentication(basic) if basic else None,
            timeout=30,
        )

    def authorize(self, sent: dict[str, Any], url: str) -> requests.Response:
        """A person comes, and answers if they are asked; they have a button for it."""
        if sent["method"] == "GET":
            return self.browser.get(url)
        page = self.browser.get(f"{url}&prompt=consent")
        if page.status_code != 200:
            return page
        return self.browser.answer(page, "allow" if "allow" in sent["body"] else "deny")

    def log_in(self, sent: dict[str, Any]) -> str:
        """A person logs in at the form of the site, or fails to."""
        if sent["method"] == "GET":
            answer = self.browser.get(f"{self.site.url}/login")
            return "page" if "__ac_password" in answer.text else answer.text
        self.browser.log_in("alice" if "test_password" in sent["body"] else "nobody")
        is_in = "__ac" in self.browser.session.cookies
        return "onwards" if is_in else "log-in"

    def authentication(self, basic: str) -> tuple[str, str]:
        """Id and secret of the same client here."""
        name, _colon, secret = base64.b64decode(basic[6:]).decode().partition(":")
        issued = self.clients[name.lower()]
        client_id: str = issued.credential.client_id
        return (
            client_id if name in self.clients else client_id.upper(),
            str(issued.secret) if secret == "test_secret" else secret,
        )

    def translated(self, form: str) -> str:
        pairs = parse_qsl(form)
        return urlencode([(name, self.ours.get(each, each)) for name, each in pairs])

    def learn(self, exchange: dict[str, Any], answer: requests.Response) -> None:
        """What stands from now on for a code or a token there."""
        theirs = exchange["response"]
        there = members_of(theirs["headers"], theirs["body"])
        # A client keeps the refresh token that it is given instead of the one it sends.
        there = {**dict(parse_qsl(exchange["request"]["body"])), **there}
        here = members_of(answer.headers, answer.text)
        for name in ("code", "access_token", "refresh_token"):
            if name in there and name in here:
                self.ours[there[name]] = here[name]


def members_of(headers: Any, text: str) -> dict[str, Any]:
    """The members of an answer, wherever they stand."""
    if "Location" in headers:
        parts = urlsplit(headers["Location"])
        return dict(parse_qsl(parts.fragment or parts.query))
    is_json = "json" in headers.get("Content-Type", "")
    return json.loads(text) if is_json else {}


@pytest.fixture
def replay(site: Any, register: Any, sealing_key: str) -> Replay:
    """Two applications that do all that those of the vectors do, and alice."""
    site.add_user("alice")
    site.plugin.password_grant_enabled = True
    site.plugin.implicit_grant_enabled = True
    site.plugin.tells_user_id = True
    site.commit()
    options = {
        "scopes": ("plone.read", "plone.write"),
        "redirect_uris": (HOME,),
        "runs_as": "robot",
        "stays_signed_in": True,
        "uses_passwords": True,
        "uses_implicit_grant": True,
    }
    names = ("test_client_1", "test_client_2")
    return Replay(site, {name: register(title=name, **options) for name in names})


def test_what_clients_of_that_server_do_works_or_is_refused_for_a_reason(
    replay: Replay,
) -> None:
    """Conformance: LG-11."""
    theirs, ours = {}, {}
    for exchange in EXCHANGES:
        name, answer = exchange["name"], exchange["response"]
        if exchange["request"]["path"].startswith(NOT_HERE):
            continue
        theirs[name] = outcome(answer["status"], answer["headers"], answer["body"])
        ours[name] = replay.send(exchange)
        if name == "code, no redirect":
            # That code is used up here, so the person comes once more.
            allow = next(each for each in EXCHANGES if each["name"] == "allow")
            replay.send(allow)
    assert ours == {**theirs, **OTHERWISE}
    assert {name for name in ours if ours[name] != theirs[name]} == OTHERWISE.keys()


def test_every_exchange_is_sent_but_those_for_which_plone_has_pages() -> None:
    """Conformance: LG-11."""
    names = [each["name"] for each in EXCHANGES]
    left_out = [
        each["name"]
        for each in EXCHANGES
        if each["request"]["path"].startswith(NOT_HERE)
    ]
    assert len(names) == len(set(names)) == 64
    assert left_out == ["register", "register short", "logout"]
