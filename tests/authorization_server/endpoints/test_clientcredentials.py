"""The client credentials grant: the key itself is the client."""

from base64 import b64encode
from pas.plugins.tokenauth.authorization_server.grants.client_credentials import (
    ClientCredentialsGrant,
)
from pas.plugins.tokenauth.core.errors import UnauthorizedClient
from tests.authorization_server.endpoints.conftest import authenticated
from tests.authorization_server.endpoints.conftest import client_assertion
from tests.authorization_server.endpoints.conftest import GRANT_TYPE
from typing import Any

import pytest
import time


def basic(credentials: str) -> list[tuple[str, str]]:
    encoded = b64encode(credentials.encode("utf-8")).decode("ascii")
    return [("Authorization", f"Basic {encoded}")]


# -- success -----------------------------------------------------------------


def test_the_token_acts_as_the_owner(site: Any, endpoint: Any, keyfile: Any) -> None:
    """CC-02, CC-03, TE-01, TE-03, TE-04: its scope is stated, nothing refreshes it."""
    answer = endpoint.client(client_assertion(site, keyfile))
    token = answer.check_success()
    assert answer.json()["scope"] == "plone.read plone.write"
    assert answer.json()["expires_in"] == 3600
    response = site.api("GET", "/@users/owner", token)
    assert (response.status_code, response.json()["id"]) == (200, "owner")


def test_a_user_called_like_the_client_is_somebody_else(
    site: Any, endpoint: Any, keyfile: Any
) -> None:
    """RS-19, CC-03: a client id is no user id, whoever chose either."""
    client_id = keyfile["client_id"]
    site.add_user(client_id)
    for token in (
        endpoint.client(client_assertion(site, keyfile)).check_success(),
        site.token(keyfile, sub=client_id),
    ):
        assert site.api("GET", "/@users/owner", token).status_code == 200
        answer = endpoint.ask("introspect", token, client_assertion(site, keyfile))
        assert answer.json()["sub"] == "owner"
        assert answer.json()["client_id"] == client_id


def test_client_ids_are_not_chosen_by_clients(site: Any) -> None:
    """RS-19, SB-08: they stand apart from user ids, and are random."""
    first, second = (site.issue(algorithm="ES256")["client_id"] for _ in range(2))
    assert first.startswith("svc-")
    assert len(first) == len(second) >= 20
    assert first != second


def test_the_key_may_impersonate_but_its_client_does_not(
    site: Any, endpoint: Any
) -> None:
    """CC-03: whom to act as can be said in a grant only."""
    site.add_user("subject")
    keyfile = site.issue(algorithm="ES256", may_impersonate=True)
    answer = endpoint.client(client_assertion(site, keyfile), sub="subject")
    token = answer.check_success()
    assert site.api("GET", "/@users/owner", token).status_code == 200


def test_the_token_never_outlives_its_key(site: Any, endpoint: Any) -> None:
    """TE-02."""
    keyfile = site.issue(algorithm="ES256", expires_at=time.time() + 300)
    answer = endpoint.client(client_assertion(site, keyfile))
    assert 298 <= answer.json()["expires_in"] <= 300


def test_a_success_writes_the_token_its_entry_and_the_used_identifier(
    site: Any, endpoint: Any, keyfile: Any
) -> None:
    """The token, its entry in the log, and the used identifier: one transaction."""
    site.token(keyfile)
    answer = endpoint.client(client_assertion(site, keyfile))
    answer.check_success()
    (classes,) = answer.transactions
    assert set(classes) <= {"IOBTree", "OOBTree", "LogTree", "LogTreeSet"}
    assert classes.count("LogTreeSet") == 1
    assert 4 <= len(classes) <= 6
    site.sync()
    entries = list(site.context.storage["usage_log"].entries(keyfile["client_id"]))
    assert len(entries) == 2
    for entry in entries:
        assert (entry.subject, entry.address) == ("owner", "127.0.0.1")
        assert entry.kid == keyfile["key_id"]


# -- who is no client --------------------------------------------------------


def test_without_authentication_there_is_no_token(endpoint: Any) -> None:
    """CC-01, CA-04."""
    answer = endpoint.form([("grant_type", "client_credentials")])
    assert "private_key_jwt" in answer.check_refused("invalid_client")


def test_a_client_id_alone_proves_nothing(
    site: Any, endpoint: Any, keyfile: Any
) -> None:
    """CA-06, CC-01."""
    grant = ("grant_type", "client_credentials")
    answer = endpoint.form([grant, ("client_id", keyfile["client_id"])])
    answer.check_refused("invalid_client")


@pytest.mark.parametrize("client_id", ["KEY", "nobody", ""])
def test_a_client_id_in_a_header_proves_nothing(
    site: Any, endpoint: Any, keyfile: Any, client_id: str
) -> None:
    """CA-03, CA-06: 401 with a challenge of the scheme that was tried."""
    client_id = client_id.replace("KEY", keyfile["client_id"])
    parameters = [("grant_type", "client_credentials")]
    answer = endpoint.form(parameters, basic(f"{client_id}:"))
    answer.check_refused("invalid_client", 401)
    assert answer.all("WWW-Authenticate") == ['Basic realm="Plone"']


def test_a_secret_is_the_wrong_method(site: Any, endpoint: Any, keyfile: Any) -> None:
    """CA-11, CA-04: in the body 400, in the header 401."""
    grant = ("grant_type", "client_credentials")
    client_id = keyfile["client_id"]
    body = [grant, ("client_id", client_id), ("client_secret", "s")]
    assert "secret" in endpoint.form(body).check_refused("invalid_client")
    answer = endpoint.form([grant], basic(f"{client_id}:s"))
    assert "secret" in answer.check_refused("invalid_client", 401)


def test_an_access_token_is_no_client(site: Any, endpoint: Any, keyfile: Any) -> None:
    """CA-13: a token obtains no other token."""
    headers = [("Authorization", f"Bearer {site.token(keyfile)}")]
    answer = endpoint.form([("grant_type", "client_credentials")], headers)
    answer.check_refused("invalid_client")


def test_a_grant_is_no_client(site: Any, endpoint: Any, keyfile: Any) -> None:
    """CC-01: what stands in `assertion` belongs to another grant type."""
    parameters = [
        ("grant_type", "client_credentials"),
        ("assertion", site.grant(keyfile)),
    ]
    endpoint.form(parameters).check_refused("invalid_client")


def test_a_client_may_not_be_allowed_a_grant(
    site: Any, endpoint: Any, keyfile: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """TE-17: every key may use every grant type here; one that is added may refuse."""

    def refuse(self: Any, *args: Any) -> None:
        raise UnauthorizedClient("Not for this client.")

    monkeypatch.setattr(ClientCredentialsGrant, "__call__", refuse)
    answer = endpoint.client(client_assertion(site, keyfile))
    assert answer.check_refused("unauthorized_client") == "Not for this client."


# -- the order of checks -----------------------------------------------------


def wrong_assertion(site: Any, keyfile: Any, **more: str) -> list[tuple[str, str]]:
    return authenticated(client_assertion(site, keyfile, aud="x"), **more)


@pytest.mark.parametrize(
    ("error", "word", "parameters"),
    [
        pytest.param(
            *("invalid_request", "grant_type"),
            lambda site, key: wrong_assertion(site, key),
            id="missing-grant-type-before-client",
        ),
        pytest.param(
            *("invalid_request", "grant_type"),
            lambda site, key: [
                ("grant_type", ""),
                *authenticated(client_assertion(site, key), scope='"'),
            ],
            id="empty-grant-type-before-scope",
        ),
        pytest.param(
            *("unsupported_grant_type", "grant type"),
            lambda site, key: [("grant_type", "x"), *wrong_assertion(site, key)],
            id="unsupported-before-client",
        ),
        pytest.param(
            *("unsupported_grant_type", "grant type"),
            lambda site, key: [
                ("grant_type", "password"),
                *authenticated(client_assertion(site, key), scope='"'),
            ],
            id="unsupported-before-scope",
        ),
        pytest.param(
            *("invalid_request", "two methods"),
            lambda site, key: [
                ("grant_type", "client_credentials"),
                *wrong_assertion(site, key, client_secret="s"),
            ],
            id="two-methods-before-wrong-client",
        ),
        pytest.param(
            *("invalid_client", "aud"),
            lambda site, key: [
                ("grant_type", "client_credentials"),
                *wrong_assertion(site, key, scope='"'),
            ],
            id="client-before-scope",
        ),
        pytest.param(
            *("invalid_client", "aud"),
            lambda site, key: [
                ("grant_type", GRANT_TYPE),
                *wrong_assertion(site, key),
            ],
            id="client-before-missing-assertion",
        ),
        pytest.param(
            *("invalid_client", "aud"),
            lambda site, key: [
                ("grant_type", GRANT_TYPE),
                *wrong_assertion(site, key, assertion="x"),
            ],
            id="client-before-grant",
        ),
        pytest.param(
            *("invalid_request", "assertion is missing"),
            lambda site, key: [("grant_type", GRANT_TYPE), ("scope", '"')],
            id="missing-assertion-before-scope",
        ),
        pytest.param(
            *("invalid_grant", "aud"),
            lambda site, key: [
                ("grant_type", GRANT_TYPE),
                ("assertion", site.grant(key, aud="x")),
                ("scope", '"'),
            ],
            id="grant-before-scope",
        ),
        pytest.param(
            *("invalid_grant", "jti"),
            lambda site, key: [
                ("grant_type", GRANT_TYPE),
                ("assertion", site.grant(key, jti="used")),
                ("scope", "unknown"),
            ],
            id="jti-before-scope",
        ),
        pytest.param(
            *("invalid_client", "private_key_jwt"),
            lambda site, key: [("grant_type", "client_credentials"), ("scope", '"')],
            id="no-client-before-scope",
        ),
    ],
)
def test_the_first_of_two_faults_decides(
    site: Any, endpoint: Any, keyfile: Any, error: str, word: str, parameters: Any
) -> None:
    """TE-15, TE-16, TE-18, TE-19: section 0, with two faults in one request."""
    site.token(keyfile, jti="used")
    answer = endpoint.form(parameters(site, keyfile))
    assert word in answer.check_refused(error)
