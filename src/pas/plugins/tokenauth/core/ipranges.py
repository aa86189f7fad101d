"""IP ranges: where a client may connect from.

A list of addresses and CIDR networks, IPv4 and IPv6, separated by commas.
An empty list means "from anywhere".
"""

from functools import lru_cache
from ipaddress import collapse_addresses
from ipaddress import ip_address
from ipaddress import ip_network
from ipaddress import IPv4Address
from ipaddress import IPv4Network
from ipaddress import IPv6Address
from ipaddress import IPv6Network
from typing import Literal

import re


Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Problem = Literal["empty", "not_an_address", "host_bits_set", "zone", "too_many"]

MAX_RANGES = 100
_MAPPED = IPv6Network("::ffff:0:0/96")
#: How proxies write an address with a port, and IPv6 addresses at all (RFC 7239).
_BRACKETS = re.compile(r"\[([^\]]*)\](?::[0-9]*)?")
_PORT = re.compile(r"([0-9.]+):[0-9]*")


class IPRangeError(ValueError):
    """An entry of the list cannot be used.

    :param problem: what is wrong with it
    :param entry: the entry as written
    :param column: where it starts, counted from 1
    :param suggestion: the entry that was probably meant, or ``""``
    """

    def __init__(
        self, problem: Problem, entry: str, column: int, suggestion: str = ""
    ) -> None:
        super().__init__(f"{problem}: {entry!r} at column {column}")
        self.problem = problem
        self.entry = entry
        self.column = column
        self.suggestion = suggestion


def normalized(text: str) -> str:
    """The list in its canonical spelling.

    :raises IPRangeError: for the first entry that cannot be used
    """
    return ", ".join(_spelled(network) for network in _parsed(text))


def normalized_address(text: str) -> str:
    """The address of a client in its canonical spelling.

    Without a port, brackets, quotes or a zone; IPv4 for an IPv4 address in IPv6 form.

    :param text: what a server or a proxy says
    :returns: `text` without surrounding white space where it is no address
    """
    text = text.strip()
    bare = text.strip('"')
    for pattern in (_BRACKETS, _PORT):
        found = pattern.fullmatch(bare)
        bare = found[1] if found else bare
    try:
        return str(_unmapped(ip_address(bare.partition("%")[0])))
    except ValueError:
        return text


def neighbourhood_of(address: str) -> str:
    """The network that counts as one place: /24 of IPv4, /64 of IPv6.

    :returns: an empty string for what is no address
    """
    try:
        client = _unmapped(ip_address(address))
    except ValueError:
        return ""
    length = 24 if client.version == 4 else 64
    return str(ip_network((client, length), strict=False))


def contains(text: str, address: str) -> bool:
    """Whether a client at ``address`` is inside the ranges; fails closed.

    An empty list admits everybody, also without an address. With ranges, an
    address that is missing or unreadable is outside.

    :raises IPRangeError: when the list itself is invalid
    """
    networks = _networks(text)
    if not networks:
        return True
    try:
        client = _unmapped(ip_address(address))
    except ValueError:
        return False
    return any(client in network for network in networks)


def is_within(inner: str, outer: str) -> bool:
    """Whether ``outer`` admits every client that ``inner`` admits.

    :param inner: a list as ``normalized`` spells it
    :param outer: another one
    :raises IPRangeError: when one of the lists is invalid
    """
    admitted = _networks(outer)
    if not admitted:
        return True
    networks = _networks(inner)
    return bool(networks) and all(_is_covered(each, admitted) for each in networks)


@lru_cache(maxsize=4096)
def _networks(text: str) -> tuple[Network, ...]:
    # Cached for what is stored, which has a limited length; not for what is typed.
    return _parsed(text)


def _is_covered(network: Network, by: tuple[Network, ...]) -> bool:
    if isinstance(network, IPv4Network):
        v4 = (each for each in by if isinstance(each, IPv4Network))
        return any(network.subnet_of(each) for each in collapse_addresses(v4))
    # Nobody comes from a mapped address: clients there are IPv4 clients.
    v6 = [_MAPPED, *(each for each in by if isinstance(each, IPv6Network))]
    return any(network.subnet_of(each) for each in collapse_addresses(v6))


def _parsed(text: str) -> tuple[Network, ...]:
    if not text.strip():
        return ()
    entries = _entries(text)
    if len(entries) > MAX_RANGES:
        entry, column = entries[MAX_RANGES]
        raise IPRangeError("too_many", entry, column)
    return tuple(_network(entry, column) for entry, column in entries)


def _entries(text: str) -> list[tuple[str, int]]:
    entries = []
    start = 0
    for part in text.split(","):
        indent = len(part) - len(part.lstrip())
        entries.append((part.strip(), start + indent + 1))
        start += len(part) + 1
    return entries


def _network(entry: str, column: int) -> Network:
    if not entry:
        raise IPRangeError("empty", entry, column)
    if "%" in entry:
        raise IPRangeError("zone", entry, column)
    try:
        loose = ip_network(entry, strict=False)
    except ValueError:
        raise IPRangeError("not_an_address", entry, column) from None
    try:
        network = ip_network(entry)
    except ValueError:
        meant = _spelled(_unmapped_network(loose))
        raise IPRangeError("host_bits_set", entry, column, meant) from None
    return _unmapped_network(network)


def _spelled(network: Network) -> str:
    single = network.prefixlen == network.max_prefixlen
    return str(network.network_address if single else network)


def _unmapped(address: Address) -> Address:
    """IPv4 addresses that a dual-stack socket reports as IPv6 are IPv4 addresses."""
    return getattr(address, "ipv4_mapped", None) or address


def _unmapped_network(network: Network) -> Network:
    mapped = getattr(network.network_address, "ipv4_mapped", None)
    if mapped is None:
        return network
    return IPv4Network((mapped, network.prefixlen - _MAPPED.prefixlen))
