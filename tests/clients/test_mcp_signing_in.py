"""MCP SDK: a person adds the site by its URL, and nobody has registered anything."""

from collections.abc import Callable
from collections.abc import Iterator
from pas.plugins.tokenauth.fetching.fetcher import Fetcher
from pas.plugins.tokenauth.fetching.interfaces import IFetcher
from pathlib import Path
from tests.clients.programs import library
from tests.delegation.conftest import Browser
from tests.delegation.conftest import parameters_of
from tests.fetching.hostile import answers
from tests.fetching.hostile import Authority
from tests.fetching.hostile import serving
from typing import Any
from zope.component import getGlobalSiteManager

import json
import pytest
import subprocess


anyio = library("anyio")
httpx = library("httpx2")
oauth2 = library("mcp.client.auth.oauth2")
shared = library("mcp.shared.auth")

JSON = {"Accept": "application/json"}
URI = "http://localhost:3030/callback"
NAME = "Assistant"
#: Version 1 has other dependencies, and is beside.
MCP1 = Path(__file__).parents[2] / "var" / "mcp1" / "bin" / "python"
PROGRAM = Path(__file__).with_name("mcp1_assistant.py")


class InMemory:
    """What the assistant keeps."""

    def __init__(self) -> None:
        self.tokens: Any = None
        self.client: Any = None

    async def get_tokens(self) -> Any:
        return self.tokens

    async def set_tokens(self, tokens: Any) -> None:
        self.tokens = tokens

    async def get_client_info(self) -> Any:
        return self.client

    async def set_client_info(self, client: Any) -> None:
        self.client = client


class Assistant:
    """An MCP client, whose person is alice.

    :param url: what she has entered
    :param document: URL of its document, None for one without
    """

    def __init__(self, site: Any, url: str, document: str | None = None) -> None:
        self.kept = InMemory()
        #: What was asked for each time, and the pages that alice saw.
        self.scopes: list[str] = []
        self.pages: list[str] = []
        self.requests: list[str] = []
        self._browser = Browser(site)
        self._location = ""
        self.auth = oauth2.OAuthClientProvider(
            url,
            shared.OAuthClientMetadata(
                client_name=NAME,
                redirect_uris=[URI],
                grant_types=["authorization_code", "refresh_token"],
            ),
            self.kept,
            self._open,
            self._called_back,
            client_metadata_url=document,
        )

    def send(self, *requests: tuple[str, str], **options: Any) -> list[Any]:
        async def run() -> list[Any]:
            hooks = {"request": [self._note]}
            async with httpx.AsyncClient(
                auth=self.auth, headers=JSON, event_hooks=hooks
            ) as client:
                return [
                    await client.request(method, url, **options)
                    for method, url in requests
                ]

        return anyio.run(run)

    async def _note(self, request: Any) -> None:
        self.requests.append(request.url.path)

    async def _open(self, url: str) -> None:
        """Alice follows a link, logs in if she must, and says yes."""
        asked = parameters_of(url)
        self.scopes.append(asked["scope"])
        answer = self._browser.get(url)
        if "/login?" in answer.headers.get("Location", ""):
            self._browser.log_in()
            answer = self._browser.get(url)
        self.pages.append(answer.text)
        answer = self._browser.answer(answer, scope=asked["scope"].split())
        self._location = answer.headers["Location"]
        assert self._location.startswith(URI)

    async def _called_back(self) -> Any:
        found = parameters_of(self._location)
        return oauth2.AuthorizationCodeResult(
            code=found["code"], state=found["state"], iss=found["iss"]
        )


@pytest.fixture
def document(zope_conf: dict[str, str], tmp_path: Path) -> Iterator[str]:
    """URL of a document of the assistant, over TLS as the SDK wants it."""
    authority = Authority(tmp_path)
    with serving(answers(), authority.server("localhost")) as server:
        url = f"https://localhost:{server.port}/client.json"
        members = {
            "client_id": url,
            "client_name": NAME,
            "redirect_uris": [URI],
            "token_endpoint_auth_method": "none",
        }
        server.behaviour = answers(json.dumps(members).encode())
        zope_conf["fetch-hosts"] = f"localhost:{server.port}"
        manager = getGlobalSiteManager()
        before = manager.getUtility(IFetcher)
        manager.registerUtility(Fetcher(tls=authority.trusted), IFetcher)
        yield url
        manager.registerUtility(before, IFetcher)


@pytest.fixture(params=["document", "registration"])
def assistant(
    site: Any, sealing_key: str, document: str, request: pytest.FixtureRequest
) -> Callable[[str], Assistant]:
    """Makes an assistant that comes in one of the two ways."""
    site.add_user("alice")
    site.plugin.dynamic_registration = True
    site.plugin.client_documents = request.param == "document"
    site.portal.manage_setLocalRoles("alice", ["Contributor", "Editor"])
    site.commit()

    def make(url: str) -> Assistant:
        return Assistant(site, url, document)

    return make


def test_an_assistant_gets_from_a_401_to_content(
    site: Any, assistant: Callable[[str], Assistant]
) -> None:
    """DR-03, DR-32, OD-05, CS-73, CS-74: it asks for what the request needs."""
    url = f"{site.url}/++api++/@users/alice"
    made = assistant(url)
    (answer,) = made.send(("GET", url))
    assert answer.json()["id"] == "alice"
    assert made.scopes == ["plone.read offline_access"]
    (page,) = made.pages
    assert NAME in page
    assert "nobody has checked its name" in page
    has_registered = any("oauth2-register" in each for each in made.requests)
    assert has_registered is (not site.plugin.client_documents)
    assert made.kept.client.client_secret is None
    assert made.kept.tokens.refresh_token


def test_an_assistant_stays_signed_in(
    site: Any, assistant: Callable[[str], Assistant], end_token: Any
) -> None:
    """CR-18: it refreshes, and nobody is asked."""
    url = f"{site.url}/@users/alice"
    made = assistant(url)
    made.send(("GET", url))
    end_token(made.kept.tokens.access_token)
    context = made.auth.context
    context.token_expiry_time = 1
    (answer,) = made.send(("GET", url))
    assert answer.status_code == 200
    assert len(made.pages) == 1


def test_an_assistant_that_may_write_comes_back_for_it(
    site: Any, assistant: Callable[[str], Assistant]
) -> None:
    """DR-35: the person is asked for more when it is needed, once."""
    site.plugin.self_registered_scope = "plone.write"
    site.commit()
    made = assistant(site.url)
    site.portal.manage_permission("View", ["Manager", "Member"])
    site.commit()
    news = {"@type": "Document", "title": "News"}
    read, written = (
        made.send(("GET", site.url))[0],
        made.send(("POST", site.url), json=news)[0],
    )
    assert read.status_code == 200
    assert written.status_code == 201, written.text
    assert [set(each.split()) for each in made.scopes] == [
        {"plone.read", "offline_access"},
        {"plone.read", "plone.write", "offline_access"},
    ]
    # What is new is told from what she has allowed before.
    assert '<span class="new"' in made.pages[1]


def test_an_assistant_that_may_not_write_does_not_ask_without_end(
    site: Any, assistant: Callable[[str], Assistant]
) -> None:
    """DR-35: the challenge names nothing, so that the person is not asked again."""
    site.portal.manage_permission("View", ["Manager", "Member"])
    site.commit()
    made = assistant(site.url)
    made.send(("GET", site.url))
    news = {"@type": "Document", "title": "News"}
    for _ in range(3):
        (written,) = made.send(("POST", site.url), json=news)
        assert written.status_code == 403
    assert len(made.pages) == 1


def test_an_assistant_that_begins_by_writing_is_asked_for_all_of_it(
    site: Any, assistant: Callable[[str], Assistant]
) -> None:
    """And gets what may be: the answer says so, and it does not loop."""
    site.portal.manage_permission("Add portal content", ["Manager", "Contributor"])
    site.commit()
    url = f"{site.url}/@users/alice"
    made = assistant(url)
    (answer,) = made.send(("PATCH", url), json={"fullname": "Alice"})
    assert answer.status_code == 403
    assert set(made.scopes[0].split()) == {
        "plone.read",
        "plone.write",
        "offline_access",
    }
    assert len(made.pages) == 1


@pytest.mark.skipif(not MCP1.is_file(), reason="Needs: make mcp1-client")
@pytest.mark.parametrize("way", ["document", "registration"])
def test_an_assistant_with_version_1_gets_from_a_401_to_content(
    site: Any, sealing_key: str, document: str, way: str
) -> None:
    """DR-32: the one that most assistants are made with."""
    site.add_user("alice")
    site.plugin.dynamic_registration = way == "registration"
    site.commit()
    url = f"{site.url}/++api++/@users/alice"
    arguments = [url, URI, document if way == "document" else ""]
    with subprocess.Popen(
        [str(MCP1), str(PROGRAM), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        browser = Browser(site)
        browser.log_in()
        page = browser.get(process.stdout.readline().strip())
        answer = browser.answer(page, scope=["plone.read", "offline_access"])
        process.stdin.write(f"{answer.headers['Location']}\n")
        process.stdin.flush()
        got = json.loads(process.stdout.readline())
    assert process.returncode == 0
    assert (got["status"], got["body"]["id"]) == (200, "alice")
    assert (got["client_id"] == document) is (way == "document")
