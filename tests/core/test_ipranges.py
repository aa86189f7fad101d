"""IP ranges: where a client may connect from."""

from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from pas.plugins.tokenauth.core.ipranges import contains
from pas.plugins.tokenauth.core.ipranges import IPRangeError
from pas.plugins.tokenauth.core.ipranges import is_within
from pas.plugins.tokenauth.core.ipranges import MAX_RANGES
from pas.plugins.tokenauth.core.ipranges import neighbourhood_of
from pas.plugins.tokenauth.core.ipranges import normalized
from typing import Any

import ipaddress
import pytest


PROPERTY = settings(deadline=None, derandomize=True, database=None)

ADDRESSES = st.ip_addresses().map(str)
#: Where 32 IPv4 and 32 IPv6 addresses live: few enough to try them all.
SMALL_SPACES = (
    ipaddress.ip_network("10.0.0.32/27"),
    ipaddress.ip_network("2001:db8::20/123"),
)
SMALL_NETWORKS = st.sampled_from(SMALL_SPACES).flatmap(
    lambda space: st.tuples(
        st.sampled_from(list(space)), st.integers(0, 5).map(space.prefixlen.__add__)
    ).map(lambda pair: ipaddress.ip_network(f"{pair[0]}/{pair[1]}", strict=False))
)
SMALL_LISTS = st.lists(SMALL_NETWORKS, max_size=6).map(
    lambda found: ", ".join(map(str, found))
)
NETWORKS = st.one_of(
    st.tuples(st.ip_addresses(v=4), st.integers(0, 32)),
    st.tuples(st.ip_addresses(v=6), st.integers(0, 128)),
).map(lambda pair: ipaddress.ip_network(pair, strict=False))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("   ", ""),
        ("\n", ""),
        ("10.0.0.1", "10.0.0.1"),
        ("10.0.0.1/32", "10.0.0.1"),
        ("10.0.0.0/8", "10.0.0.0/8"),
        ("10.0.0.0/255.0.0.0", "10.0.0.0/8"),
        ("10.0.0.0/0.255.255.255", "10.0.0.0/8"),
        ("0.0.0.0/0", "0.0.0.0/0"),
        (" 10.0.0.1 ,192.168.0.0/16\n", "10.0.0.1, 192.168.0.0/16"),
        ("2001:DB8:0:0::/32", "2001:db8::/32"),
        ("::1", "::1"),
        ("::1/128", "::1"),
        ("::/0", "::/0"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
        ("::ffff:a00:1", "10.0.0.1"),
        ("::ffff:10.0.0.0/104", "10.0.0.0/8"),
        ("::ffff:0:0/96", "0.0.0.0/0"),
        ("::fffe:0:0/95", "::fffe:0:0/95"),
    ],
)
def test_a_list_is_spelled_in_one_way(text: str, expected: str) -> None:
    """JB-32: addresses and networks, IPv4-mapped ones as what they mean."""
    assert normalized(text) == expected


@pytest.mark.parametrize(
    ("text", "problem", "entry", "column", "suggestion"),
    [
        (",", "empty", "", 1, ""),
        ("10.0.0.1,", "empty", "", 10, ""),
        ("10.0.0.1,,10.0.0.2", "empty", "", 10, ""),
        ("localhost", "not_an_address", "localhost", 1, ""),
        ("*", "not_an_address", "*", 1, ""),
        ("10.0.0.*", "not_an_address", "10.0.0.*", 1, ""),
        ("10.0.0", "not_an_address", "10.0.0", 1, ""),
        ("10/8", "not_an_address", "10/8", 1, ""),
        ("10.0.0.0/33", "not_an_address", "10.0.0.0/33", 1, ""),
        ("10.0.0.0/-1", "not_an_address", "10.0.0.0/-1", 1, ""),
        ("10.0.0.0/", "not_an_address", "10.0.0.0/", 1, ""),
        ("10.0.0.0/8/8", "not_an_address", "10.0.0.0/8/8", 1, ""),
        ("10.0.0.256", "not_an_address", "10.0.0.256", 1, ""),
        ("010.0.0.1", "not_an_address", "010.0.0.1", 1, ""),
        ("0x0a.0.0.1", "not_an_address", "0x0a.0.0.1", 1, ""),
        ("167772161", "not_an_address", "167772161", 1, ""),
        ("10.0.0.1:80", "not_an_address", "10.0.0.1:80", 1, ""),
        ("10.0.0.1-10.0.0.9", "not_an_address", "10.0.0.1-10.0.0.9", 1, ""),
        ("10.0.0.1 10.0.0.2", "not_an_address", "10.0.0.1 10.0.0.2", 1, ""),
        ("10.0.0.1\n10.0.0.2", "not_an_address", "10.0.0.1\n10.0.0.2", 1, ""),
        ("10.0.0.1;10.0.0.2", "not_an_address", "10.0.0.1;10.0.0.2", 1, ""),
        ("[::1]", "not_an_address", "[::1]", 1, ""),
        ("::1::", "not_an_address", "::1::", 1, ""),
        ("\u0661\u0660.0.0.1", "not_an_address", "\u0661\u0660.0.0.1", 1, ""),
        ("::1, 10.0.0.1, nowhere", "not_an_address", "nowhere", 16, ""),
        ("fe80::1%eth0", "zone", "fe80::1%eth0", 1, ""),
        ("::1, fe80::%1/64", "zone", "fe80::%1/64", 6, ""),
        ("10.0.0.1/8", "host_bits_set", "10.0.0.1/8", 1, "10.0.0.0/8"),
        ("::1,  10.1.2.3/16", "host_bits_set", "10.1.2.3/16", 7, "10.1.0.0/16"),
        ("1.2.3.4/0", "host_bits_set", "1.2.3.4/0", 1, "0.0.0.0/0"),
        ("2001:DB8::1/32", "host_bits_set", "2001:DB8::1/32", 1, "2001:db8::/32"),
        ("::ffff:0:0/95", "host_bits_set", "::ffff:0:0/95", 1, "::fffe:0:0/95"),
        (
            "::ffff:10.0.0.1/104",
            "host_bits_set",
            "::ffff:10.0.0.1/104",
            1,
            "10.0.0.0/8",
        ),
    ],
)
def test_an_entry_that_cannot_be_used_is_pointed_at(
    text: str, problem: str, entry: str, column: int, suggestion: str
) -> None:
    """JB-32: the user is told which entry, where it starts and what was meant."""
    with pytest.raises(IPRangeError) as caught:
        normalized(text)
    error = caught.value
    assert (error.problem, error.entry, error.column, error.suggestion) == (
        problem,
        entry,
        column,
        suggestion,
    )


def test_a_list_has_at_most_100_entries() -> None:
    """JB-32: whoever writes the list does not decide how long a check takes."""
    entries = [f"10.0.0.{number}" for number in range(MAX_RANGES + 1)]
    assert normalized(",".join(entries[:-1])).endswith("10.0.0.99")
    with pytest.raises(IPRangeError) as caught:
        normalized(",".join(entries))
    assert caught.value.problem == "too_many"
    assert caught.value.entry == "10.0.0.100"
    assert caught.value.column == len(",".join(entries[:-1])) + 2


@pytest.mark.parametrize("address", ["10.0.0.1", "::1", "", "unknown"])
def test_an_empty_list_admits_everybody(address: str) -> None:
    """Without ranges no address is needed."""
    assert contains("", address)
    assert contains("  ", address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        " ",
        "unknown",
        "localhost",
        "unix:",
        "10.0.0.1:80",
        " 10.0.0.1",
        "10.0.0.1\n",
        "10.0.0.1, 10.0.0.2",
        "010.0.0.1",
        "10.0.0",
        "167772161",
        "[::1]",
        "10.0.0.1/8",
        "\u0661\u0660.0.0.1",
        "\ud800",
    ],
)
def test_an_address_that_is_missing_or_unreadable_is_outside(address: str) -> None:
    """JB-32: fails closed, also for a range that is the whole world."""
    assert not contains("0.0.0.0/0, ::/0", address)


@pytest.mark.parametrize(
    ("ranges", "address", "inside"),
    [
        ("10.0.0.0/8", "10.255.255.255", True),
        ("10.0.0.0/8", "11.0.0.0", False),
        ("10.0.0.1", "10.0.0.1", True),
        ("10.0.0.1", "10.0.0.2", False),
        ("192.168.0.0/16, 10.0.0.1", "10.0.0.1", True),
        ("2001:db8::/32", "2001:DB8:ffff::1", True),
        ("2001:db8::/32", "2001:db9::1", False),
        ("10.0.0.0/8", "::ffff:10.0.0.1", True),
        ("10.0.0.0/8", "::FFFF:a00:1", True),
        ("10.0.0.0/8", "::ffff:11.0.0.1", False),
        ("::ffff:10.0.0.0/104", "10.0.0.1", True),
        ("::ffff:10.0.0.0/104", "::ffff:10.0.0.1", True),
        ("10.0.0.0/8", "::10.0.0.1", False),
        ("10.0.0.0/8", "64:ff9b::10.0.0.1", False),
        ("10.0.0.0/8", "2002:a00:1::", False),
        ("::/0", "10.0.0.1", False),
        ("::/0", "::ffff:10.0.0.1", False),
        ("0.0.0.0/0", "::1", False),
        ("0.0.0.0/0", "::ffff:10.0.0.1", True),
        ("fe80::/10", "fe80::1%eth0", True),
        ("2001:db8::/32", "fe80::1%eth0", False),
    ],
)
def test_an_address_is_inside_or_outside(
    ranges: str, address: str, inside: bool
) -> None:
    """JB-32: a dual-stack socket reports IPv4 clients as IPv6; they are IPv4."""
    assert contains(ranges, address) is inside


@pytest.mark.parametrize("ranges", ["nowhere", "10.0.0.1/8", "10.0.0.1,", ","])
def test_an_invalid_list_admits_nobody(ranges: str) -> None:
    """JB-32: an error, not a look past the entry that is wrong."""
    with pytest.raises(IPRangeError):
        contains(ranges, "10.0.0.1")


@PROPERTY
@given(st.lists(NETWORKS, max_size=5).map(lambda found: ",".join(map(str, found))))
def test_spelling_a_list_again_changes_nothing(text: str) -> None:
    """JB-32: what is stored can be edited and stored again."""
    idempotency_key = normalized(text)
    assert normalized(idempotency_key) == idempotency_key


@PROPERTY
@given(NETWORKS, st.integers(0, 128))
def test_a_suggestion_can_be_used_as_it_is(
    network: "ipaddress.IPv4Network | ipaddress.IPv6Network", length: int
) -> None:
    """JB-32: the suggestion is what would be stored."""
    text = f"{network.broadcast_address}/{min(length, network.max_prefixlen)}"
    try:
        normalized(text)
    except IPRangeError as error:
        assert normalized(error.suggestion) == error.suggestion


@PROPERTY
@given(st.lists(NETWORKS, min_size=1, max_size=5), ADDRESSES, st.data())
def test_inside_means_what_the_standard_library_says(
    networks: list["ipaddress.IPv4Network | ipaddress.IPv6Network"],
    address: str,
    data: st.DataObject,
) -> None:
    """JB-32: judged by an independent implementation, mapped addresses aside."""
    near = data.draw(st.sampled_from(networks))
    for candidate in (address, str(near.network_address), str(near.broadcast_address)):
        parsed = ipaddress.ip_address(candidate)
        if getattr(parsed, "ipv4_mapped", None) is not None:
            continue
        expected = any(parsed in network for network in networks)
        assert contains(", ".join(map(str, networks)), candidate) is expected


@PROPERTY
@given(NETWORKS, ADDRESSES)
def test_normalising_a_list_does_not_move_its_borders(
    network: "ipaddress.IPv4Network | ipaddress.IPv6Network", address: str
) -> None:
    """JB-32: the canonical spelling admits exactly the same clients."""
    for candidate in (address, str(network.network_address)):
        assert contains(str(network), candidate) is contains(
            normalized(str(network)), candidate
        )


@PROPERTY
@given(st.text())
def test_any_string_is_a_list_or_an_error_that_says_where(text: str) -> None:
    """JB-32: never another exception."""
    try:
        normalized(text)
    except IPRangeError as error:
        assert text[error.column - 1 :].startswith(error.entry)


# -- a list within another -----------------------------------------------------


@pytest.mark.parametrize(
    ("inner", "outer", "within"),
    [
        ("", "", True),
        ("10.0.0.1", "", True),
        ("::/0", "", True),
        ("", "10.0.0.1", False),
        ("", "0.0.0.0/0, ::/0", False),
        ("10.0.0.1", "10.0.0.1", True),
        ("10.0.0.1", "10.0.0.0/8", True),
        ("10.0.0.0/8", "10.0.0.1", False),
        ("10.0.0.0/8", "10.0.0.0/8", True),
        ("10.0.0.0/7", "10.0.0.0/8", False),
        ("10.0.0.1, 192.168.0.1", "10.0.0.0/8", False),
        ("10.0.0.1, 192.168.0.1", "192.168.0.0/16, 10.0.0.0/8", True),
        ("10.0.0.0/24", "10.0.0.0/25, 10.0.0.128/25", True),
        ("10.0.0.0/24", "10.0.0.128/25, 10.0.0.0/26, 10.0.0.64/26", True),
        ("10.0.0.0/24", "10.0.0.0/25, 10.0.0.129", False),
        ("10.0.0.64/26", "10.0.0.0/25, 10.0.0.128/25", True),
        ("0.0.0.0/0", "0.0.0.0/1, 128.0.0.0/1", True),
        ("2001:db8::/32", "2001:db8::/33, 2001:db8:8000::/33", True),
        ("2001:db8::1", "::/0", True),
        ("10.0.0.1", "::/0", False),
        ("2001:db8::1", "0.0.0.0/0", False),
        ("0.0.0.0/0, ::/0", "::/0", False),
        # An IPv4 client never counts as one from its mapped address.
        ("::fffe:0:0/95", "::fffe:0:0/96", True),
        ("::fffe:0:0/95", "0.0.0.0/0", False),
    ],
)
def test_a_list_admits_no_more_than_another_or_it_does(
    inner: str, outer: str, within: bool
) -> None:
    """JB-32: adjacent networks count as the one they make up."""
    assert is_within(inner, outer) is within


@PROPERTY
@given(SMALL_LISTS, SMALL_LISTS)
def test_within_means_that_no_address_says_otherwise(inner: str, outer: str) -> None:
    """JB-32: all addresses of a small world, and a client without one, are tried."""
    clients = ["", *(str(address) for space in SMALL_SPACES for address in space)]
    expected = all(contains(outer, each) for each in clients if contains(inner, each))
    assert is_within(inner, outer) is expected


@PROPERTY
@given(SMALL_NETWORKS, st.data())
def test_a_network_is_within_its_parts_until_one_is_missing(
    network: Any, data: st.DataObject
) -> None:
    """JB-32: however small the parts are, and in any order."""
    parts = list(network.subnets(new_prefix=network.max_prefixlen))
    shuffled = data.draw(st.permutations([str(part) for part in parts]))
    assert is_within(str(network), ", ".join(shuffled))
    assert len(shuffled) == 1 or not is_within(str(network), ", ".join(shuffled[1:]))


@pytest.mark.parametrize(
    ("inner", "outer"), [("nowhere", "10.0.0.1"), ("10.0.0.1", "nowhere"), (",", "::1")]
)
def test_an_invalid_list_is_within_nothing_and_around_nothing(
    inner: str, outer: str
) -> None:
    """JB-32: an error, not an answer."""
    with pytest.raises(IPRangeError):
        is_within(inner, outer)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.0/24"),
        ("::ffff:192.0.2.7", "192.0.2.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("", ""),
        ("unknown", ""),
    ],
)
def test_neighbours_share_a_network(address: str, network: str) -> None:
    assert neighbourhood_of(address) == network
