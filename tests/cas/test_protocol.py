"""The spelling of CAS, and what the parsers of clients make of it."""

from hypothesis import given
from hypothesis import strategies
from pas.plugins.tokenauth.cas.protocol import format_json
from pas.plugins.tokenauth.cas.protocol import format_plain
from pas.plugins.tokenauth.cas.protocol import format_proxy_failure
from pas.plugins.tokenauth.cas.protocol import format_xml
from pas.plugins.tokenauth.cas.protocol import INVALID_TICKET
from pas.plugins.tokenauth.cas.protocol import is_attribute_name
from pas.plugins.tokenauth.cas.protocol import is_name
from pas.plugins.tokenauth.cas.protocol import is_set
from pas.plugins.tokenauth.cas.protocol import is_ticket
from pas.plugins.tokenauth.cas.protocol import logout_request
from pas.plugins.tokenauth.cas.protocol import normalized_service
from pas.plugins.tokenauth.cas.protocol import read_parameters
from pas.plugins.tokenauth.cas.protocol import Refused
from pas.plugins.tokenauth.cas.protocol import Success
from pas.plugins.tokenauth.cas.protocol import UNAUTHORIZED_SERVICE_PROXY
from pas.plugins.tokenauth.core.forms import UnreadableForm
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import json
import pytest


CAS = "{http://www.yale.edu/tp/cas}"
VECTORS = json.loads((Path(__file__).parent / "responses.json").read_text())
RESPONSES = VECTORS["responses"]
FAILED = Refused(INVALID_TICKET, "Ticket ST-x not recognized")
#: What we answer, by the name of the vector that says how parsers read it.
OURS = {
    "plain": Success(user="joerg"),
    "umlaut": Success(user="jörg"),
    "entities": Success(user="a&b"),
    "attributes": Success(
        user="joerg", attributes={"email": "j@example.org", "memberOf": "staff"}
    ),
    "repeated attribute": Success(
        user="joerg", attributes={"memberOf": ["staff", "editors"]}
    ),
    "spec attributes": Success(
        user="joerg",
        attributes={
            "authenticationDate": "2026-11-29T23:00:00Z",
            "longTermAuthenticationRequestTokenUsed": "false",
            "isFromNewLogin": "true",
            "email": "j@example.org",
        },
    ),
    "failure INVALID_TICKET": FAILED,
}
PARSERS = ("python-cas 2", "python-cas 3", "ftw.casauth", "Flask-CAS")


# -- answers -------------------------------------------------------------------


@pytest.mark.parametrize("name", OURS)
def test_an_answer_in_xml_is_one_that_all_parsers_read_alike(name: str) -> None:
    """CP-11: byte for byte what was tried with four parsers, which agree about it."""
    vector = RESPONSES[name]
    assert format_xml(OURS[name]) == vector["response"]
    answer = OURS[name]
    user = answer.user if isinstance(answer, Success) else None
    read = [vector[parser] for parser in PARSERS]
    users = [each[0] if isinstance(each, list) else each or None for each in read]
    assert users == [user] * len(PARSERS)
    if isinstance(answer, Success):
        assert vector["python-cas 3"][1] == answer.attributes


@pytest.mark.parametrize(
    ("name", "answer"), [("CAS 1 yes", OURS["plain"]), ("CAS 1 no", FAILED)]
)
def test_an_answer_in_plain_text_is_one_that_is_read(name: str, answer: Any) -> None:
    """CP-10: two lines, the second is the user."""
    vector = RESPONSES[name]
    assert format_plain(answer) == vector["response"]
    user = answer.user if isinstance(answer, Success) else None
    assert vector["python-cas 1"][0] == user


#: What is read in different ways, or as somebody else: no answer of ours is like it.
AMBIGUOUS = (
    "attributes before user",
    "comment inside the user",
    "empty user",
    "failure and success",
    "no user",
    "other prefix",
    "spaces around the user",
)


@pytest.mark.parametrize("name", AMBIGUOUS)
def test_parsers_differ_about_what_is_never_answered(name: str) -> None:
    """CP-11: the vectors say so; else the row above would prove nothing."""
    vector = RESPONSES[name]
    read = [vector[parser] for parser in PARSERS]
    users = [each[0] if isinstance(each, list) else each for each in read]
    assert any(each != users[0] for each in users)


def test_json_says_the_same() -> None:
    """CP-12: for clients that ask for it."""
    assert format_json(OURS["plain"]) == json.dumps(
        json.loads(RESPONSES["JSON"]["response"])
    )
    answer = json.loads(format_json(OURS["repeated attribute"]))
    assert answer["serviceResponse"]["authenticationSuccess"]["attributes"] == {
        "memberOf": ["staff", "editors"]
    }
    failure = json.loads(format_json(FAILED))["serviceResponse"]
    assert failure["authenticationFailure"]["code"] == INVALID_TICKET


@given(
    strategies.text(min_size=1).filter(is_name),
    strategies.text(min_size=1).filter(is_name),
)
def test_whatever_a_user_is_called_is_read_back(user: str, value: str) -> None:
    """CP-11: there is one user, and it is the one."""
    success = Success(user=user, attributes={"name": value})
    root = ElementTree.fromstring(format_xml(success))
    found = [each for each in root.iter() if each.tag == f"{CAS}user"]
    assert [each.text for each in found] == [user]
    assert root.find(f".//{CAS}name").text == value  # type: ignore[union-attr]
    assert format_plain(success).splitlines() == ["yes", user]


def test_what_xml_cannot_spell_is_left_out() -> None:
    """A profile may hold anything."""
    answer = format_xml(Success(user="jane", attributes={"name": ["a\uffff", "b"]}))
    root = ElementTree.fromstring(answer)
    assert [each.text for each in root.iter(f"{CAS}name")] == ["b"]


@pytest.mark.parametrize(
    "name", ["", " jane", "jane ", "ja\nne", "ja\u202ene", "\ud800", "\ufffe"]
)
def test_what_is_read_as_another_name_is_none(name: str) -> None:
    """CP-11: some parsers take spaces off."""
    assert not is_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "user",
        "attributes",
        "proxies",
        "isFromNewLogin",
        "",
        "a b",
        "1a",
        "a>",
        "ä",
        ":",
    ],
)
def test_no_attribute_is_called_like_what_cas_itself_says(name: str) -> None:
    """CP-11: a parser would take it for the user."""
    assert not is_attribute_name(name)
    assert is_attribute_name("memberOf")


def test_who_asks_for_a_proxy_ticket_is_told_that_there_are_none() -> None:
    """CP-13: in the form of that answer."""
    answer = format_proxy_failure(UNAUTHORIZED_SERVICE_PROXY, "There are none.")
    failure = ElementTree.fromstring(answer)[0]
    assert failure.tag == f"{CAS}proxyFailure"
    assert failure.get("code") == UNAUTHORIZED_SERVICE_PROXY


def test_a_logout_request_names_the_ticket() -> None:
    """CP-20: by which the service knows its session."""
    text = logout_request("LR-1", "a&b", "ST-1", 1_800_000_000.5)
    root = ElementTree.fromstring(text)
    assert root.tag == "{urn:oasis:names:tc:SAML:2.0:protocol}LogoutRequest"
    assert (root.get("ID"), root.get("Version")) == ("LR-1", "2.0")
    assert root.get("IssueInstant") == "2027-01-15T08:00:00Z"
    assert [each.text for each in root] == ["a&b", "ST-1"]


# -- requests ------------------------------------------------------------------


def test_parameters_are_read_once() -> None:
    """CP-03: in whatever case a client encodes, and empty ones count as left out."""
    query = "service=https%3a%2f%2fapp.example%2F%3Fa%3D%252Fb+c&renew=&x=1"
    assert read_parameters(query) == {
        "service": "https://app.example/?a=%2Fb c",
        "x": "1",
    }


@pytest.mark.parametrize(
    "query", ["ticket=a&ticket=b", "service=%ff", "a=%00", f"a={'x' * 6000}", "ä=1"]
)
def test_parameters_that_mean_two_things_or_nothing_are_refused(query: str) -> None:
    """CP-03: as far as a client can get it wrong."""
    with pytest.raises(UnreadableForm):
        read_parameters(query)


@pytest.mark.parametrize(
    ("value", "expected"),
    [("true", True), ("1", True), ("on", True), ("false", False), ("FALSE", False)],
)
def test_a_flag_is_set_by_any_value_but_false(value: str, expected: bool) -> None:
    """Section 2.1.1."""
    assert is_set({"renew": value}, "renew") is expected
    assert not is_set({}, "renew")


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ("https://a.example/?x=ü", "https://a.example/?x=%C3%BC"),
        ("https://a.example/?x=%C3%BC", "https://a.example/?x=%C3%BC"),
        ("https://a.example/?x=a b*|{", "https://a.example/?x=a%20b%2A%7C%7B"),
        ("https://a.example/a;b=c?d[]=1", "https://a.example/a;b=c?d[]=1"),
    ],
)
def test_a_service_is_compared_in_ascii(sent: str, expected: str) -> None:
    """CP-04: what a browser makes of a URL is the same service."""
    assert normalized_service(sent) == expected
    assert normalized_service(expected) == expected


@pytest.mark.parametrize(
    "sent",
    [
        "https://a.example/\\evil",
        "https://a.example/\r\nSet-Cookie: a=b",
        "https://a.example/#part",
        "https://a.example/?ticket=ST-1",
        "https://a.example/?a=1&%74icket=ST-1",
        "https://a.example/100%",
    ],
)
def test_what_a_browser_or_a_service_would_read_otherwise_is_no_service(
    sent: str,
) -> None:
    """CP-04: no second ticket, no line of a header, no other host."""
    assert normalized_service(sent) == ""


@given(strategies.text())
def test_a_service_is_ascii_and_stays_as_it_is(text: str) -> None:
    """CP-04: whatever was sent."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return
    found = normalized_service(text)
    assert found.isascii()
    assert normalized_service(found) == found
    assert not found or unquote(found) == unquote(text)


@pytest.mark.parametrize(
    "text", ["", "ST-", f"PT-{'a' * 43}", f"ST-{'a' * 42}", f"ST-{'ä' * 43}"]
)
def test_what_looks_otherwise_is_no_ticket(text: str) -> None:
    """CP-05: nor is it looked for."""
    assert not is_ticket(text)
    assert is_ticket(f"ST-{'a' * 43}")
