"""Forms and queries as they were sent."""

from pas.plugins.tokenauth.core.forms import is_form
from pas.plugins.tokenauth.core.forms import MAX_PARAMETERS
from pas.plugins.tokenauth.core.forms import read_form
from pas.plugins.tokenauth.core.forms import UnreadableForm

import pytest


def test_names_and_values_stay_in_their_order_with_empty_ones() -> None:
    assert read_form("b=2&a=&b=%C3%A9+x", 100) == [("b", "2"), ("a", ""), ("b", "é x")]


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("a=" + "x" * 99, "long"),
        ("a=\xe9", "form"),
        ("a=%FF", "form"),
        ("a=&" * (MAX_PARAMETERS + 1), "long"),
        ("&".join(["a"] * (MAX_PARAMETERS + 1)), "form"),
        ("a=%00", "zero"),
        ("%00=a", "zero"),
    ],
)
def test_what_is_no_list_of_parameters_is_refused(raw: str, reason: str) -> None:
    limit = 2 * MAX_PARAMETERS + 1 if raw.startswith("a&") else 100
    with pytest.raises(UnreadableForm) as refused:
        read_form(raw, limit)
    assert str(refused.value) == reason


@pytest.mark.parametrize(
    ("content_type", "is_one"),
    [
        ("application/x-www-form-urlencoded", True),
        ("Application/X-WWW-Form-URLencoded ; charset=utf-8", True),
        ("application/json", False),
        ("", False),
    ],
)
def test_a_form_is_known_by_its_media_type(content_type: str, is_one: bool) -> None:
    assert is_form(content_type) is is_one
