"""Applications that people let act for them, with the libraries of their makers."""

from collections.abc import Callable
from pathlib import Path
from tests.applications.registering import Register
from tests.clients.programs import library
from tests.clients.programs import PROGRAMS
from tests.delegation.conftest import Browser
from typing import Any

import json
import pytest
import shutil
import subprocess


requests_oauthlib = library("requests_oauthlib")
requests_client = library("authlib.integrations.requests_client")

REDIRECT_URI = "https://app.example.org/cb"
MODULES = Path(__file__).parents[2] / "var" / "node" / "node_modules"
NODE = shutil.which("node")

Person = Callable[[str], str]


@pytest.fixture
def person(site: Any, sealing_key: str) -> Person:
    """Follows a link to the site, logs in, says yes, and tells where that leads."""
    site.add_user("alice")
    browser = Browser(site)

    def follow(url: str) -> str:
        answer = browser.get(url)
        if "/login?" in answer.headers.get("Location", ""):
            browser.log_in()
            answer = browser.get(url)
        if answer.status_code == 200:
            answer = browser.answer(answer)
        location: str = answer.headers["Location"]
        assert location.startswith(f"{REDIRECT_URI}?")
        return location

    return follow


@pytest.fixture
def application(register: Register) -> Any:
    """A confidential application."""
    return register(
        redirect_uris=(REDIRECT_URI,), scopes=("plone.write",), default_scopes=()
    )


@pytest.fixture
def metadata(site: Any, sealing_key: str) -> Any:
    return site.get("/.well-known/oauth-authorization-server").json()


def signed_in(site: Any, session: Any) -> str:
    """Who the token of a session acts as."""
    answer = session.get(
        f"{site.url}/@users/alice", headers={"Accept": "application/json"}
    )
    return answer.json()["id"]


@pytest.mark.parametrize("pkce", ["S256", None])
def test_requests_oauthlib_signs_a_person_in(
    site: Any, application: Any, person: Person, metadata: Any, pkce: str | None
) -> None:
    """CR-05, PK-02, PK-05: with a verifier that has all the characters it may have."""
    session = requests_oauthlib.OAuth2Session(
        application.credential.client_id,
        redirect_uri=REDIRECT_URI,
        scope=["plone.read", "plone.write"],
        pkce=pkce,
    )
    url, _ = session.authorization_url(metadata["authorization_endpoint"])
    token = session.fetch_token(
        metadata["token_endpoint"],
        authorization_response=person(url),
        client_secret=application.secret,
    )
    assert token["scope"] == ["plone.read", "plone.write"]
    assert signed_in(site, session) == "alice"


def test_requests_oauthlib_notices_another_state(
    application: Any, person: Person, metadata: Any
) -> None:
    """AE-10: what it compares came back as it was sent."""
    session = requests_oauthlib.OAuth2Session(
        application.credential.client_id,
        redirect_uri=REDIRECT_URI,
        scope=["plone.read"],
    )
    url, _ = session.authorization_url(metadata["authorization_endpoint"])
    forged = person(url).replace("state=", "state=x")
    with pytest.raises(Exception, match="mismatching_state"):
        session.fetch_token(
            metadata["token_endpoint"],
            authorization_response=forged,
            client_secret=application.secret,
        )


@pytest.mark.parametrize("pkce", [True, False])
def test_authlib_signs_a_person_in(
    site: Any, application: Any, person: Person, metadata: Any, pkce: bool
) -> None:
    """CR-05, PK-02: by the client that its integrations of web frameworks use."""
    session = requests_client.OAuth2Session(
        application.credential.client_id,
        application.secret,
        scope="plone.read plone.write",
        redirect_uri=REDIRECT_URI,
        code_challenge_method="S256" if pkce else None,
    )
    verifier = {"code_verifier": "v" * 48} if pkce else {}
    url, state = session.create_authorization_url(
        metadata["authorization_endpoint"], **verifier
    )
    token = session.fetch_token(
        metadata["token_endpoint"],
        authorization_response=person(url),
        state=state,
        **verifier,
    )
    assert token["scope"] == "plone.read plone.write"
    assert signed_in(site, session) == "alice"


@pytest.mark.skipif(
    NODE is None or not (MODULES / "openid-client").is_dir(),
    reason="Needs node, and: make node-clients",
)
@pytest.mark.parametrize("authentication", ["client_secret_basic", "none"])
def test_openid_client_signs_a_person_in(
    site: Any,
    register: Register,
    person: Person,
    metadata: Any,
    tmp_path: Path,
    authentication: str,
) -> None:
    """CR-06, PK-05, AE-09, OD-01: it discovers, and checks state and iss."""
    issued = register(
        redirect_uris=(REDIRECT_URI,),
        scopes=("plone.read",),
        authentication=authentication,
    )
    # Node looks for modules beside the program.
    program = shutil.copy(PROGRAMS / "openid_client_sign_in.mjs", tmp_path)
    (tmp_path / "node_modules").symlink_to(MODULES)
    secret = getattr(issued, "secret", "") if authentication != "none" else ""
    with subprocess.Popen(
        [str(NODE), program, site.url, issued.credential.client_id, secret],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert url.startswith(metadata["authorization_endpoint"]), url
        out, err = process.communicate(person(url) + "\n", timeout=60)
    assert process.returncode == 0, err
    assert json.loads(out) == {"scope": "plone.read", "user": "alice"}
