"""Applications that stay signed in, with the libraries of their makers."""

from collections.abc import Callable
from pathlib import Path
from tests.applications.registering import Register
from tests.clients.changes import CHANGES
from tests.clients.programs import library
from tests.clients.test_signing_in import metadata as metadata
from tests.clients.test_signing_in import MODULES
from tests.clients.test_signing_in import NODE
from tests.clients.test_signing_in import Person
from tests.clients.test_signing_in import person as person
from tests.clients.test_signing_in import REDIRECT_URI
from tests.clients.test_signing_in import signed_in
from typing import Any

import json
import pytest
import shutil
import subprocess


requests_oauthlib = library("requests_oauthlib")
requests_client = library("authlib.integrations.requests_client")


@pytest.fixture
def application(register: Register) -> Any:
    """A confidential application that stays signed in."""
    return register(
        redirect_uris=(REDIRECT_URI,),
        scopes=("plone.write",),
        default_scopes=(),
        stays_signed_in=True,
    )


@pytest.mark.parametrize("change", CHANGES)
def test_requests_oauthlib_stays_signed_in(
    site: Any,
    application: Any,
    person: Person,
    metadata: Any,
    monkeypatch: pytest.MonkeyPatch,
    change: Any,
) -> None:
    """CR-18, CR-26: it renews by itself, and keeps the refresh token of the answer."""
    client_id, kept = application.credential.client_id, []
    session = requests_oauthlib.OAuth2Session(
        client_id,
        redirect_uri=REDIRECT_URI,
        scope=["plone.read", "plone.write"],
        pkce="S256",
        auto_refresh_url=metadata["token_endpoint"],
        auto_refresh_kwargs={
            "client_id": client_id,
            "client_secret": application.secret,
        },
        token_updater=kept.append,
    )
    url, _ = session.authorization_url(metadata["authorization_endpoint"])
    first = session.fetch_token(
        metadata["token_endpoint"],
        authorization_response=person(url),
        client_secret=application.secret,
    )
    change(monkeypatch, site)
    for _ in range(2):
        session.token = {**(kept[-1] if kept else first), "expires_at": 1}
        assert signed_in(site, session) == "alice"
    tokens = [first, *kept]
    assert len({each["refresh_token"] for each in tokens}) == 3
    assert len({each["access_token"] for each in tokens}) == 3


@pytest.mark.parametrize("change", CHANGES)
def test_authlib_stays_signed_in(
    site: Any,
    application: Any,
    person: Person,
    metadata: Any,
    monkeypatch: pytest.MonkeyPatch,
    change: Any,
) -> None:
    """CR-18, CR-26: it renews by itself, and keeps the refresh token of the answer."""
    kept = []
    session = requests_client.OAuth2Session(
        application.credential.client_id,
        application.secret,
        scope="plone.read plone.write",
        redirect_uri=REDIRECT_URI,
        token_endpoint=metadata["token_endpoint"],
        update_token=lambda token, **old: kept.append(token),
    )
    url, state = session.create_authorization_url(metadata["authorization_endpoint"])
    first = session.fetch_token(
        metadata["token_endpoint"], authorization_response=person(url), state=state
    )
    first = dict(first)
    change(monkeypatch, site)
    for _ in range(2):
        session.token["expires_at"] = 1
        assert signed_in(site, session) == "alice"
    tokens = [first, *kept]
    assert len({each["refresh_token"] for each in tokens}) == 3
    assert len({each["access_token"] for each in tokens}) == 3


@pytest.mark.skipif(
    NODE is None or not (MODULES / "openid-client").is_dir(),
    reason="Needs node, and: make node-clients",
)
@pytest.mark.parametrize("authentication", ["client_secret_basic", "none"])
@pytest.mark.parametrize("change", CHANGES)
def test_openid_client_stays_signed_in(
    site: Any,
    register: Register,
    person: Person,
    sealing_key: str,
    end_token: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    change: Any,
    authentication: str,
) -> None:
    """CR-18, CR-26: it renews what the site refuses, and takes what it gets."""
    issued = register(
        redirect_uris=(REDIRECT_URI,),
        scopes=("plone.write",),
        default_scopes=(),
        stays_signed_in=True,
        authentication=authentication,
    )
    secret = issued.secret if authentication != "none" else ""
    # Node looks for modules beside the program.
    source = Path(__file__).parent / "openid_client_staying.mjs"
    program = shutil.copy(source, tmp_path)
    (tmp_path / "node_modules").symlink_to(MODULES)
    with subprocess.Popen(
        [str(NODE), program, site.url, issued.credential.client_id, secret],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
    ) as process:
        assert process.stdin is not None and process.stdout is not None

        def say(line: str) -> Any:
            assert process.stdin is not None and process.stdout is not None
            process.stdin.write(f"{line}\n")
            return json.loads(process.stdout.readline())

        told = [say(person(process.stdout.readline().strip()))]
        change(monkeypatch, site)
        for _ in range(2):
            end_token(told[-1]["access_token"])
            told.append(say("again"))
        process.stdin.close()
    assert {each["user"] for each in told} == {"alice"}
    assert len({each["refresh_token"] for each in told}) == 3
    assert len({each["access_token"] for each in told}) == 3
