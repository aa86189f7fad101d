"""The scope of a token request: it narrows, never widens, and is always answered."""

from collections.abc import Callable
from tests.authorization_server.endpoints.conftest import Answer
from tests.authorization_server.endpoints.conftest import client_assertion
from typing import Any

import pytest


#: How a scope can be asked for.
Ask = Callable[[dict[str, Any], str], Answer]
WAYS = ("claim", "body", "client")
BOTH = "plone.read plone.write"


@pytest.fixture(params=WAYS)
def ask(request: pytest.FixtureRequest, site: Any, endpoint: Any) -> Ask:
    """Asks for a token with a scope, in each of the ways."""

    def ask(keyfile: dict[str, Any], scope: str) -> Answer:
        answer: Answer
        if request.param == "claim":
            answer = endpoint.post(site.grant(keyfile, scope=scope))
        elif request.param == "body":
            answer = endpoint.post(site.grant(keyfile), ("scope", scope))
        else:
            answer = endpoint.client(client_assertion(site, keyfile), scope=scope)
        return answer

    return ask


@pytest.fixture
def reader(site: Any) -> dict[str, Any]:
    """A key that may only read."""
    return site.issue(algorithm="ES256", scopes=("plone.read",))


def may_write(site: Any, token: str) -> bool:
    """Whether the token really can change something; whoever cannot is told why."""
    body = {"@type": "Document", "title": "Hello"}
    answer = site.api("POST", "", token, json=body)
    if answer.status_code == 201:
        return True
    assert (answer.status_code, answer.json()["error"]) == (403, "insufficient_scope")
    challenge = answer.headers["WWW-Authenticate"]
    assert 'error="insufficient_scope"' in challenge
    assert 'scope="plone.read plone.write"' in challenge
    site.sync()
    assert "hello" not in site.portal
    assert site.api("GET", "/@users/owner", token).status_code == 200
    return False


def change_scopes(site: Any, keyfile: dict[str, Any], *names: str) -> None:
    site.service_key(keyfile).scopes = names
    site.commit()


# -- narrowing ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("scope", "granted"),
    [
        ("", BOTH),
        ("plone.read", "plone.read"),
        ("plone.write", BOTH),
        (BOTH, BOTH),
        ("plone.write plone.read plone.read", BOTH),
        ("unknown plone.read", "plone.read"),
        ("openid profile offline_access plone.read", "plone.read"),
    ],
)
def test_the_answer_says_what_is_granted(
    ask: Ask, keyfile: Any, scope: str, granted: str
) -> None:
    """TE-04, TE-05, TE-07, TE-10, JB-20, CC-04: what is unknown is left out."""
    answer = ask(keyfile, scope)
    answer.check_success()
    assert answer.json()["scope"] == granted


@pytest.mark.parametrize("scope", ["", "plone.read", "plone.write", BOTH])
def test_no_key_gets_more_than_it_has(
    site: Any, ask: Ask, reader: Any, scope: str
) -> None:
    """TE-04, JB-20, RS-10, SB-03: whoever asks for all gets what there is."""
    answer = ask(reader, scope)
    token = answer.check_success()
    assert answer.json()["scope"] == "plone.read"
    assert not may_write(site, token)


def test_a_narrowed_token_cannot_write(site: Any, ask: Ask, keyfile: Any) -> None:
    """TE-04, RS-10: although the key can."""
    assert not may_write(site, ask(keyfile, "plone.read").check_success())
    assert may_write(site, ask(keyfile, "plone.write").check_success())


@pytest.mark.parametrize(
    ("in_claim", "in_body", "granted"),
    [
        ("plone.read", "plone.write", "plone.read"),
        ("plone.write", "plone.read", "plone.read"),
        (BOTH, "plone.read unknown", "plone.read"),
        ("", "plone.read", "plone.read"),
        ("plone.read", "", "plone.read"),
    ],
)
def test_claim_and_body_both_narrow(
    site: Any, endpoint: Any, keyfile: Any, in_claim: str, in_body: str, granted: str
) -> None:
    """JB-20: a scope in the body is at most the one that was signed."""
    answer = endpoint.post(site.grant(keyfile, scope=in_claim), ("scope", in_body))
    token = answer.check_success()
    assert answer.json()["scope"] == granted
    assert not may_write(site, token)


# -- refusals ----------------------------------------------------------------


@pytest.mark.parametrize(
    "scope",
    ["unknown", "openid profile", "Plone.read", "plone", "plone.read,plone.write"],
)
def test_nothing_but_unknown_scopes_is_an_invalid_scope(
    ask: Ask, keyfile: Any, scope: str
) -> None:
    """TE-06, TE-07: case matters."""
    assert "none of the scopes" in ask(keyfile, scope).check_refused("invalid_scope")


@pytest.mark.parametrize(
    "scope",
    [
        " ",
        " plone.read",
        "plone.read ",
        "plone.read  plone.write",
        "plone.read\tplone.write",
        "plone.read\n",
        'plone.read "',
        "plone.read \\",
        "plone.read é",
        "plone.read\x7f",
        "plone.read\u00a0plone.write",
    ],
)
def test_a_malformed_scope_is_an_invalid_scope(
    ask: Ask, keyfile: Any, scope: str
) -> None:
    """TE-06, TE-18: never half of it."""
    assert "single spaces" in ask(keyfile, scope).check_refused("invalid_scope")


def test_the_log_names_the_key(
    ask: Ask, keyfile: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """Its signature has proved which one it is; nothing a client chose is logged."""
    ask(keyfile, "forged").check_refused("invalid_scope")
    assert keyfile["client_id"] in caplog.text
    assert "forged" not in caplog.text


def test_one_malformed_scope_of_two_is_enough(
    site: Any, endpoint: Any, keyfile: Any
) -> None:
    """TE-06."""
    for in_claim, in_body in (("plone.read", '"'), ('"', "plone.read")):
        grant = site.grant(keyfile, scope=in_claim)
        endpoint.post(grant, ("scope", in_body)).check_refused("invalid_scope")


@pytest.mark.parametrize("scope", [1, True, ["plone.read"], {}], ids=str)
def test_a_claim_that_is_no_string_is_an_invalid_grant(
    site: Any, endpoint: Any, keyfile: Any, scope: Any
) -> None:
    """TE-06, JW-08."""
    answer = endpoint.post(site.grant(keyfile, scope=scope))
    assert "scope" in answer.check_refused("invalid_grant")


def test_a_key_without_a_scope_that_is_left_gets_no_token(
    site: Any, ask: Ask, keyfile: Any
) -> None:
    """TE-05, TE-07: the add-on that had registered it is gone."""
    change_scopes(site, keyfile, "addon.gone")
    for scope in ("", "addon.gone", BOTH):
        ask(keyfile, scope).check_refused("invalid_scope")


# -- later changes of the key ------------------------------------------------


def test_fewer_scopes_of_the_key_are_fewer_for_its_tokens(
    site: Any, ask: Ask, keyfile: Any
) -> None:
    """RS-10: at once, whatever they were granted."""
    tokens = [ask(keyfile, scope).check_success() for scope in ("", BOTH)]
    change_scopes(site, keyfile, "plone.read")
    assert [may_write(site, token) for token in tokens] == [False, False]


def test_more_scopes_of_the_key_are_not_more_for_a_narrowed_token(
    site: Any, ask: Ask, reader: Any
) -> None:
    """RS-10: nor if what it asked for was all there was."""
    token = ask(reader, "plone.read").check_success()
    change_scopes(site, reader, "plone.write")
    assert not may_write(site, token)


def test_a_token_that_was_not_narrowed_follows_its_key(
    site: Any, ask: Ask, reader: Any
) -> None:
    token = ask(reader, "").check_success()
    assert not may_write(site, token)
    change_scopes(site, reader, "plone.write")
    assert may_write(site, token)


def test_a_token_without_a_scope_that_is_left_is_refused(
    site: Any, ask: Ask, keyfile: Any
) -> None:
    """RS-10."""
    token = ask(keyfile, "plone.read").check_success()
    change_scopes(site, keyfile, "addon.gone")
    answer = site.api("GET", "/@users/owner", token)
    assert answer.status_code == 403
    assert 'scope="plone.read"' in answer.headers["WWW-Authenticate"]
