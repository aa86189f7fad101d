"""An AI assistant works on pages of a real Plone site, by a server of MCP beside it.

The server is that of the documentation, the assistant the client of the SDK of MCP, and
a person's browser is Chromium. Nobody has registered the assistant: it does that
itself. Each step is printed. The script ends non-zero as soon as one does not go as it
should.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from demo_signin import add_person
from demo_signin import CHROMIUM
from demo_signin import PERSON
from demo_signin import shortened
from demo_signin import step
from instance import Instance
from instance import running_instance
from instance import SITE_USER
from mcp import Client
from mcp.client.auth.oauth2 import AuthorizationCodeResult
from mcp.client.auth.oauth2 import OAuthClientProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import OAuthClientMetadata
from pathlib import Path
from playwright.async_api import async_playwright
from servers import free_port
from typing import Any
from urllib.parse import parse_qs
from urllib.parse import urlsplit

import anyio
import httpx2
import os
import requests
import subprocess
import sys


SERVER = Path(__file__).parents[1] / "docs" / "examples" / "mcp-server" / "server.py"
URI = "http://localhost:3030/callback"
JSON = {"Accept": "application/json"}


class Kept:
    """What the assistant keeps."""

    tokens: Any = None
    client: Any = None

    async def get_tokens(self) -> Any:
        return self.tokens

    async def set_tokens(self, tokens: Any) -> None:
        self.tokens = tokens

    async def get_client_info(self) -> Any:
        return self.client

    async def set_client_info(self, client: Any) -> None:
        self.client = client


def send(instance: Instance, method: str, path: str, body: dict[str, Any]) -> Any:
    """What an administrator does, by REST."""
    answer = requests.request(
        method,
        f"{instance.url}/{path}",
        json=body,
        headers=JSON,
        auth=SITE_USER,
        timeout=60,
    )
    answer.raise_for_status()
    return answer.json() if answer.content else None


@contextmanager
def served(instance: Instance, url: str, client: dict[str, str]) -> Iterator[None]:
    """The server of MCP, as soon as it listens."""
    environment = {
        **os.environ,
        "SITE": instance.url,
        "RESOURCE": url,
        "SCOPES": "plone.read plone.write",
        "CLIENT_ID": client["client_id"],
        "CLIENT_SECRET": client["client_secret"],
    }
    command = [sys.executable, str(SERVER)]
    with subprocess.Popen(
        command,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stderr is not None
            if not any("running on" in line for line in process.stderr):
                raise SystemExit("The server of MCP has not started.")
            yield
        finally:
            process.terminate()


async def work(url: str) -> None:
    """What the assistant does, and its person."""
    kept, led_to = Kept(), ""

    async def open_url(link: str) -> None:
        nonlocal led_to
        step(f"Plone does not know Alice: the assistant opens {shortened(link)}")
        await page.goto(link)
        await page.fill("#__ac_name", PERSON[0])
        await page.fill("#__ac_password", PERSON[1])
        await page.click("#buttons-login")
        allow = page.get_by_role("button", name="Allow")
        await allow.wait_for()
        step("Plone asks her what the assistant may do")
        text = await page.locator("main").inner_text()
        for line in filter(None, map(str.strip, text.splitlines())):
            print(f"    | {line}")
        async with page.expect_request(lambda sent: sent.url.startswith(URI)) as sent:
            await allow.click()
        led_to = (await sent.value).url

    async def called_back() -> AuthorizationCodeResult:
        query = parse_qs(urlsplit(led_to).query)
        found = {name: values[0] for name, values in query.items()}
        return AuthorizationCodeResult(
            code=found["code"], state=found["state"], iss=found["iss"]
        )

    metadata = OAuthClientMetadata(
        client_name="Assistant",
        redirect_uris=[URI],
        grant_types=["authorization_code", "refresh_token"],
    )
    auth = OAuthClientProvider(url, metadata, kept, open_url, called_back)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox"]
        )
        page = await browser.new_page(viewport={"width": 800, "height": 900})
        async with (
            httpx2.AsyncClient(auth=auth, timeout=60) as http,
            Client(streamable_http_client(url, http_client=http)) as client,
        ):
            step(f"It has registered itself as {kept.client.client_id}, and works")
            for name, arguments in (
                ("create", {"title": "Wonderland", "description": "Down the hole"}),
                ("search", {"text": "Wonderland"}),
                ("read", {"path": "/wonderland"}),
            ):
                result = await client.call_tool(name, arguments)
                text = " ".join(getattr(each, "text", "") for each in result.content)
                print(f"    {name}: {' '.join(text.split())}")
                if result.is_error or "onderland" not in text:
                    raise SystemExit("That is not what it should be.")
        await browser.close()


def main() -> None:
    print("Making a Plone site in var/demo-mcp ...", flush=True)
    with running_instance("demo-mcp") as instance:
        add_person(instance)
        roles = {"Contributor": True, "Editor": True, "Reader": True}
        entry = {"id": PERSON[0], "type": "user", "roles": roles}
        send(instance, "POST", "@sharing", {"entries": [entry], "inherit": True})
        url = f"http://127.0.0.1:{free_port()}/mcp"
        step(f"An administrator of {instance.url} registers the server {url}")
        resource = {
            "title": "Pages",
            "resource": url,
            "may_exchange": True,
            "scopes": ["plone.write"],
        }
        client = send(instance, "POST", "@applications", resource)
        step("... and lets applications register themselves, to read and write at most")
        settings = {
            "dynamic_registration": True,
            "self_registered_scope": "plone.write",
        }
        send(instance, "PATCH", "@controlpanels/tokenauth", settings)
        with served(instance, url, client):
            step(f"Alice gives her assistant the address {url}, and nothing else")
            anyio.run(work, url)
        step("The administrator sees what has come")
        answer = requests.get(
            f"{instance.url}/@registrations", headers=JSON, auth=SITE_USER, timeout=60
        )
        for each in answer.json()["items"]:
            print(f"    {each['title']}, of {each['host']}, from {each['address']}")
    print("\nDone: every step went as it should.")


if __name__ == "__main__":
    main()
