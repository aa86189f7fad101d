"""The client, as a file of its own like everybody's copy, against a real server."""

from collections.abc import Callable
from importlib.util import module_from_spec
from importlib.util import spec_from_file_location
from io import BytesIO
from pas.plugins.tokenauth.core import clock
from pathlib import Path
from requests.adapters import HTTPAdapter
from types import ModuleType
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import json
import jwt
import pytest
import requests
import time


CLIENT = (
    Path(__file__).parents[1] / "src" / "pas" / "plugins" / "tokenauth" / "client.py"
)
HOUR = 3600


@pytest.fixture
def client() -> ModuleType:
    """The client, freshly loaded."""
    spec = spec_from_file_location("copied_client", CLIENT)
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def advance(
    client: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> Callable[[float], None]:
    """Let time go by, for the client and for the server."""
    gone = 0.0

    def advance(seconds: float) -> None:
        nonlocal gone
        gone += seconds

    fake_time = SimpleNamespace(time=lambda: time.time() + gone)
    monkeypatch.setattr(client, "time", fake_time)
    monkeypatch.setattr(clock, "time", fake_time)
    return advance


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, str, int]]:
    """Requests that went over the wire: method, path, scheme and status."""
    sent = []
    send = HTTPAdapter.send

    def recording_send(
        self: HTTPAdapter, request: requests.PreparedRequest, **options: Any
    ) -> requests.Response:
        response = send(self, request, **options)
        scheme = request.headers.get("Authorization", "-").partition(" ")[0]
        path = urlsplit(str(request.url)).path
        sent.append((str(request.method), path, scheme, response.status_code))
        return response

    monkeypatch.setattr(HTTPAdapter, "send", recording_send)
    return sent


TOKEN_REQUEST = ("POST", "/plone/@@oauth2-token", "-", 200)


def session_of(client: ModuleType, keyfile: dict[str, Any]) -> requests.Session:
    session = requests.Session()
    session.auth = client.ServiceKeyAuth(keyfile)
    session.headers["Accept"] = "application/json"
    return session


@pytest.mark.parametrize("algorithm", ["RS256", "PS256", "ES256", "EdDSA"])
def test_one_token_serves_several_requests(
    site: Any, client: ModuleType, sent: list[Any], algorithm: str
) -> None:
    session = session_of(client, site.issue(algorithm=algorithm))
    for _ in range(2):
        answer = session.get(f"{site.url}/@users/owner")
        assert answer.json()["id"] == "owner"
    assert sent == [
        TOKEN_REQUEST,
        ("GET", "/plone/@users/owner", "Bearer", 200),
        ("GET", "/plone/@users/owner", "Bearer", 200),
    ]


def test_the_client_renews_an_expired_token_and_repeats_the_request_once(
    site: Any, client: ModuleType, sent: list[Any], advance: Callable[[float], None]
) -> None:
    session = session_of(client, site.issue())
    session.get(f"{site.url}/@users/owner")
    sent.clear()
    advance(HOUR)
    assert session.get(f"{site.url}/@users/owner").json()["id"] == "owner"
    assert sent == [
        ("GET", "/plone/@users/owner", "Bearer", 401),
        TOKEN_REQUEST,
        ("GET", "/plone/@users/owner", "Bearer", 200),
    ]


def test_the_client_renews_where_an_answer_has_no_body(
    site: Any, client: ModuleType, advance: Callable[[float], None]
) -> None:
    session = session_of(client, site.issue())
    session.headers["Accept"] = "*/*"
    # Zope answers HEAD with a body, which spoils a connection that is kept.
    session.headers["Connection"] = "close"
    page = f"{site.url}/@@personal-preferences"
    assert session.head(page).status_code == 200
    advance(HOUR)
    assert session.head(page).status_code == 200


def chunks() -> Any:
    yield b'{"title": '
    yield b'"A new title"}'


@pytest.mark.parametrize(
    "body",
    [
        {"json": {"title": "A new title"}},
        {"data": '{"title": "A new title"}'},
        {"data": BytesIO(b'{"title": "A new title"}')},
        {"data": chunks()},
    ],
    ids=["json", "text", "file", "generator"],
)
def test_the_client_sends_a_body_again(
    site: Any,
    client: ModuleType,
    sent: list[Any],
    advance: Callable[[float], None],
    body: dict[str, Any],
) -> None:
    """What can be sent only once goes with a fresh token at once."""
    session = session_of(client, site.issue())
    session.get(site.url)
    advance(HOUR)
    answer = session.patch(
        site.url, headers={"Content-Type": "application/json"}, **body
    )
    assert answer.status_code == 204, answer.text
    site.sync()
    assert site.portal.title == "A new title"
    expected = [TOKEN_REQUEST, ("PATCH", "/plone", "Bearer", 204)]
    assert sent[-2:] == expected


def test_a_revoked_key_is_told_clearly(site: Any, client: ModuleType) -> None:
    keyfile = site.issue()
    session = session_of(client, keyfile)
    session.get(site.url)
    site.sync()
    site.context.storage["service_key"].mark_revoked(
        keyfile["client_id"], "owner", time.time()
    )
    site.commit()
    with pytest.raises(client.TokenError) as caught:
        session.get(site.url)
    assert caught.value.error == "invalid_grant"
    assert caught.value.status == 400
    assert "client cannot be used" in str(caught.value)


def test_a_wrong_token_endpoint_is_told_clearly(site: Any, client: ModuleType) -> None:
    keyfile = {**site.issue(), "token_uri": f"{site.url}/no-such-page"}
    with pytest.raises(client.TokenError) as caught:
        session_of(client, keyfile).get(site.url)
    assert str(caught.value) == f"404: no token endpoint at {site.url}/no-such-page"


def test_the_client_acts_as_another_user(site: Any, client: ModuleType) -> None:
    site.add_user("jane")
    auth = client.ServiceKeyAuth(site.issue(may_impersonate=True), subject="jane")
    answer = requests.get(
        f"{site.url}/@users/jane", auth=auth, headers={"Accept": "application/json"}
    )
    assert answer.json()["id"] == "jane"


@pytest.mark.parametrize("subject", [None, "jane"])
def test_a_grant_tells_only_as_whom_to_act(
    site: Any, client: ModuleType, subject: str | None
) -> None:
    """JB-34: and of the owner, whom the keyfile names, nothing."""
    auth = client.ServiceKeyAuth(site.issue(), subject)
    claims = jwt.decode(auth.grant(), options={"verify_signature": False})
    told = {"sub"} if subject else set()
    assert set(claims) == {"iss", "aud", "iat", "exp", "jti"} | told
    assert claims.get("sub") == subject
    assert "owner" not in json.dumps(claims)


def test_a_token_is_not_sent_to_another_site(
    site: Any, client: ModuleType, sent: list[Any]
) -> None:
    session = session_of(client, site.issue())
    with pytest.raises(client.ForeignURL):
        session.get("http://example.org/")
    assert sent == []


class Scripted(HTTPAdapter):
    """Answers every request by a function, without a network."""

    def __init__(self, answer: Callable[[str], tuple[int, dict[str, str]]]) -> None:
        super().__init__()
        self.answer = answer
        self.seen: list[tuple[str, str | None]] = []

    def send(
        self, request: requests.PreparedRequest, *args: Any, **options: Any
    ) -> requests.Response:
        url = str(request.url)
        self.seen.append((url, request.headers.get("Authorization")))
        response = requests.Response()
        response.status_code, headers = self.answer(url)
        response.headers.update(headers)
        response._content = b'{"error_description": "Access token expired"}'
        response.request = request
        response.url = url
        response.connection = self  # type: ignore[attr-defined]
        return response


REFUSED = (401, {"Content-Type": "application/json"})
KEYFILE = {
    "client_id": "svc-1",
    "key_id": "kid",
    "private_key": "",
    "token_uri": "https://plone.example/@@oauth2-token",
}


@pytest.fixture
def auth(client: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The client with tokens out of nowhere: token-1, token-2 …"""
    auth = client.ServiceKeyAuth(KEYFILE)
    numbers = iter(range(1, 100))
    monkeypatch.setattr(auth, "obtain_token", lambda: f"token-{next(numbers)}")
    return auth


def test_the_client_repeats_a_request_only_once(auth: Any) -> None:
    adapter = Scripted(lambda url: REFUSED)
    session = requests.Session()
    session.mount("https://", adapter)
    response = session.get("https://plone.example/", auth=auth)
    assert response.status_code == 401
    assert [token for _, token in adapter.seen] == ["Bearer token-1", "Bearer token-2"]


def test_a_redirect_cannot_lure_a_token_away(auth: Any) -> None:
    adapter = Scripted(
        lambda url: (
            (302, {"Location": "https://evil.example/"})
            if url == "https://plone.example/"
            else REFUSED
        )
    )
    session = requests.Session()
    session.mount("https://", adapter)
    response = session.get("https://plone.example/", auth=auth)
    assert response.status_code == 401
    assert adapter.seen == [
        ("https://plone.example/", "Bearer token-1"),
        ("https://evil.example/", None),
    ]


@pytest.mark.parametrize(
    "answer",
    [
        (401, {"Content-Type": "text/html"}),
        (403, {"Content-Type": "application/json"}),
        (200, {"Content-Type": "application/json"}),
    ],
)
def test_the_client_repeats_no_other_request(
    auth: Any, answer: tuple[int, dict[str, str]]
) -> None:
    adapter = Scripted(lambda url: answer)
    session = requests.Session()
    session.mount("https://", adapter)
    session.get("https://plone.example/", auth=auth)
    assert len(adapter.seen) == 1


@pytest.fixture
def keyfile_on_disk(site: Any, tmp_path: Path) -> str:
    path = tmp_path / "keyfile.json"
    path.write_text(json.dumps(site.issue()))
    return str(path)


def test_the_command_prints_the_token_and_nothing_else(
    site: Any,
    client: ModuleType,
    keyfile_on_disk: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert client.main(["token", keyfile_on_disk]) == 0
    out, err = capsys.readouterr()
    assert out.count("\n") == 1 and out.endswith("\n") and err == ""
    assert site.api("GET", "/@users/owner", out.strip()).json()["id"] == "owner"


def test_the_command_prints_when_the_token_expires(
    site: Any,
    client: ModuleType,
    keyfile_on_disk: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert client.main(["token", keyfile_on_disk, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["expires_in"] == HOUR
    assert answer["access_token"].startswith("pta_")


def test_the_command_acts_as_another_user(
    site: Any, client: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site.add_user("jane")
    path = tmp_path / "keyfile.json"
    path.write_text(json.dumps(site.issue(may_impersonate=True)))
    assert client.main(["token", str(path), "--subject", "jane"]) == 0
    token = capsys.readouterr().out.strip()
    assert site.api("GET", "/@users/jane", token).json()["id"] == "jane"


def test_the_command_says_what_the_site_refuses(
    site: Any,
    client: ModuleType,
    keyfile_on_disk: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert client.main(["token", keyfile_on_disk, "--subject", "nobody"]) == 1
    out, err = capsys.readouterr()
    assert out == "" and "may not act as the user" in err


@pytest.mark.parametrize(
    "content, message",
    [
        ("{}", "it lacks client_id, key_id, private_key, token_uri"),
        ("[]", "This is no keyfile"),
        ("not JSON", "This is no keyfile"),
        (json.dumps({**KEYFILE, "private_key": None}), "it lacks private_key"),
        (json.dumps({**KEYFILE, "private_key": "no PEM"}), "Cannot sign"),
        (json.dumps({**KEYFILE, "algorithm": "XY1"}), "Cannot sign"),
    ],
)
def test_the_command_says_what_is_wrong_with_a_keyfile(
    client: ModuleType,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    content: str,
    message: str,
) -> None:
    path = tmp_path / "other.json"
    path.write_text(content)
    assert client.main(["token", str(path)]) == 1
    out, err = capsys.readouterr()
    assert out == "" and message in err


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_keyfile_that_windows_has_written_is_read(
    client: ModuleType, tmp_path: Path, encoding: str, newline: str
) -> None:
    """Editors mark a file as UTF-8; PowerShell redirects into UTF-16."""
    text = json.dumps({**KEYFILE, "title": "Schlüssel"}, indent=2, ensure_ascii=False)
    path = tmp_path / "keyfile.json"
    path.write_bytes(text.replace("\n", newline).encode(encoding))
    auth = client.ServiceKeyAuth.from_file(path)
    assert auth._keyfile["client_id"] == KEYFILE["client_id"]


@pytest.mark.parametrize("content", [b"", b"\xff", b"\xff\xfe", b"\xef\xbb\xbf"])
def test_a_file_that_is_no_text_is_no_keyfile(
    client: ModuleType,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    content: bytes,
) -> None:
    path = tmp_path / "keyfile.json"
    path.write_bytes(content)
    assert client.main(["token", str(path)]) == 1
    assert "This is no keyfile" in capsys.readouterr().err


def test_the_exit_code_tells_a_missing_keyfile(
    client: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert client.main(["token", str(tmp_path / "none.json")]) == 3
    out, err = capsys.readouterr()
    assert out == "" and err == f"There is no keyfile {tmp_path / 'none.json'}.\n"


@pytest.mark.parametrize("arguments", [[], ["token"], ["sign", "keyfile.json"]])
def test_the_exit_code_tells_wrong_usage(
    client: ModuleType, arguments: list[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        client.main(arguments)
    assert caught.value.code == 2
