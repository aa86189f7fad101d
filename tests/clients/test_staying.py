"""Applications that stay signed in, with the libraries of their makers."""

from pas.plugins.tokenauth.sealing.configuration import KEY_VARIABLE
from pas.plugins.tokenauth.sealing.keyring import make_key
from tests.applications.registering import Register
from tests.clients.programs import library
from tests.clients.test_signing_in import metadata as metadata
from tests.clients.test_signing_in import Person
from tests.clients.test_signing_in import person as person
from tests.clients.test_signing_in import REDIRECT_URI
from tests.clients.test_signing_in import signed_in
from typing import Any

import pytest


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


def rotate_sealing_key(monkeypatch: pytest.MonkeyPatch, site: Any) -> None:
    """The key with which people were signed in is gone, too."""
    monkeypatch.setenv(KEY_VARIABLE, make_key())


def forget_everything_in_memory(monkeypatch: pytest.MonkeyPatch, site: Any) -> None:
    """As after a restart: what counts is in the database."""
    site.sync()
    site.app._p_jar.db().cacheMinimize()


CHANGES = [rotate_sealing_key, forget_everything_in_memory]


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
