"""The server of MCP of the documentation, and an assistant that is given its URL."""

from collections.abc import Iterator
from contextlib import closing
from tests.clients.programs import library
from tests.clients.programs import PROGRAMS
from tests.clients.test_mcp_signing_in import Assistant
from tests.clients.test_mcp_signing_in import document as document
from typing import Any

import os
import pytest
import requests
import socket
import subprocess
import sys


anyio = library("anyio")
httpx = library("httpx2")
mcp = library("mcp")
streamable_http = library("mcp.client.streamable_http")

SERVER = PROGRAMS.parent / "mcp-server" / "server.py"
SCOPES = "plone.read plone.write"


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        port: int = listening.getsockname()[1]
    return port


@pytest.fixture
def server(site: Any, sealing_key: str, register: Any) -> Iterator[str]:
    """The URL of the server, which the administrator has registered as a resource."""
    url = f"http://127.0.0.1:{free_port()}/mcp"
    issued = register(
        title="Pages",
        resource=url,
        may_exchange=True,
        scopes=("plone.write",),
    )
    environment = {
        **os.environ,
        "SITE": site.url,
        "RESOURCE": url,
        "SCOPES": SCOPES,
        "CLIENT_ID": issued.credential.client_id,
        "CLIENT_SECRET": str(issued.secret),
    }
    with subprocess.Popen(
        [sys.executable, str(SERVER)],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        # It says so when it listens.
        seen = []
        for line in process.stderr:
            seen.append(line)
            if "running on" in line:
                break
        assert process.poll() is None, "".join(seen)
        yield url
        process.terminate()


@pytest.fixture
def assistant(site: Any, server: str, document: str) -> Assistant:
    """What a person has given the URL of the server, and nothing else."""
    site.add_user("alice")
    site.plugin.self_registered_scope = "plone.write"
    site.portal.manage_setLocalRoles("alice", ["Contributor", "Editor", "Reader"])
    site.commit()
    return Assistant(site, server, document)


def called(
    assistant: Assistant, url: str, *calls: tuple[str, dict[str, str]]
) -> list[Any]:
    """What tools of the server answer, one after the other."""

    async def run() -> list[Any]:
        async with httpx.AsyncClient(auth=assistant.auth, timeout=60) as http:
            transport = streamable_http.streamable_http_client(url, http_client=http)
            async with mcp.Client(transport) as client:
                results = []
                for name, arguments in calls:
                    result = await client.call_tool(name, arguments)
                    results.append(result)
                return results

    return anyio.run(run)


def test_an_assistant_works_on_pages_as_the_person(
    site: Any, server: str, assistant: Assistant
) -> None:
    """DR-32: from the URL of the server to a page of the site, with one consent."""
    created, found, page = called(
        assistant,
        server,
        ("create", {"title": "Wonderland", "description": "Down the hole"}),
        ("search", {"text": "Wonderland"}),
        ("read", {"path": "/wonderland"}),
    )
    assert not created.is_error, created
    assert "/wonderland" in str(created.content)
    assert "Wonderland" in str(found.content)
    assert "Down the hole" in str(page.content)
    assert len(assistant.pages) == 1
    assert server in assistant.pages[0]
    site.sync()
    made = site.portal["wonderland"]
    assert made.Creator() == "alice"


def test_the_token_of_the_assistant_is_worth_nothing_at_the_site(
    site: Any, server: str, assistant: Assistant
) -> None:
    """What an assistant has is for the server alone; the server exchanges it."""
    called(assistant, server, ("search", {"text": "x"}))
    token = assistant.kept.tokens.access_token
    assert site.api("GET", "", token).status_code == 401


def test_a_token_of_the_site_is_worth_nothing_at_the_server(
    site: Any, server: str
) -> None:
    """Nor is one that nobody knows."""
    for token in (site.personal_access_token(), "pta_x"):
        answer = requests.post(
            server,
            json={},
            headers={
                "Authorization": f"Bearer {token}",
                "Accept": "application/json, text/event-stream",
            },
            timeout=30,
        )
        assert answer.status_code == 401
