"""google-auth: service account credentials from the keyfile for google-auth."""

from datetime import datetime
from datetime import timedelta
from datetime import timezone
from pas.plugins.tokenauth.servicekeys.kind import SERVICE_KEY
from tests.clients.connections import Connections
from tests.clients.programs import library
from tests.clients.programs import program
from typing import Any

import pytest
import threading


exceptions = library("google.auth.exceptions")
service_account = library("google.oauth2.service_account")
google_session = program("google_session")

GOOGLE = "iamcredentials.googleapis.com"


@pytest.fixture
def keyfile(site: Any) -> dict[str, Any]:
    """The download for google-auth."""
    site.add_user("owner", "Manager")
    issued = site.make(
        SERVICE_KEY,
        site.requester("owner"),
        material={"algorithm": "RS256"},
        title="For google-auth",
        may_impersonate=True,
    )
    return issued.google_keyfile


@pytest.fixture
def path(keyfile: dict[str, Any], save: Any) -> str:
    return save(keyfile)


@pytest.fixture
def no_threads_left() -> Any:
    """What google-auth does in the background is done when this is called."""
    before = set(threading.enumerate())

    def join() -> None:
        for thread in set(threading.enumerate()) - before:
            if type(thread).__module__.startswith("google."):
                thread.join(30)

    return join


def test_it_calls_the_api(site: Any, path: str) -> None:
    session = google_session.plone_session(path)
    answer = session.get(f"{site.url}/@users/owner")
    assert answer.json()["id"] == "owner"


def test_nothing_is_sent_to_google(
    site: Any, path: str, connections: Connections, no_threads_left: Any
) -> None:
    session = google_session.plone_session(path)
    assert session.get(f"{site.url}/@users/owner").status_code == 200
    session.credentials.expiry = datetime(2000, 1, 1)
    assert session.get(f"{site.url}/@users/owner").status_code == 200
    no_threads_left()
    assert connections.foreign == []


def test_without_the_universe_domain_something_is(
    site: Any, keyfile: Any, save: Any, connections: Connections, no_threads_left: Any
) -> None:
    """What the documentation warns of; it shows too that the guard sees it."""
    del keyfile["universe_domain"]
    session = google_session.plone_session(save(keyfile))
    session.get(f"{site.url}/@users/owner")
    no_threads_left()
    assert set(connections.foreign) == {GOOGLE}


def test_it_renews_a_token_before_it_expires(site: Any, path: str) -> None:
    session = google_session.plone_session(path)
    session.get(site.url)
    first = session.credentials.token
    # The library keeps it in UTC and does not say so.
    now = datetime.now(timezone.utc).replace(tzinfo=None)
    lifetime = session.credentials.expiry - now
    assert lifetime > timedelta(minutes=50)
    session.credentials.expiry -= lifetime - timedelta(seconds=200)
    assert session.get(f"{site.url}/@users/owner").status_code == 200
    assert session.credentials.token != first


def test_it_renews_a_token_that_ended_early(
    site: Any, path: str, end_token: Any
) -> None:
    session = google_session.plone_session(path)
    session.get(site.url)
    first = session.credentials.token
    end_token(first)
    assert session.get(f"{site.url}/@users/owner").status_code == 200
    assert session.credentials.token != first


def test_its_own_audience_is_refused(path: str) -> None:
    credentials = service_account.Credentials.from_service_account_file(path)
    session = google_session.AuthorizedSession(credentials)
    with pytest.raises(exceptions.RefreshError, match="The claim aud must be"):
        session.get("http://localhost/")


def test_scopes_with_this_keyfile_never_ask_the_site(
    site: Any, path: str, keyfile: dict[str, Any]
) -> None:
    """The documentation says: no scopes. The library signs its own token then."""
    credentials = service_account.Credentials.from_service_account_file(
        path, scopes=["plone.read"], additional_claims={"aud": keyfile["token_uri"]}
    )
    session = google_session.AuthorizedSession(credentials)
    answer = session.get(
        f"{site.url}/@users/owner", headers={"Accept": "application/json"}
    )
    assert answer.status_code == 401
    assert credentials.token is None or not credentials.token.startswith("pta_")


def test_it_asks_for_a_scope_by_a_claim(
    path: str, keyfile: dict[str, Any], site: Any
) -> None:
    claims = {"aud": keyfile["token_uri"], "scope": "plone.read"}
    credentials = service_account.Credentials.from_service_account_file(
        path, additional_claims=claims
    )
    session = google_session.AuthorizedSession(credentials)
    session.headers["Accept"] = "application/json"
    assert session.get(f"{site.url}/@users/owner").status_code == 200
    body = {"@type": "Document", "title": "No"}
    assert session.post(site.url, json=body).status_code == 403


def test_a_subject_needs_a_keyfile_without_the_universe_domain(
    site: Any,
    keyfile: dict[str, Any],
    save: Any,
    connections: Connections,
    no_threads_left: Any,
) -> None:
    site.add_user("jane")
    claims = {"aud": keyfile["token_uri"]}
    from_file = service_account.Credentials.from_service_account_file
    refused = from_file(save(keyfile), subject="jane", additional_claims=claims)
    with pytest.raises(exceptions.RefreshError, match="domain wide delegation"):
        google_session.AuthorizedSession(refused).get(site.url)
    del keyfile["universe_domain"]
    credentials = from_file(save(keyfile), subject="jane", additional_claims=claims)
    session = google_session.AuthorizedSession(credentials)
    answer = session.get(
        f"{site.url}/@users/jane", headers={"Accept": "application/json"}
    )
    assert answer.json()["id"] == "jane"
    no_threads_left()
    assert connections.foreign == []
