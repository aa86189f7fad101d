"""The token endpoint over HTTP: order of checks, what it answers, writes and logs."""

from collections.abc import Iterator
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pas.plugins.tokenauth.authorization_server.interfaces import IGrantType
from pas.plugins.tokenauth.core.errors import InvalidGrant
from pas.plugins.tokenauth.core.errors import OAuthError
from pas.plugins.tokenauth.site.interfaces import ISiteContext
from pas.plugins.tokenauth.tokens.issue import issue_access_token
from pas.plugins.tokenauth.tokens.issue import TokenResponse
from pas.plugins.tokenauth.usage.client import ClientInfo
from typing import Any
from ZODB.POSException import ConflictError
from zope.component import adapter
from zope.component import getSiteManager
from zope.interface import implementer
from ZPublisher.HTTPRequest import HTTPRequest

import logging
import pytest
import time


GRANT_TYPE = "urn:ietf:params:oauth:grant-type:jwt-bearer"
FORM = "application/x-www-form-urlencoded"
#: What a token costs: its place among the tokens, and its entry in the log.
TOKEN_AND_LOG = {"IOBTree", "OOBTree", "LogTree", "LogTreeSet"}


@contextmanager
def grant_type(factory: Any, name: str) -> Iterator[None]:
    """Register a grant type for the time of a test."""
    registry = getSiteManager()
    while registry.__bases__:
        registry = registry.__bases__[0]
    registry.registerAdapter(factory, (ISiteContext,), IGrantType, name)
    yield
    registry.unregisterAdapter(factory, (ISiteContext,), IGrantType, name)


@adapter(ISiteContext)
@implementer(IGrantType)
class ExampleGrant:
    """A grant type that does what a test says. Also shows how short one can be."""

    def __init__(self, server: Any) -> None:
        self.server = server

    def __call__(
        self, parameters: Mapping[str, str], client: ClientInfo, now: float
    ) -> TokenResponse:
        credential = self.server.storage.credential(parameters["key"])
        if credential is None:
            raise InvalidGrant("There is no such key.")
        return issue_access_token(
            self.server, credential, credential.owner, client, now
        )


# -- the answer --------------------------------------------------------------


@pytest.mark.parametrize("algorithm", ["RS256", "PS256", "ES256", "EdDSA"])
def test_a_grant_is_exchanged_for_an_access_token(
    site: Any, endpoint: Any, algorithm: str
) -> None:
    """TE-01, TE-02, TE-03, TE-20, TE-26, JB-01, JB-17, JB-21: a valid grant."""
    answer = endpoint.post(site.grant(site.issue(algorithm=algorithm)))
    assert answer.check_success().startswith("pta_")
    assert answer.json()["expires_in"] == 3600


def test_the_token_authorizes_a_private_page(site: Any) -> None:
    """RS-01: the token authenticates its owner."""
    keyfile = site.issue()
    response = site.api("GET", "/@users/owner", site.token(keyfile))
    assert response.status_code == 200
    assert response.json()["id"] == "owner"


def test_expires_in_is_the_real_lifetime(
    site: Any, endpoint: Any, keyfile: Any
) -> None:
    """TE-02: the setting decides, and the key's own end where it comes first."""
    site.plugin.access_token_lifetime = 600
    site.commit()
    answer = endpoint.post(site.grant(keyfile))
    assert answer.json()["expires_in"] == 600
    site.sync()
    short = site.issue(algorithm="ES256", expires_at=time.time() + 300)
    answer = endpoint.post(site.grant(short))
    assert 298 <= answer.json()["expires_in"] <= 300


def test_the_token_ends_when_expires_in_says(
    site: Any, keyfile: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """TE-02."""
    token = site.token(keyfile)
    plugin_now = "pas.plugins.tokenauth.plugin.plugin.now"
    monkeypatch.setattr(plugin_now, lambda: time.time() + 3590)
    assert site.api("GET", "/@users/owner", token).status_code == 200
    monkeypatch.setattr(plugin_now, lambda: time.time() + 3601)
    assert site.api("GET", "/@users/owner", token).status_code == 401


def test_two_grants_give_two_tokens(site: Any, keyfile: Any) -> None:
    """A grant without jti is good until it expires."""
    grant = site.grant(keyfile)
    tokens = {site.exchange(grant).json()["access_token"] for _ in range(3)}
    assert len(tokens) == 3


# -- the order of checks -----------------------------------------------------

_SECRET_QUERY = "/@@oauth2-token?client_secret=x"
_BAD_BASIC = ("Authorization", "Basic !!!")
_TWO_METHODS = (
    ("client_secret", "s"),
    ("client_assertion", "a.b.c"),
)


@pytest.mark.parametrize(
    ("status", "error", "words", "parameters", "options"),
    [
        pytest.param(
            *(405, "invalid_request", "POST"),
            [("grant_type", "password")],
            {"method": "PUT", "path": _SECRET_QUERY},
            id="method-before-uri",
        ),
        pytest.param(
            *(413, "invalid_request", "large"),
            [("grant_type", "x" * 70_000)],
            {"path": _SECRET_QUERY},
            id="size-before-uri",
        ),
        pytest.param(
            *(400, "invalid_request", "UTF-8"),
            [("a", "\ud800"), ("a", "2")],
            {},
            id="utf8-before-duplicates",
        ),
        pytest.param(
            *(400, "invalid_request", "URI"),
            [("a", "1")],
            {"path": _SECRET_QUERY},
            id="uri-before-missing-grant-type",
        ),
        pytest.param(
            *(400, "invalid_request", "URI"),
            [("grant_type", "password")],
            {"path": _SECRET_QUERY},
            id="uri-before-unsupported",
        ),
        pytest.param(
            *(400, "invalid_request", "repeated"),
            [("a", "1"), ("a", "2")],
            {},
            id="duplicates-before-missing-grant-type",
        ),
        pytest.param(
            *(400, "invalid_request", "repeated"),
            [("grant_type", "password"), ("grant_type", "password")],
            {},
            id="duplicates-before-unsupported",
        ),
        pytest.param(
            *(400, "invalid_request", "grant_type"),
            [("client_secret", "s")],
            {},
            id="missing-before-client",
        ),
        pytest.param(
            *(400, "invalid_request", "grant_type"),
            [],
            {"headers": [_BAD_BASIC]},
            id="missing-before-basic",
        ),
        pytest.param(
            *(400, "unsupported_grant_type", "grant type"),
            [("grant_type", "password"), ("client_secret", "s")],
            {},
            id="unsupported-before-client",
        ),
        pytest.param(
            *(400, "unsupported_grant_type", "grant type"),
            [("grant_type", "password")],
            {"headers": [_BAD_BASIC]},
            id="unsupported-before-basic",
        ),
        pytest.param(
            *(400, "invalid_request", "two methods"),
            [("grant_type", GRANT_TYPE), *_TWO_METHODS],
            {},
            id="two-methods-before-assertion",
        ),
        pytest.param(
            *(400, "invalid_client", "secret"),
            [("grant_type", GRANT_TYPE), ("client_secret", "s")],
            {},
            id="client-before-missing-assertion",
        ),
        pytest.param(
            *(400, "invalid_client", "secret"),
            [("grant_type", GRANT_TYPE), ("assertion", "x"), ("client_secret", "s")],
            {},
            id="client-before-bad-assertion",
        ),
        pytest.param(
            *(401, "invalid_client", "Authorization"),
            [("grant_type", GRANT_TYPE), ("assertion", "x")],
            {"headers": [_BAD_BASIC]},
            id="basic-before-bad-assertion",
        ),
        pytest.param(
            *(400, "invalid_request", "assertion"),
            [("grant_type", GRANT_TYPE), ("client_id", "nobody")],
            {},
            id="missing-assertion-before-client-id",
        ),
        pytest.param(
            *(400, "invalid_grant", "assertion"),
            [("grant_type", GRANT_TYPE), ("assertion", "x"), ("client_id", "nobody")],
            {},
            id="grant-before-client-id",
        ),
    ],
)
def test_the_first_of_two_faults_decides(
    endpoint: Any,
    status: int,
    error: str,
    words: str,
    parameters: list[tuple[str, str]],
    options: dict[str, Any],
) -> None:
    """Section 0 of the checklist: the order of checks, with two faults at once."""
    encoded = [
        (name.encode("utf-8", "surrogatepass"), value.encode("utf-8", "surrogatepass"))
        for name, value in parameters
    ]
    answer = endpoint.form(encoded, **options)
    assert words in answer.check_refused(error, status)


def test_a_method_is_refused_before_the_transport_and_that_before_the_body(
    site: Any, endpoint: Any
) -> None:
    """Section 0, steps 1 to 3."""
    site.plugin.issuer = "https://www.example.org"
    site.commit()
    headers = [("Host", "www.example.org"), ("Content-Type", "text/plain")]
    answer = endpoint.send(b"x", headers, method="GET")
    answer.check_refused("invalid_request", 405)
    assert "https" in endpoint.send(b"x", headers).check_refused("invalid_request")


# -- grant types -------------------------------------------------------------


@pytest.mark.parametrize("value", [None, ""])
def test_a_missing_grant_type_is_an_invalid_request(
    endpoint: Any, value: str | None
) -> None:
    """TE-10, TE-15."""
    parameters = [] if value is None else [("grant_type", value)]
    answer = endpoint.form([*parameters, ("assertion", "x")])
    assert "grant_type" in answer.check_refused("invalid_request")


@pytest.mark.parametrize(
    "value",
    [
        "password",
        "Client_credentials",
        "authorization-code",
        "urn:ietf:params:oauth:grant-type:saml2-bearer",
        GRANT_TYPE.upper(),
        GRANT_TYPE.replace("jwt", "JWT"),
        f"{GRANT_TYPE} ",
        f" {GRANT_TYPE}",
        f"{GRANT_TYPE}#",
        "grant-type-é\u202e\ufffe",
        "../../etc/passwd",
        "x" * 10_000,
        '"\\\r\n<script>',
    ],
)
def test_an_unknown_grant_type_is_unsupported(
    site: Any, endpoint: Any, keyfile: Any, value: str
) -> None:
    """TE-16, TE-18, JB-01: an exact, case-sensitive string, and never echoed."""
    parameters = [("grant_type", value), ("assertion", site.grant(keyfile))]
    endpoint.form(parameters).check_refused("unsupported_grant_type")


def test_another_package_can_add_a_grant_type(
    site: Any, endpoint: Any, keyfile: Any
) -> None:
    """A grant type is one named adapter; see ExampleGrant above."""
    with grant_type(ExampleGrant, "urn:example:test"):
        good = [("grant_type", "urn:example:test"), ("key", keyfile["client_id"])]
        token = endpoint.form(good).check_success()
        bad = [("grant_type", "urn:example:test"), ("key", "nobody")]
        endpoint.form(bad).check_refused("invalid_grant")
    assert site.api("GET", "/@users/owner", token).status_code == 200
    endpoint.form(good).check_refused("unsupported_grant_type")


@pytest.mark.parametrize("accept", ["*/*", "application/json", "text/html"])
@pytest.mark.parametrize("path", ["/@@oauth2-token", "/++api++/@@oauth2-token"])
@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("the secret detail"),
        KeyError("the secret detail"),
        ValueError("the secret detail"),
        RecursionError("the secret detail"),
        AssertionError("the secret detail"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_unexpected_error_is_a_500_without_details(
    site: Any, endpoint: Any, error: Exception, path: str, accept: str
) -> None:
    """TE-19: JSON, no OAuth code, neither message nor traceback; nothing is kept."""

    class Broken(ExampleGrant):
        def __call__(self, *args: Any) -> TokenResponse:
            self.server.storage.broken = True
            raise error

    with grant_type(Broken, "urn:example:broken"):
        answer = endpoint.form(
            [("grant_type", "urn:example:broken")], [("Accept", accept)], path=path
        )
    answer.check_failed(500)
    assert b"detail" not in answer.body
    assert b"Error" not in answer.body


@pytest.mark.parametrize("accept", ["*/*", "application/json"])
def test_a_request_that_conflicts_every_time_is_told_to_retry(
    endpoint: Any, accept: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """TE-19: 503 with Retry-After once Zope has given up repeating it."""
    calls = []

    class Busy(ExampleGrant):
        def __call__(self, *args: Any) -> TokenResponse:
            calls.append(args)
            raise ConflictError()

    monkeypatch.setattr(HTTPRequest, "delay_retry", lambda request: None)
    with grant_type(Busy, "urn:example:busy"):
        answer = endpoint.form(
            [("grant_type", "urn:example:busy")], [("Accept", accept)]
        )
    answer.check_failed(503)
    assert answer.all("Retry-After") == ["1"]
    assert len(calls) == 4


def test_a_repeated_request_reads_the_same_body(
    site: Any, endpoint: Any, keyfile: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ZP-17: the first attempt must not use up body, header or query."""
    calls = []

    class BusyOnce(ExampleGrant):
        def __call__(self, parameters: Any, client: Any, now: float) -> TokenResponse:
            calls.append(dict(parameters))
            if len(calls) == 1:
                raise ConflictError()
            return super().__call__(parameters, client, now)

    monkeypatch.setattr(HTTPRequest, "delay_retry", lambda request: None)
    with grant_type(BusyOnce, "urn:example:busy"):
        client_id = keyfile["client_id"]
        answer = endpoint.form([("grant_type", "urn:example:busy"), ("key", client_id)])
    answer.check_success()
    assert calls[0] == calls[1] == {"grant_type": "urn:example:busy", "key": client_id}


# -- what is written ---------------------------------------------------------


def test_a_success_writes_the_token_and_one_entry_of_the_log(
    site: Any, endpoint: Any, keyfile: Any
) -> None:
    """One transaction: the token's group in its shard, one lane of the usage log
    and its order by time."""
    site.token(keyfile)
    answer = endpoint.post(site.grant(keyfile))
    answer.check_success()
    (classes,) = answer.transactions
    # The first token of a shard brings the group for its period of time.
    assert set(classes) <= TOKEN_AND_LOG
    assert classes.count("LogTreeSet") == 1
    assert len(classes) <= 4


def test_a_success_with_a_jti_writes_its_record_too(
    site: Any, endpoint: Any, keyfile: Any
) -> None:
    """JB-14: the identifier's group and its shard, nothing else."""
    site.token(keyfile)
    answer = endpoint.post(site.grant(keyfile, jti="one"))
    answer.check_success()
    (classes,) = answer.transactions
    assert set(classes) <= TOKEN_AND_LOG
    assert classes.count("LogTreeSet") == 1
    assert 4 <= len(classes) <= 6


def test_the_first_success_of_a_key_writes_nothing_more(
    site: Any, endpoint: Any, keyfile: Any
) -> None:
    """Its last use is noted later: those who begin at once would conflict."""
    answer = endpoint.post(site.grant(keyfile))
    answer.check_success()
    assert set(answer.transactions[0]) <= TOKEN_AND_LOG


def test_a_refusal_takes_back_what_was_written(
    site: Any, endpoint: Any, keyfile: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """TE-19: a grant type may find out late; nothing was issued, and no log says so."""

    class Late(ExampleGrant):
        def __call__(self, *args: Any) -> TokenResponse:
            super().__call__(*args)
            raise InvalidGrant("Too late.")

    caplog.set_level(logging.INFO, "pas.plugins.tokenauth.audit")
    parameters = [("grant_type", "urn:example:late"), ("key", keyfile["client_id"])]
    with grant_type(Late, "urn:example:late"):
        answer = endpoint.form(parameters)
    assert answer.check_refused("invalid_grant") == "Too late."
    assert '"event": "Issued"' not in caplog.text
    assert '"event": "Refused"' in caplog.text
    site.sync()
    assert site.context.storage["usage_log"].newest(keyfile["client_id"]) is None


def test_a_success_leaves_one_token_and_one_entry(
    site: Any, endpoint: Any, keyfile: Any
) -> None:
    endpoint.post(site.grant(keyfile), headers=[("User-Agent", "robot/1")])
    site.sync()
    entries = list(site.context.storage["usage_log"].entries(keyfile["client_id"]))
    assert [(entry.subject, entry.user_agent) for entry in entries] == [
        ("owner", "robot/1")
    ]
    assert entries[0].address == "127.0.0.1"


def test_the_entry_names_the_key_pair_that_has_signed(
    site: Any, endpoint: Any, keyfile: Any
) -> None:
    """Also where the header names none; a rotation ends when the old one is silent."""
    grants = [site.grant(keyfile), site.grant(keyfile, headers={})]
    for grant in grants:
        endpoint.post(grant).check_success()
    site.sync()
    entries = site.context.storage["usage_log"].entries(keyfile["client_id"])
    assert [entry.kid for entry in entries] == [keyfile["key_id"]] * 2


def test_a_refusal_leaves_no_entry(site: Any, endpoint: Any, keyfile: Any) -> None:
    """Anonymous bad requests write nothing; see also check_refused."""
    endpoint.post(site.grant(keyfile, aud="https://elsewhere.example")).check_refused(
        "invalid_grant"
    )
    site.sync()
    assert site.context.storage["usage_log"].newest(keyfile["client_id"]) is None


def test_many_clients_at_once_all_get_their_token(
    site: Any, keyfile: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two concurrent grants do not fail each other."""
    monkeypatch.setattr(HTTPRequest, "delay_retry", lambda request: None)
    grants = [site.grant(keyfile, jti=f"j{number}") for number in range(12)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(site.exchange, grants))
    assert [answer.status_code for answer in answers] == [200] * 12
    assert len({answer.json()["access_token"] for answer in answers}) == 12


# -- what is logged ----------------------------------------------------------


def _refusals(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [
        record.getMessage()
        for record in caplog.records
        if record.name == "pas.plugins.tokenauth"
    ]


def test_a_refused_grant_is_logged_with_reason_key_and_address(
    site: Any, endpoint: Any, keyfile: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """The key is named as soon as a signature proves it."""
    endpoint.post(site.grant(keyfile, aud="https://elsewhere.example"))
    (message,) = _refusals(caplog)
    assert "aud" in message
    assert keyfile["client_id"] in message
    assert "127.0.0.1" in message


def test_the_log_tells_what_the_client_is_not_told(
    site: Any, endpoint: Any, keyfile: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """JB-06, JS-28: one description for the client, the true reason for the log."""
    site.service_key(keyfile).revoked_at = time.time()
    site.commit()
    answer = endpoint.post(site.grant(keyfile))
    description = answer.check_refused("invalid_grant")
    (message,) = _refusals(caplog)
    assert "credential has ended" in message
    assert "or not from this address" in description


def test_an_unproved_client_id_is_not_logged(
    site: Any, endpoint: Any, keyfile: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """Anybody can write anything into iss."""
    grant = site.grant(keyfile)
    endpoint.post(grant[:-8] + "AAAAAAAA").check_refused("invalid_grant")
    (message,) = _refusals(caplog)
    assert keyfile["client_id"] not in message
    assert "key unknown" in message


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "https://elsewhere.example"},
        {"exp": 1},
        {"sub": "nobody\nRefused a grant: forged"},
        {"jti": "a\r\nRefused a grant: forged"},
        {"iss": "x\nRefused a grant: forged"},
    ],
    ids=str,
)
def test_nothing_that_a_client_chooses_is_logged(
    site: Any,
    endpoint: Any,
    keyfile: Any,
    caplog: pytest.LogCaptureFixture,
    claims: dict[str, Any],
) -> None:
    """No assertion, and no line that the client has written."""
    caplog.set_level(logging.DEBUG)
    grant = site.grant(keyfile, **claims)
    headers = [("User-Agent", "robot\x85\x9b31mRefused a grant: forged")]
    endpoint.post(grant, headers=headers).check_refused("invalid_grant")
    assert grant not in caplog.text
    assert grant.split(".")[2] not in caplog.text
    assert "forged" not in caplog.text
    assert "\x85" not in caplog.text
    assert len(_refusals(caplog)) == 1


def test_a_success_logs_neither_grant_nor_token(
    site: Any, endpoint: Any, keyfile: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing secret in logs."""
    caplog.set_level(logging.DEBUG)
    grant = site.grant(keyfile)
    token = endpoint.post(grant).check_success()
    assert grant.split(".")[2] not in caplog.text
    assert token not in caplog.text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("assertion", "the-secret"),
        ("client_secret", "the-secret"),
        ("token", "the-secret"),
    ],
)
def test_a_secret_in_the_uri_is_refused_and_not_logged(
    endpoint: Any, caplog: pytest.LogCaptureFixture, name: str, value: str
) -> None:
    """TE-09."""
    caplog.set_level(logging.DEBUG)
    answer = endpoint.post("x", path=f"/@@oauth2-token?{name}={value}")
    assert "URI" in answer.check_refused("invalid_request")
    assert "the-secret" not in caplog.text
    assert len(_refusals(caplog)) == 1


def test_an_error_with_a_secret_in_it_does_not_reach_the_client(
    endpoint: Any,
) -> None:
    """JS-28: an OAuthError shows its description and keeps its reason."""

    class Refusing(ExampleGrant):
        def __call__(self, *args: Any) -> TokenResponse:
            raise OAuthError("Shown.", reason="Kept.")

    with grant_type(Refusing, "urn:example:refusing"):
        answer = endpoint.form([("grant_type", "urn:example:refusing")])
    assert answer.check_refused("invalid_request") == "Shown."


# -- where there is no server ------------------------------------------------


def test_without_the_plugin_there_is_no_endpoint(site: Any, endpoint: Any) -> None:
    site.portal.acl_users.manage_delObjects([site.plugin.getId()])
    site.commit()
    endpoint.post("x").check_failed(404)


def test_without_an_issuer_no_grant_is_good(
    site: Any, endpoint: Any, keyfile: Any
) -> None:
    """JB-31: nothing is guessed from the Host header."""
    site.plugin.issuer = ""
    site.commit()
    for aud in (site.url, site.endpoint, "", "/@@oauth2-token"):
        endpoint.post(site.grant(keyfile, aud=aud)).check_refused("invalid_grant")
