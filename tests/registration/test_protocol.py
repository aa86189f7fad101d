"""What an application says about itself, read without belief."""

from pas.plugins.tokenauth.registration.protocol import InvalidClientMetadata
from pas.plugins.tokenauth.registration.protocol import InvalidRedirectURI
from pas.plugins.tokenauth.registration.protocol import is_document_url
from pas.plugins.tokenauth.registration.protocol import MAX_URIS
from pas.plugins.tokenauth.registration.protocol import MAX_URIS_LENGTH
from pas.plugins.tokenauth.registration.protocol import read_document
from pas.plugins.tokenauth.registration.protocol import read_registration
from pas.plugins.tokenauth.registration.protocol import UnapprovedStatement
from typing import Any

import pytest


URL = "https://assistant.example/client.json"
URI = "https://assistant.example/callback"
#: What must stand nowhere that a browser could follow it.
DANGEROUS = [
    "JavaScript:alert(1)",
    "javascript:alert(1)",
    "\tjavascript:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "file:///etc/passwd",
    "//evil.example/",
    "relative",
    "https://user@evil.example/",
    "https://evil.example/#fragment",
    "https://*.example/",
    "http://evil.example/",
    f"https://evil.example/{'x' * 2000}",
    "",
]


def document(**members: Any) -> dict[str, Any]:
    return {"client_id": URL, "redirect_uris": [URI], **members}


@pytest.mark.parametrize(
    "url",
    [
        URL,
        "https://assistant.example:8443/a/b?version=1",
        "http://127.0.0.1:8080/client.json",
    ],
)
def test_a_url_with_a_path_can_be_a_client_id(url: str) -> None:
    """DR-17."""
    assert is_document_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://assistant.example",
        "https://assistant.example/",
        "https://user@assistant.example/client.json",
        "https://assistant.example/client.json#here",
        "https://assistant.example/a/../client.json",
        "https://assistant.example/a/./client.json",
        "https://assistant.example/a/%2e%2E/client.json",
        "https:assistant.example/client.json",
        "https://assistant.example?/client.json",
        "https://assistant.example/?/client.json",
        "ftp://assistant.example/client.json",
        f"https://assistant.example/{'x' * 512}",
        "app-1",
        "",
    ],
)
def test_any_other_string_is_no_document(url: str) -> None:
    """DR-16, DR-17."""
    assert not is_document_url(url)


@pytest.mark.parametrize("uri", DANGEROUS)
@pytest.mark.parametrize("read", [read_document, read_registration])
def test_a_dangerous_redirect_uri_is_refused(read: Any, uri: str) -> None:
    """DR-05, DR-06, CS-46."""
    with pytest.raises(InvalidRedirectURI):
        read(document(redirect_uris=[URI, uri]))


@pytest.mark.parametrize("uri", [each for each in DANGEROUS if each])
@pytest.mark.parametrize(
    "member",
    [
        *("client_uri", "initiate_login_uri", "jwks_uri", "logo_uri", "policy_uri"),
        *("sector_identifier_uri", "tos_uri"),
    ],
)
def test_a_dangerous_url_is_refused_wherever_it_stands(member: str, uri: str) -> None:
    """DR-06: although nothing of it is kept."""
    with pytest.raises(InvalidClientMetadata):
        read_registration(document(**{member: uri}))


@pytest.mark.parametrize("uri", [*DANGEROUS[:4], "app.example:/out"])
@pytest.mark.parametrize("member", ["post_logout_redirect_uris", "request_uris"])
def test_a_list_of_urls_is_looked_at_too(member: str, uri: str) -> None:
    """DR-06."""
    with pytest.raises(InvalidClientMetadata):
        read_registration(document(**{member: [URI, uri]}))


@pytest.mark.parametrize(
    "uris", [[], None, URI, [1], [URI + str(n) for n in range(MAX_URIS + 1)]]
)
def test_there_are_one_to_twenty_redirect_uris(uris: Any) -> None:
    """DR-02, DR-18."""
    with pytest.raises(InvalidRedirectURI):
        read_registration(document(redirect_uris=uris))


def test_the_redirect_uris_are_short() -> None:
    """DR-02: anybody may have them stored."""
    uris = [f"{URI}/{n}{'x' * (98 - len(URI))}" for n in range(10, 30)]
    assert sum(map(len, uris)) > MAX_URIS_LENGTH
    with pytest.raises(InvalidRedirectURI, match="2000 characters at most"):
        read_registration(document(redirect_uris=uris))
    assert read_registration(document(redirect_uris=uris[1:]))


@pytest.mark.parametrize(
    "uri",
    [
        "http://127.0.0.1:33418/callback",
        "http://localhost/callback",
        "cursor://anysphere.cursor-mcp/oauth/callback",
        "warp://mcp/oauth2callback",
        "https://vscode.dev/redirect",
        "com.example.app:/callback",
    ],
)
def test_the_redirect_uris_of_programs_that_people_have_can_be_registered(
    uri: str,
) -> None:
    """DR-05: VS Code, Cursor and others."""
    assert read_registration(document(redirect_uris=[uri])).redirect_uris == (uri,)


@pytest.mark.parametrize(
    ("uris", "hosts"),
    [
        ([URI], ["assistant.example"]),
        (
            ["http://127.0.0.1/cb", "https://vscode.dev/redirect", "vscode://x/cb"],
            ["127.0.0.1", "vscode.dev", "vscode:"],
        ),
        (
            ["https://a.example/cb", "https://b.example/cb", "https://a.example/2"],
            ["a.example", "b.example"],
        ),
        (
            ["http://127.0.0.1:8080/cb", "http://127.0.0.1/cb", "http://[::1]:8080/cb"],
            ["127.0.0.1", "[::1]"],
        ),
        (["cursor://x/cb"], ["cursor:"]),
    ],
)
def test_an_application_is_known_by_everywhere_that_its_answers_go(
    uris: list[str], hosts: list[str]
) -> None:
    """DR-15: its name is anybody's."""
    assert list(read_registration(document(redirect_uris=uris)).hosts) == hosts


@pytest.mark.parametrize(
    ("members", "error"),
    [
        ({"grant_types": ["client_credentials"]}, "invalid_client_metadata"),
        ({"grant_types": "authorization_code"}, "invalid_client_metadata"),
        ({"response_types": ["token"]}, "invalid_client_metadata"),
        *(
            ({f"{member}_response_alg": algorithm}, "invalid_client_metadata")
            for member, algorithm in (
                ("id_token_signed", "none"),
                ("id_token_signed", "HS256"),
                ("id_token_signed", 1),
                ("id_token_encrypted", "RSA-OAEP"),
                ("userinfo_encrypted", "RSA-OAEP"),
                ("userinfo_signed", "RS256"),
            )
        ),
        ({"client_name": 1}, "invalid_client_metadata"),
        ({"jwks": {"keys": []}, "jwks_uri": URL}, "invalid_client_metadata"),
        *(
            ({"jwks": {"keys": [{}, {member: "x"}]}}, "invalid_client_metadata")
            for member in ("d", "p", "q", "dp", "dq", "qi", "oth", "k")
        ),
        ({"jwks": {"keys": [1]}}, "invalid_client_metadata"),
        ({"jwks": []}, "invalid_client_metadata"),
        ({"redirect_uris": ["x"]}, "invalid_redirect_uri"),
        ({"software_statement": "x"}, "unapproved_software_statement"),
    ],
)
def test_a_registration_that_contradicts_itself_is_refused(
    members: dict[str, Any], error: str
) -> None:
    """DR-04, DR-07, DR-14."""
    with pytest.raises(InvalidClientMetadata) as refused:
        read_registration(document(**members))
    assert refused.value.error == error


def test_a_software_statement_is_of_nobody() -> None:
    """DR-14."""
    with pytest.raises(UnapprovedStatement):
        read_registration(document(software_statement=""))


def test_unknown_members_are_ignored() -> None:
    """DR-02: and grants that nobody here has are left out."""
    found = read_registration(
        document(
            x=1,
            grant_types=["authorization_code", "refresh_token", "magic"],
            id_token_signed_response_alg="RS256",
        )
    )
    assert found.grant_types == {"authorization_code", "refresh_token"}


def test_a_name_is_plain_text() -> None:
    """DR-34."""
    found = read_registration(document(client_name="Cla\u202eude\n" + "x" * 200))
    assert found.name.startswith("Claudex")
    assert len(found.name) == 100


@pytest.mark.parametrize(
    "members",
    [
        {"client_id": None},
        {"client_id": 1},
        {"client_secret": "s"},
        {"client_secret_expires_at": 0},
        {"token_endpoint_auth_method": "client_secret_basic"},
        {"token_endpoint_auth_method": "client_secret_jwt"},
        {"token_endpoint_auth_method": "private_key_jwt"},
        {"jwks": {"keys": [{"kty": "EC", "d": "x"}]}},
    ],
)
def test_a_document_with_a_secret_is_refused(members: dict[str, Any]) -> None:
    """DR-19."""
    with pytest.raises(InvalidClientMetadata):
        read_document(document(**members))


def test_a_document_says_whom_it_is_about() -> None:
    """DR-18."""
    found = read_document(document(client_name="Assistant"))
    assert (found.client_id, found.name) == (URL, "Assistant")
