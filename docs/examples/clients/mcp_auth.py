"""MCP SDK: authentication for an MCP server that asks this site for tokens."""

from mcp.client.auth.extensions.client_credentials import PrivateKeyJWTOAuthProvider
from mcp.client.auth.extensions.client_credentials import SignedJWTParameters
from typing import Any

import json


class InMemory:
    """Tokens end with the program; the next one obtains its own."""

    async def get_tokens(self) -> Any:
        return None

    async def set_tokens(self, tokens: Any) -> None:
        pass


def plone_auth(path: str, site: str, url: str) -> PrivateKeyJWTOAuthProvider:
    with open(path, encoding="utf-8") as keyfile:
        key = json.load(keyfile)
    signed = SignedJWTParameters(
        issuer=key["client_id"],
        subject=key["client_id"],
        signing_key=key["private_key"],
        signing_algorithm=key["algorithm"],
    )
    return PrivateKeyJWTOAuthProvider(
        url,
        InMemory(),
        key["client_id"],
        signed.create_assertion_provider(),
        issuer=site,
    )
