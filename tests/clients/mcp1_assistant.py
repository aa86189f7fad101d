"""An assistant made with version 1 of the SDK of MCP, in a process of its own.

Prints a URL that its person is to open, reads where that leads, and prints what it got.
"""

from mcp.client.auth import OAuthClientProvider
from mcp.shared.auth import OAuthClientMetadata
from typing import Any
from urllib.parse import parse_qs
from urllib.parse import urlsplit

import anyio
import httpx
import json
import sys


class InMemory:
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


async def open_url(url: str) -> None:
    print(url, flush=True)


async def called_back() -> tuple[str, str | None]:
    query = parse_qs(urlsplit(sys.stdin.readline().strip()).query)
    return query["code"][0], query["state"][0]


async def main(url: str, redirect_uri: str, document: str) -> None:
    kept = InMemory()
    auth = OAuthClientProvider(
        url,
        OAuthClientMetadata(
            client_name="Assistant",
            redirect_uris=[redirect_uri],
            grant_types=["authorization_code", "refresh_token"],
        ),
        kept,
        open_url,
        called_back,
        client_metadata_url=document or None,
    )
    headers = {"Accept": "application/json"}
    async with httpx.AsyncClient(auth=auth, headers=headers) as client:
        answer = await client.get(url)
    got = {"status": answer.status_code, "body": answer.json()}
    print(json.dumps({**got, "client_id": kept.client.client_id}), flush=True)


anyio.run(main, *sys.argv[1:4])
