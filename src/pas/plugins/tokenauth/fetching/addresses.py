"""Addresses on the Internet, told from those of networks and machines of one's own."""

from ipaddress import ip_address
from ipaddress import ip_network
from ipaddress import IPv4Address
from ipaddress import IPv4Network
from ipaddress import IPv6Address
from ipaddress import IPv6Network


#: Of the IANA special-purpose registry, and multicast with all that is above it.
_SPECIAL_IPV4 = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
    )
)
#: What is assigned to networks at all; loopback, local and mapped ones are outside.
_GLOBAL_IPV6 = IPv6Network("2000::/3")
#: Teredo and others for protocols, documentation, 6to4, documentation again.
_SPECIAL_IPV6 = tuple(
    IPv6Network(network)
    for network in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)
#: An IPv4 address as a translator of the network writes it (RFC 6052).
_TRANSLATED = IPv6Network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public Internet.

    An IPv4 address inside of an IPv6 address counts as that, where anything translates
    it; 6to4 and Teredo are not used by servers and never public.

    :raises ValueError: when it is no IP address
    """
    parsed = ip_address(address)
    if isinstance(parsed, IPv6Address):
        embedded = _embedded(parsed)
        if embedded is None:
            return parsed in _GLOBAL_IPV6 and not any(
                parsed in network for network in _SPECIAL_IPV6
            )
        parsed = embedded
    return not any(parsed in network for network in _SPECIAL_IPV4)


def network_of(address: str) -> str:
    """What one owner of addresses has at least: an IPv4 address, a /64 of IPv6.

    :returns: empty for what is no IP address
    """
    length = 64 if ":" in address else 32
    try:
        return str(ip_network(f"{address}/{length}", strict=False))
    except ValueError:
        return ""


def _embedded(address: IPv6Address) -> IPv4Address | None:
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _TRANSLATED:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return None
