"""Problems of the core, in words for people."""

from pas.plugins.tokenauth.core.errors import KeyProblem
from pas.plugins.tokenauth.core.errors import KeyRefused
from pas.plugins.tokenauth.core.ipranges import IPRangeError
from pas.plugins.tokenauth.core.ipranges import MAX_RANGES
from pas.plugins.tokenauth.core.ipranges import normalized
from pas.plugins.tokenauth.core.ipranges import Problem
from pas.plugins.tokenauth.credentials.messages import ip_range_message
from pas.plugins.tokenauth.credentials.messages import key_message
from typing import get_args
from zope.i18n import interpolate

import pytest


#: Whatever any of the messages about keys mentions.
VALUES = {
    "maximum": 1,
    "minimum": 2,
    "bits": 3,
    "exponent": 4,
    "weakness": "roca",
    "algorithms": "RS256",
    "algorithm": "PS256",
    "stated": "ES256",
    "wanted": "EdDSA",
}


def shown(message: str) -> str:
    return interpolate(message, message.mapping)  # type: ignore[attr-defined]


@pytest.mark.parametrize("problem", get_args(KeyProblem))
def test_every_problem_of_a_key_has_a_sentence(problem: KeyProblem) -> None:
    """With the values that the core tells, and no others."""
    assert "${" not in shown(key_message(KeyRefused(problem, **VALUES)))


@pytest.mark.parametrize("problem", get_args(Problem))
def test_every_problem_of_an_ip_range_has_a_sentence(problem: Problem) -> None:
    error = IPRangeError(problem, "10.0.0.1/8", 17, "10.0.0.0/8")
    text = shown(ip_range_message(error))
    assert "${" not in text
    assert "column 17" in text


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ("10.0.0.1/8", "“10.0.0.1/8” at column 1 is no network: did you mean 10.0."),
        ("10.0.0.1,,", "There is an empty entry at column 10."),
        ("nonsense", "“nonsense” at column 1 is neither an IP address nor a network."),
        ("fe80::1%1", "“fe80::1%1” at column 1: zones are not supported."),
        ("::1," * MAX_RANGES + "::1", f"too many entries: at most {MAX_RANGES}."),
    ],
)
def test_a_message_says_what_is_wrong_and_where(entries: str, expected: str) -> None:
    with pytest.raises(IPRangeError) as refused:
        normalized(entries)
    assert expected in shown(ip_range_message(refused.value))
