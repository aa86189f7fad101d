"""Identifiers of credentials."""

from pas.plugins.tokenauth.credentials.identifiers import identifier

import re


def test_an_identifier_says_its_kind_and_always_has_one_length() -> None:
    """Whatever is drawn: 22 digits in base 62 hold 128 bits."""
    for number in range(200):
        assert re.fullmatch(
            r"svc-[0-9A-Za-z]{22}", identifier("svc-", "jane", f"form-{number}")
        )


def test_a_form_that_is_sent_twice_has_one() -> None:
    assert identifier("svc-", "jane", "1") == identifier("svc-", "jane", "1")


def test_two_forms_and_two_owners_have_different_ones() -> None:
    """Also where one string goes on where the other ends."""
    owned = [("jane", "1"), ("jane", "2"), ("jan", "e1"), ("john", "1")]
    assert (
        len(
            {
                identifier("svc-", owner, idempotency_key)
                for owner, idempotency_key in owned
            }
        )
        == 4
    )
