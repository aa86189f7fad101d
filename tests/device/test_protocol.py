"""User codes, and what is counted."""

from pas.plugins.tokenauth.device.limits import Guesses
from pas.plugins.tokenauth.device.limits import Polls
from pas.plugins.tokenauth.device.limits import Requests
from pas.plugins.tokenauth.device.protocol import ALPHABET
from pas.plugins.tokenauth.device.protocol import make_user_code
from pas.plugins.tokenauth.device.protocol import parse_user_code
from pas.plugins.tokenauth.device.protocol import shown_user_code

import pytest
import secrets


def test_a_user_code_makes_no_word_and_is_read_in_two_halves() -> None:
    """Conformance: DG-02."""
    code = make_user_code(secrets.choice)
    assert len(code) == 8
    assert set(code) <= set("BCDFGHJKLMNPQRSTVWXZ")
    assert len(ALPHABET) == len(set(ALPHABET)) == 20
    assert shown_user_code("WDJBMJHT") == "WDJB-MJHT"


@pytest.mark.parametrize(
    "typed", ["WDJB-MJHT", "wdjb mjht", " WDJBMJHT ", "w-d-j-b.mjht", "WDJB\u2013MJHT"]
)
def test_how_a_code_is_typed_does_not_matter(typed: str) -> None:
    """Conformance: DG-02."""
    assert parse_user_code(typed) == "WDJBMJHT"


@pytest.mark.parametrize(
    "typed",
    ["", "WDJB-MJH", "WDJB-MJHTT", "WDJB-MJHA", "WDJB-MJH1", "WDJB-MJHÉ", "x" * 9999],
)
def test_what_can_be_no_code_is_none(typed: str) -> None:
    """Conformance: DG-02."""
    assert parse_user_code(typed) == ""


def test_a_person_has_five_wrong_codes_in_ten_minutes() -> None:
    """Conformance: DG-03."""
    guesses = Guesses()
    for now in range(5):
        assert guesses.may_guess("alice", "192.0.2.1", now)
        guesses.note_wrong("alice", "192.0.2.1", now)
    # Neither another address nor another account helps.
    assert not guesses.may_guess("alice", "192.0.2.2", 599)
    assert not guesses.may_guess("bob", "192.0.2.1", 599)
    assert guesses.may_guess("bob", "192.0.2.2", 599)
    assert guesses.may_guess("alice", "192.0.2.1", 600)


def test_a_site_has_a_hundred_wrong_codes_in_a_minute() -> None:
    """Conformance: DG-03."""
    guesses = Guesses()
    for n in range(100):
        guesses.note_wrong(f"user-{n}", f"address-{n}", 0)
    assert not guesses.may_guess("alice", "192.0.2.1", 59)
    assert guesses.may_guess("alice", "192.0.2.1", 60)


@pytest.mark.parametrize(
    "addresses",
    [
        ["192.0.2.1"] * 21,
        [f"2001:db8:1:2::{n}" for n in range(21)],
        ["unknown", ""] * 10 + ["x"],
    ],
    ids=str,
)
def test_a_network_has_twenty_requests_a_minute_and_a_site_two_hundred(
    addresses: list[str],
) -> None:
    """Conformance: DG-01: whoever has an IPv6 address has 2**64 of them."""
    requests = Requests()
    asked = [requests.may_ask(address, 0) for address in addresses]
    assert asked == [True] * 20 + [False]
    others = [requests.may_ask(f"198.51.100.{n // 20}", 0) for n in range(220)]
    assert others.count(True) == 180
    assert requests.may_ask(addresses[0], 60)


def test_the_addresses_of_a_network_have_five_wrong_codes_together() -> None:
    """Conformance: DG-03."""
    guesses = Guesses()
    for n in range(5):
        guesses.note_wrong(f"user-{n}", f"2001:db8:1:2::{n}", 0)
    assert not guesses.may_guess("alice", "2001:db8:1:2::5", 0)
    assert guesses.may_guess("alice", "2001:db8:1:3::5", 0)


def test_a_device_that_hurries_has_to_wait_longer() -> None:
    """Conformance: DG-07: five seconds more, for good."""
    polls = Polls()
    asked = [0, 5, 9, 18, 28, 48, 49]
    early = [polls.is_too_early(b"code", now) for now in asked]
    assert early == [False, False, True, True, True, False, True]


def test_what_is_remembered_of_devices_is_bounded() -> None:
    """Conformance: DG-08."""
    polls = Polls(size=2)
    for name in (b"1", b"2", b"3"):
        polls.is_too_early(name, 0)
    assert len(polls._polls) == 2
    assert polls.is_too_early(b"3", 1)
    assert not polls.is_too_early(b"1", 1)
