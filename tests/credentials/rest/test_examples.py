"""The requests and responses in the documentation are real ones.

With TOKENAUTH_EXAMPLES=1 they go to docs/http-examples; else these tests fail where
those are out of date. What differs from run to run is replaced.
"""

from collections.abc import Callable
from collections.abc import Iterator
from pas.plugins.tokenauth.storage.usagelog import UsageEntry
from pathlib import Path
from typing import Any

import json
import os
import pytest
import re


EXAMPLES = Path(__file__).parents[3] / "docs" / "http-examples"
HOST = "localhost:8080"
SITE = "/Plone"
#: 15 January 2030, 09:00 UTC.
NOW = 1894698000.0
DAY = 24 * 60 * 60
CLIENT_IDS = (
    "svc-4Xw0pVbqXn1EvGm2NNTyLd",
    "svc-1hC0XkTnM5QTmW5gdVYpAe",
    "svc-6iIFARbWqNgrIl86wOmjJp",
)
KEY_IDS = (
    "7q3g98RYzlu_zd7D-c_XCQfc7bEs35dWfjjTNHsgM-4",
    "X0dR0bSxwq3mN5m1WZzq0cLwz7n1cUO2gq0l8bV5p3k",
    "b8Q1mJkq4dX2yN0oWm3cV7hT9sGzL5eRrUaYfKi6P-s",
)
TOKEN_IDS = (
    "pat-2b9cXWqgD0fPz3JmSyL7Ke",
    "pat-5TnRk1vUo8HhEiA4wQxZ6s",
)
SECRET_IDS = (
    "4f9c2a7be01d6358",
    "c07d5e9138ab42f6",
)
PUBLIC_KEY = {
    "kty": "OKP",
    "crv": "Ed25519",
    "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
}
SHOWN_HEADERS = (
    "Content-Type",
    "Location",
    "Cache-Control",
    "WWW-Authenticate",
)
#: Of a PEM file, so many characters are enough.
SHOWN_LENGTH = 4
#: A whole one would look like a leak to those who look for leaks.
SHOWN_TOKEN = "ptp_3mZr…"


@pytest.fixture(autouse=True)
def at_that_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the services see the same time in each run."""
    monkeypatch.setattr("pas.plugins.tokenauth.site.view.now", lambda: NOW)


@pytest.fixture
def jane(client: Callable[..., Any]) -> Any:
    """Somebody who has service keys of her own."""
    return client("jane", "Contributor")


@pytest.fixture
def admin(client: Callable[..., Any]) -> Any:
    """A Manager."""
    return client("admin", "Manager")


@pytest.fixture
def nightly(site: Any, jane: Any, new_key: Callable[..., str]) -> str:
    """A key of Jane's that is in use."""
    client_id = new_key(
        "jane",
        name="nightly-export",
        title="Nightly export",
        ip_ranges="192.0.2.0/24",
        issued_at=NOW - 80 * DAY,
        expires_at=NOW + 10 * DAY,
    )
    note_uses(site, client_id, user_agent="export/2.1", kid=KEY_IDS[0])
    return client_id


@pytest.fixture
def backup(site: Any, jane: Any, new_token: Callable[..., str]) -> str:
    """A token of Jane's that is in use."""
    token_id = new_token(
        "jane",
        title="Backup of the press releases",
        ip_ranges="192.0.2.0/24",
        issued_at=NOW - 80 * DAY,
        expires_at=NOW + 10 * DAY,
    )
    note_uses(site, token_id, user_agent="curl/8.5.0", uses=14)
    return token_id


def note_uses(
    site: Any, credential_id: str, user_agent: str, uses: int = 1, kid: str = ""
) -> None:
    """Note that Jane used a credential on three days."""
    for number in range(3):
        entry = UsageEntry(
            credential_id=credential_id,
            time=NOW - 6 * 60 * 60 - number * DAY,
            subject="jane",
            address="192.0.2.7",
            user_agent=user_agent,
            uses=uses,
            kid=kid,
        )
        site.context.storage["usage_log"].add(entry, bytes([number]))
    site.commit()


@pytest.fixture
def example(site: Any) -> Iterator[Callable[[str, Any], None]]:
    """Compares a request and its response with the documentation, or writes them."""
    normalizer = Normalizer(site)

    def example(name: str, response: Any) -> None:
        for suffix, text in (
            ("req", normalizer.request(response.request)),
            ("resp", normalizer.response(response)),
        ):
            path = EXAMPLES / f"{name}.{suffix}"
            if os.environ.get("TOKENAUTH_EXAMPLES") == "1":
                path.parent.mkdir(exist_ok=True)
                path.write_text(text, encoding="utf-8")
            assert path.read_text(encoding="utf-8") == text

    yield example


class Normalizer:
    """Spells requests and responses, with the same values in each run."""

    def __init__(self, site: Any) -> None:
        self._url = site.url
        self._replaced: dict[str, str] = {}

    def request(self, request: Any) -> str:
        path = request.url.removeprefix(self._url)
        lines = [
            f"{request.method} {SITE}{path} HTTP/1.1",
            f"Host: {HOST}",
            "Accept: application/json",
        ]
        for name in ("Authorization", "Content-Type", "Prefer"):
            if name in request.headers:
                lines.append(f"{name}: {self._header(name, request.headers[name])}")
        return self._message(lines, request.body)

    def response(self, response: Any) -> str:
        lines = [f"HTTP/1.1 {response.status_code} {response.reason}"]
        for name in SHOWN_HEADERS:
            if name in response.headers:
                lines.append(f"{name}: {response.headers[name]}")
        return self._message(lines, response.content)

    def _header(self, name: str, value: str) -> str:
        return "Basic …" if name == "Authorization" else value

    def _message(self, lines: list[str], body: bytes | None) -> str:
        text = "\n".join(lines) + "\n"
        if body:
            document = json.loads(body)
            # Only Managers get this, and it names files of the server.
            document.pop("traceback", None)
            spelled = json.dumps(document, indent=2, ensure_ascii=False)
            text += f"\n{spelled}\n"
        return self._normalized(text)

    def _normalized(self, text: str) -> str:
        text = text.replace(self._url, f"http://{HOST}{SITE}")
        text = re.sub(r"svc-[0-9A-Za-z]{22}", self._replacing(CLIENT_IDS), text)
        text = re.sub(r"pat-[0-9A-Za-z]{22}", self._replacing(TOKEN_IDS), text)
        text = re.sub(r"ptp_[0-9A-Za-z]{49}", SHOWN_TOKEN, text)
        text = re.sub(r'(?<=id": ")[\w-]{43}(?=")', self._replacing(KEY_IDS), text)
        text = re.sub(
            r'(?<=id": ")[0-9a-f]{16}(?=")', self._replacing(SECRET_IDS), text
        )
        return re.sub(
            r"(-----BEGIN [A-Z ]+-----\\n)([^-]+?)(\\n-----END)",
            lambda found: f"{found[1]}{found[2][:SHOWN_LENGTH]}…{found[3]}",
            text,
        )

    def _replacing(self, values: tuple[str, ...]) -> Callable[[re.Match[str]], str]:
        def replacement(found: re.Match[str]) -> str:
            used = set(self._replaced.values())
            unused = [value for value in values if value not in used]
            return self._replaced.setdefault(found[0], (unused or [""])[0])

        return replacement


def test_list(jane: Any, nightly: str, example: Any) -> None:
    example("list", jane.get())


def test_list_all(admin: Any, nightly: str, new_key: Any, example: Any) -> None:
    for number in range(2):
        new_key("admin", title=f"Backup {number}", issued_at=NOW - 5 * DAY + number)
    query = {"whose": "all", "state": "active", "sort_on": "title", "b_size": 1}
    example("list-all", admin.get(**query))


def test_get(jane: Any, nightly: str, example: Any) -> None:
    example("get", jane.get(f"/{nightly}"))


def test_issue(jane: Any, example: Any) -> None:
    response = jane.post(
        title="Nightly export", ip_ranges=["192.0.2.0/24"], expires="2030-12-31"
    )
    example("post", response)


def test_issue_for_a_public_key(jane: Any, example: Any) -> None:
    response = jane.post(title="CI", expires="2030-12-31", public_key=PUBLIC_KEY)
    example("post-public-key", response)


def test_issue_or_correct(admin: Any, example: Any) -> None:
    admin.site.add_user("bot")
    response = admin.put(
        "/bot/nightly-export", title="Nightly export", algorithm="ES256"
    )
    example("put-created", response)
    corrected = admin.put(
        "/bot/nightly-export",
        title="Nightly export",
        algorithm="ES256",
        ip_ranges=["192.0.2.7"],
    )
    example("put-corrected", corrected)


def test_change(jane: Any, nightly: str, example: Any) -> None:
    response = jane.patch(f"/{nightly}", ip_ranges=["192.0.2.7"], expires="2030-12-31")
    example("patch", response)


def test_change_and_see(jane: Any, nightly: str, example: Any) -> None:
    response = jane.request(
        "PATCH",
        f"/{nightly}",
        json={"require_jti": True},
        headers={"Prefer": "return=representation"},
    )
    example("patch-representation", response)


def test_rotate(jane: Any, nightly: str, example: Any) -> None:
    response = jane.post(
        f"/{nightly}/rotate",
        overlap=7 * DAY,
        algorithm="ES256",
        expires="2030-04-15T12:00:00+02:00",
    )
    example("rotate", response)


def test_disable(jane: Any, nightly: str, example: Any) -> None:
    example("disable", jane.post(f"/{nightly}/disable"))


def test_end_secret(site: Any, jane: Any, nightly: str, example: Any) -> None:
    jane.post(f"/{nightly}/rotate", algorithm="ES256")
    site.sync()
    key = site.context.storage["service_key"].get(nightly)
    kid = key.public_keys[0].kid
    example("end-secret", jane.post(f"/{nightly}/end-secret", kid=kid))


def test_transfer(
    jane: Any, admin: Any, nightly: str, client: Any, example: Any
) -> None:
    client("joe", "Contributor")
    example("transfer", admin.post(f"/{nightly}/transfer", owner="joe"))


def test_usage(jane: Any, nightly: str, example: Any) -> None:
    example("usage", jane.get(f"/{nightly}/usage", b_size=2, per_day="true"))


def test_revoke(jane: Any, nightly: str, example: Any) -> None:
    example("delete", jane.delete(f"/{nightly}"))


def test_errors(jane: Any, nightly: str, client: Any, example: Any) -> None:
    example("error-400", jane.patch(f"/{nightly}", ip_ranges=["192.0.2.1/24"]))
    example("error-401", client("joe", "Member").get())
    example("error-403", jane.get(whose="all"))
    example("error-404", jane.get("/svc-0000000000000000000000"))


def test_list_tokens(jane: Any, backup: str, example: Any) -> None:
    example("tokens-list", jane.tokens.get())


def test_issue_a_token(jane: Any, example: Any) -> None:
    response = jane.tokens.post(
        title="Backup of the press releases",
        ip_ranges=["192.0.2.0/24"],
        expires="2030-04-15",
        scopes=["plone.read"],
    )
    example("tokens-post", response)


def test_change_a_token(jane: Any, backup: str, example: Any) -> None:
    response = jane.tokens.patch(f"/{backup}", ip_ranges=["192.0.2.7"])
    example("tokens-patch", response)


def test_usage_of_a_token(jane: Any, backup: str, example: Any) -> None:
    example("tokens-usage", jane.tokens.get(f"/{backup}/usage", b_size=1))


def test_revoke_a_token(jane: Any, backup: str, example: Any) -> None:
    example("tokens-delete", jane.tokens.delete(f"/{backup}"))


def test_an_error_about_a_token(jane: Any, backup: str, example: Any) -> None:
    members = {"title": "Backup", "expires": None}
    example("tokens-error-400", jane.tokens.post(**members))


def test_nothing_else_is_in_the_folder() -> None:
    text = (EXAMPLES.parent / "rest-api.md").read_text(encoding="utf-8")
    for path in EXAMPLES.iterdir():
        assert f"http-examples/{path.name}\n" in text
