"""Values that are nearly right: redirect URIs, scopes, claims and what clients say.

Each function makes one, the same from the same state of a :class:`random.Random`.
"""

from collections.abc import Callable
from collections.abc import Sequence
from random import Random
from tests.surface.world import CAS_URL
from tests.surface.world import REDIRECT_URI
from typing import Any

import json


URIS = (
    *(REDIRECT_URI, "https://app.example.org/bye", CAS_URL),
    *("http://127.0.0.1:33418/callback", "http://localhost/cb", "http://[::1]:1/cb"),
    *("org.example.app:/cb", "cursor://x/cb", "urn:ietf:wg:oauth:2.0:oob"),
    *("https://app.example.org@evil.example/cb", "https://app.example.org:443/cb"),
    *("//app.example.org/cb", "javascript:alert(1)", "data:text/html,x", "https:///cb"),
    *("http://[::1", "http://[::1]:99999/", "http://[v1.x]/", "http://127.0.0.1:x/"),
    *(
        "https://xn--/",
        "https://xn--a-ecp.example/",
        "https://é.example/",
        "https://ß/",
    ),
    *("https://a..b/", "https://1.2.3.4.5/", "http://0x7f.1/cb", "http://2130706433/"),
    *("https://app.example.org/cb?a=b", "https://app.example.org/cb#x", "", ":", "/cb"),
    "https://" + "a" * 70 + ".example/cb",
    "https://app.example.org/" + "a" * 3000,
)
SCOPES = (
    *("openid", "profile", "email", "offline_access", "plone.read", "plone.write"),
    *("plone.admin", "plone.admin.read", "https://mcp.example.org/mcp", "x"),
)
#: What is put between the letters of something that was right.
JUNK = (
    *("\0", "\r\n", "\t", " ", "%", "%00", "%2f", "%zz", "\\", "/../", "/./", ";", "@"),
    *("#", "?", "&", ":", "[", "]", '"', "'", "<", "é", "\u202e", "\uff0f", "\u3002"),
    *("\u200b", "\U0001f511", "\ud800", "{}", "*", "..", "a" * 700),
)
VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1.5, 10**30, float("inf"), float("nan"), "", "x"),
    *([], {}, [None], [[]], {"x": {}}, "\0", "\ud800", "é" * 200, ["x"] * 200),
)
CLAIMS = ("sub", "acr", "auth_time", "email", "name", "roles", "x", "")


def uri(random: Random) -> str:
    """A URI to send somebody to."""
    found = random.choice(URIS)
    for _ in range(random.choice((0, 0, 1, 1, 2, 3))):
        found = _damaged(random, found)
    return found


def scope(random: Random) -> str:
    """Names of scopes."""
    names = [random.choice(SCOPES) for _ in range(random.choice((0, 1, 1, 2, 3, 300)))]
    found = random.choice((" ", " ", " ", "  ", ",", "\n")).join(names)
    return _damaged(random, found) if random.random() < 0.2 else found


def claims(random: Random) -> str:
    """The claims parameter (OpenID Connect Core section 5.5)."""
    found: dict[str, Any] = {
        place: {random.choice(CLAIMS): _claim(random) for _ in range(3)}
        for place in ("id_token", "userinfo")
        if random.random() < 0.8
    }
    if random.random() < 0.3:
        found[random.choice(("id_token", "userinfo", "x"))] = random.choice(VALUES)
    text = json.dumps(random.choice(VALUES) if random.random() < 0.1 else found)
    if random.random() < 0.1:
        text = '{"id_token":' * random.choice((3, 300, 5000))
    return _damaged(random, text) if random.random() < 0.2 else text


def metadata(random: Random, client_id: str = "") -> bytes:
    """What a client says about itself (RFC 7591).

    :param client_id: of one that is known by its document
    """
    members: dict[str, Any] = {
        "client_name": "An application",
        "redirect_uris": [REDIRECT_URI],
        "token_endpoint_auth_method": "none",
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
    }
    if client_id:
        members["client_id"] = client_id
    for _ in range(random.choice((0, 1, 1, 2, 4))):
        random.choice(_CHANGES)(random, members)
    data = json.dumps(members).encode("ascii")
    for damage in (b"\xff", b"}", b"[" * 5000, b"\0"):
        if random.random() < 0.02:
            at = random.randrange(len(data))
            data = data[:at] + damage + data[at:]
    return data


def _claim(random: Random) -> Any:
    right = (None, {"essential": True}, {"value": "x"}, {"values": ["x", "y"]})
    return random.choice(right if random.random() < 0.6 else VALUES)


def _damaged(random: Random, text: str) -> str:
    at = random.randrange(len(text) + 1)
    return text[:at] + random.choice(JUNK) + text[at + random.choice((0, 0, 1)) :]


def _other_uris(random: Random, members: dict[str, Any]) -> None:
    name = random.choice(("redirect_uris", "redirect_uris", "request_uris"))
    members[name] = [uri(random) for _ in range(random.choice((0, 1, 2, 20, 21)))]


def _other_url(random: Random, members: dict[str, Any]) -> None:
    names = ("client_uri", "logo_uri", "policy_uri", "tos_uri", "jwks_uri")
    members[random.choice(names)] = uri(random)


def _other_value(random: Random, members: dict[str, Any]) -> None:
    members[random.choice((*members, "scope", "contacts"))] = random.choice(VALUES)


def _other_member(random: Random, members: dict[str, Any]) -> None:
    name, value = random.choice(
        (
            ("jwks", {"keys": [{"kty": "oct", "k": "x"}]}),
            ("jwks", {"keys": random.choice(VALUES)}),
            ("client_secret", "x"),
            ("software_statement", "e30.e30.e30"),
            ("token_endpoint_auth_method", "private_key_jwt"),
            ("application_type", "native"),
            ("client_name", _damaged(random, "An application")),
            ("client_name", "\u202e" * 400),
            ("x" * 300, "y" * 60_000),
        )
    )
    members[name] = value


def _less(random: Random, members: dict[str, Any]) -> None:
    del members[random.choice(list(members))]


_CHANGES: Sequence[Callable[[Random, dict[str, Any]], None]] = (
    *(_other_uris, _other_uris, _other_url, _other_value, _other_member),
    _less,
)
#: How the value of a field is made, by its name.
MAKERS: dict[str, Callable[[Random], str]] = {
    "claims": claims,
    "post_logout_redirect_uri": uri,
    "post_logout_redirect_uris": uri,
    "redirect_uri": uri,
    "redirect_uris": uri,
    "resource": uri,
    "scope": scope,
    "service": uri,
    "url": uri,
    "urls": uri,
}
