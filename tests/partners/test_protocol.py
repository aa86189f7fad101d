"""What ska 1.11.2 makes and accepts, vector by vector: it holds, or why it does not.

``ska.json`` was written by the package itself: every expectation is what it returned.
"""

from pas.plugins.tokenauth.partners.protocol import ALGORITHMS
from pas.plugins.tokenauth.partners.protocol import check_canonical
from pas.plugins.tokenauth.partners.protocol import check_signature
from pas.plugins.tokenauth.partners.protocol import is_name
from pas.plugins.tokenauth.partners.protocol import MAX_NAME
from pas.plugins.tokenauth.partners.protocol import MAX_VALUE
from pas.plugins.tokenauth.partners.protocol import PARAMETERS
from pas.plugins.tokenauth.partners.protocol import read_data
from pas.plugins.tokenauth.partners.protocol import SignatureRefused
from pas.plugins.tokenauth.partners.protocol import signed_parameters
from pas.plugins.tokenauth.partners.protocol import SignedData
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import ast
import itertools
import json
import pytest


VECTORS = json.loads((Path(__file__).parent / "ska.json").read_text())["vectors"]
SIGNED = [each for each in VECTORS if each["kind"] == "sign"]
VALIDATED = [each for each in VECTORS if each["kind"] == "validate"]
AMBIGUOUS = [each for each in VALIDATED if each["category"] == "ambiguous"]
#: A moment before most of them expire.
NOW = 4102444500.0
LIFETIME = 600
#: What the package signs in most vectors that it validates.
NAMES = ("email", "first_name", "last_name")

#: What is neither made nor accepted, and the reason for it.
REFUSED = {
    "time": ("ska-050", "ska-052"),  # a blank or a plus sign before the number
    "value": (
        *("ska-079", "ska-080", "ska-097"),  # an ampersand: two extras as well
        "ska-082",  # control characters
        *("ska-088", "ska-089", "ska-091"),  # a list, spelled like a string
        *("ska-112", "ska-113", "ska-115", "ska-116"),
        *("ska-136", "ska-137", "ska-139", "ska-140"),
    ),
    "names": (
        *("ska-094", "ska-095"),  # a comma, which separates names
        *("ska-154", "ska-155"),  # those of parameters
    ),
    "user": (
        *("ska-157", "ska-158"),  # nobody
        "ska-166",  # a percent sign, with which extras begin
    ),
}
#: The package takes them, but this is no list of names in its one spelling.
OTHER_LISTS = ("ska-178", "ska-211", "ska-212")


def ids(vectors: list[dict[str, Any]]) -> list[str]:
    return [f"{each['id']} {each['category']}" for each in vectors]


def is_ours(vector: dict[str, Any]) -> bool:
    """Whether hash and names of parameters are those that there are here."""
    return vector["algorithm"] in ALGORITHMS and not vector["names"]


def verify(
    vector: dict[str, Any], parameters: dict[str, str], names: Any, algorithm: str = ""
) -> SignedData:
    data, signature = read_data(parameters.items(), names)
    check_signature(
        data,
        signature,
        [vector["secret_key"].encode()],
        algorithm or vector["algorithm"],
        LIFETIME,
        vector.get("now", NOW),
    )
    return data


def problem_with(vector: dict[str, Any], *arguments: Any) -> str:
    with pytest.raises(SignatureRefused) as refused:
        verify(vector, *arguments)
    return refused.value.problem


@pytest.mark.parametrize("vector", SIGNED, ids=ids(SIGNED))
def test_what_ska_signs_is_signed_to_the_last_byte_or_refused(
    vector: dict[str, Any],
) -> None:
    """Conformance: SK-01, SK-02."""
    extras = {
        # The package makes strings of everything.
        name: value if isinstance(value, str) else str(value)
        for name, value in vector["extra"].items()
    }
    user, valid_until = vector["auth_user"], str(vector["valid_until"])
    data = SignedData(user=user, valid_until=valid_until, extras=extras)
    secret = vector["secret_key"].encode()
    if not is_ours(vector):
        sent = vector["received"]
        problems = {
            problem_with(vector, sent, extras, algorithm) for algorithm in ALGORITHMS
        }
        assert problems <= {"signature", "missing", "repeated", "names"}
        return
    problem = next((why for why, those in REFUSED.items() if vector["id"] in those), "")
    if problem:
        with pytest.raises(SignatureRefused) as refused:
            signed_parameters(data, secret, vector["algorithm"])
        assert refused.value.problem == problem
        return
    if vector["dumper"] != "default" and data.base != vector["base_string"]:
        # What JavaScript spells in another way.
        sent = {**vector["dict"], **extras}
        sent["valid_until"] = valid_until
        assert problem_with(vector, sent, extras) == "signature"
        return
    parameters = signed_parameters(data, secret, vector["algorithm"])
    assert data.base == vector["base_string"]
    assert dict(parameters)["signature"] == vector["signature"]
    if vector["dumper"] == "default":
        url = f"{vector['url']}{vector['suffix']}{urlencode(parameters)}"
        assert url == vector["signed_url"]
        assert verify(vector, vector["received"], extras) == data


def test_only_few_signatures_of_ska_are_not_made() -> None:
    """Conformance: SK-02: the reasons are few, and each is written down."""
    refused = [each for those in REFUSED.values() for each in those]
    others = [each["id"] for each in SIGNED if not is_ours(each)]
    assert (len(VECTORS), len(SIGNED), len(AMBIGUOUS)) == (178, 100, 16)
    assert (len(refused), len(others)) == (24, 8)


@pytest.mark.parametrize(
    "vector",
    [each for each in VALIDATED if each not in AMBIGUOUS],
    ids=ids([each for each in VALIDATED if each not in AMBIGUOUS]),
)
def test_what_ska_validates_is_accepted_or_refused_for_a_reason(
    vector: dict[str, Any],
) -> None:
    """Conformance: SK-03, SK-04."""
    sent, expected = vector["data"], vector["expected"]
    if not is_ours(vector):
        assert problem_with(vector, sent, NAMES, "sha256") in ("signature", "expired")
    elif vector["id"] in OTHER_LISTS:
        assert problem_with(vector, sent, NAMES) == "names"
    elif expected["result"]:
        assert verify(vector, sent, NAMES).extras == expected["extracted"]
    elif vector["category"] == "not-a-number" or vector["id"] == "ska-241":
        assert problem_with(vector, sent, NAMES) == "time"
    elif expected["reasons"][0]["code"] == 2:
        assert problem_with(vector, sent, NAMES) == "expired"
    else:
        problem = problem_with(vector, sent, NAMES)
        assert problem in ("signature", "names", "missing")
        reason = str(SignatureRefused("signature"))
        assert reason == expected["reasons"][0]["message"]


@pytest.mark.parametrize("vector", AMBIGUOUS, ids=ids(AMBIGUOUS))
def test_what_ska_reads_in_two_ways_is_refused(vector: dict[str, Any]) -> None:
    """Conformance: SK-05: the extras are those that the signer is registered with."""
    assert vector["expected"]["result"]
    signed = ast.literal_eval(vector["note"].partition("signed were ")[2])
    names = tuple(signed.get("extra", {}))
    problem = problem_with(vector, vector["data"], names)
    assert problem in ("names", "time", "value")


def test_two_things_that_can_be_signed_are_never_one_string() -> None:
    """Conformance: SK-05: whatever users and extras are called."""
    letters = [
        "".join(each)
        for length in (1, 2)
        for each in itertools.product("a1_=&%.", repeat=length)
    ]
    times = ("1", "11", "1.1")
    for names in ((), ("a",), ("_",), ("a", "b")):
        seen: dict[str, SignedData] = {}
        values = [letters[:40]] * len(names) if len(names) < 2 else [letters[:8]] * 2
        for user, time in itertools.product(letters, times):
            for given in itertools.product(*values):
                data = SignedData(
                    user=user,
                    valid_until=time,
                    extras=dict(zip(names, given, strict=True)),
                )
                try:
                    check_canonical(data)
                except SignatureRefused:
                    continue
                assert seen.setdefault(data.base, data) == data
        assert len(seen) > 50


@pytest.mark.parametrize(
    "changed, problem",
    [
        ([("auth_user", "eve")], "repeated"),
        ([("email", "eve@example.com")], "repeated"),
        ([("unsigned", "1"), ("unsigned", "2")], ""),
    ],
)
def test_nothing_that_counts_is_sent_twice(
    changed: list[tuple[str, str]], problem: str
) -> None:
    """Conformance: SK-04."""
    vector = next(each for each in VALIDATED if each["id"] == "ska-025")
    pairs = [*vector["data"].items(), *changed]
    if not problem:
        assert read_data(pairs, NAMES)[0].user == "user"
        return
    with pytest.raises(SignatureRefused) as refused:
        read_data(pairs, NAMES)
    assert refused.value.problem == problem


def test_a_signature_that_lives_too_long_is_refused() -> None:
    """Conformance: SK-06."""
    vector = next(each for each in VALIDATED if each["id"] == "ska-025")
    early = {**vector, "now": NOW - 301}
    assert problem_with(early, vector["data"], NAMES) == "lifetime"
    assert verify({**vector, "now": NOW - 300}, vector["data"], NAMES)


def test_any_of_the_secrets_may_have_signed() -> None:
    """A secret is rotated while the partner still has the one before."""
    data = SignedData(user="jane", valid_until="100.0", extras={})
    signature = signed_parameters(data, b"old", "sha512")[0][1]
    check_signature(data, signature, [b"new", b"old"], "sha512", 60, 50.0)
    with pytest.raises(SignatureRefused):
        check_signature(data, signature, [], "sha512", 60, 50.0)


@pytest.mark.parametrize(
    "name", ["", "a=b", "a&b", "a,b", "a\n", "x" * (MAX_NAME + 1), *PARAMETERS]
)
def test_an_extra_is_not_called_like_this(name: str) -> None:
    """Conformance: SK-05."""
    assert not is_name(name)


def test_what_is_signed_has_a_limit() -> None:
    """Nobody has the site work on more."""
    data = SignedData(
        user="jane", valid_until="1.0", extras={"a": "x" * (MAX_VALUE + 1)}
    )
    with pytest.raises(SignatureRefused):
        check_canonical(data)
