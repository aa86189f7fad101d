"""A server of MCP beside Plone: an assistant searches, reads and creates pages.

It has no passwords and no users. Plone says what a token is worth, and gives the server
another one for it, with which it acts as the person.

Needs `pip install "mcp>=2.3"`. In the environment: SITE, the issuer of the site;
RESOURCE, the URL of this server; CLIENT_ID and CLIENT_SECRET, which the site has made;
SCOPES, what assistants ask for: `plone.read`, or `plone.read plone.write`.
"""

from mcp.server.auth.middleware.auth_context import get_access_token
from mcp.server.auth.provider import AccessToken
from mcp.server.auth.settings import AuthSettings
from mcp.server.mcpserver import MCPServer
from typing import Any
from urllib.parse import urlsplit

import httpx2
import os


SITE = os.environ["SITE"]
RESOURCE = os.environ["RESOURCE"]
SCOPES = os.environ.get("SCOPES", "plone.read").split()
CREDENTIALS = (os.environ["CLIENT_ID"], os.environ["CLIENT_SECRET"])
GRANT_TYPE = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"


class PloneTokens:
    """Asks the site what a token is worth; one that is for others is worth nothing."""

    async def verify_token(self, token: str) -> AccessToken | None:
        async with httpx2.AsyncClient(auth=CREDENTIALS) as http:
            answer = await http.post(
                f"{SITE}/@@oauth2-introspect", data={"token": token}
            )
        claims = answer.raise_for_status().json()
        if not claims["active"] or claims.get("aud") != RESOURCE:
            return None
        return AccessToken(
            token=token,
            client_id=claims["client_id"],
            scopes=claims["scope"].split(),
            expires_at=claims["exp"],
            resource=claims["aud"],
            subject=claims["sub"],
        )


async def plone(method: str, path: str, **options: Any) -> Any:
    """A request to the site as the person whose assistant has asked."""
    presented = get_access_token()
    if presented is None:
        raise PermissionError("Nobody has asked.")
    async with httpx2.AsyncClient(headers={"Accept": "application/json"}) as http:
        # The token of the assistant is for this server, and is not passed on.
        exchanged = await http.post(
            f"{SITE}/@@oauth2-token",
            auth=CREDENTIALS,
            data={
                "grant_type": GRANT_TYPE,
                "subject_token": presented.token,
                "subject_token_type": ACCESS_TOKEN,
            },
        )
        token = exchanged.raise_for_status().json()["access_token"]
        answer = await http.request(
            method,
            f"{SITE}/{path.strip('/')}",
            headers={"Authorization": f"Bearer {token}"},
            **options,
        )
    return answer.raise_for_status().json()


server = MCPServer(
    "Plone",
    token_verifier=PloneTokens(),
    auth=AuthSettings(
        issuer_url=SITE,
        resource_server_url=RESOURCE,
        required_scopes=SCOPES,
        validate_token_resource=True,
    ),
)


@server.tool()
async def search(text: str) -> list[dict[str, str]]:
    """Find pages that hold a text: their titles and paths."""
    query = {"SearchableText": text, "portal_type": "Document"}
    found = await plone("GET", "@search", params=query)
    return [
        {"title": item["title"], "path": item["@id"].removeprefix(SITE)}
        for item in found["items"]
    ]


@server.tool()
async def read(path: str) -> dict[str, str]:
    """Read the page at a path."""
    page = await plone("GET", path)
    return {name: str(page.get(name) or "") for name in ("title", "description")}


@server.tool()
async def create(title: str, description: str = "", folder: str = "/") -> str:
    """Create a page in a folder, and tell its path."""
    page = {"@type": "Document", "title": title, "description": description}
    made = await plone("POST", folder, json=page)
    return str(made["@id"].removeprefix(SITE))


if __name__ == "__main__":
    here = urlsplit(RESOURCE)
    server.run(
        "streamable-http",
        host=here.hostname or "127.0.0.1",
        port=here.port or 8000,
        streamable_http_path=here.path,
    )
