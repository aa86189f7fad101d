"""Hosts that may have any address are named in zope.conf."""

from pas.plugins.tokenauth.fetching.configuration import allowed_hosts


def test_no_host_is_allowed_if_nobody_says_so(zope_conf: dict[str, str]) -> None:
    """Conformance: DR-21."""
    assert allowed_hosts() == frozenset()


def test_allowed_hosts_have_white_space_between(zope_conf: dict[str, str]) -> None:
    """Conformance: DR-21."""
    zope_conf["fetch-hosts"] = " RP.intra:443\n [::1]:8443\t127.0.0.1:80 "
    assert allowed_hosts() == {"rp.intra:443", "[::1]:8443", "127.0.0.1:80"}
