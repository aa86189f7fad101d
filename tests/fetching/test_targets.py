"""URLs to which requests are sent, read strictly."""

from pas.plugins.tokenauth.fetching.errors import FetchRefused
from pas.plugins.tokenauth.fetching.targets import MAX_LENGTH
from pas.plugins.tokenauth.fetching.targets import parse_target
from pas.plugins.tokenauth.fetching.targets import Target

import pytest


REFUSED = [
    # Not to a server of the Web, or not over TLS.
    "",
    "rp.example",
    "//rp.example/",
    "/path",
    "http://rp.example/",
    "ftp://rp.example/",
    "file:///etc/passwd",
    "gopher://rp.example/",
    "javascript:alert(1)",
    "data:text/plain,x",
    "unix:/run/socket",
    "HTTPS://rp.example/",
    "https:rp.example",
    "https:/rp.example/",
    "https:///rp.example/",
    "https://",
    "https:///path",
    # What two parsers read in two ways.
    "https://user@rp.example/",
    "https://user:password@rp.example/",
    "https://rp.example@127.0.0.1/",
    "https://127.0.0.1%40rp.example/",
    "https://rp.example#@127.0.0.1/",
    "https://rp.example/#fragment",
    "https://rp.example\\@127.0.0.1/",
    "https:\\\\rp.example/",
    "https://rp.example\\.127.0.0.1/",
    "https://rp.exa mple/",
    "https://rp.example/a b",
    "https://rp.example/\tpath",
    "https://rp.example/\r\nHost: other",
    "https://rp.example\n/",
    "\nhttps://rp.example/",
    "https://rp.example/\0",
    "https://rp%2eexample/",
    "https://%31%32%37.0.0.1/",
    "https://rp.example/%",
    "https://rp.example/%2",
    "https://rp.example/<path>",
    "https://rp.example/é",
    # Hosts that are none, or not in the alphabet of names.
    "https://rp..example/",
    "https://.rp.example/",
    "https://rp.example./",
    "https://-rp.example/",
    "https://rp-.example/",
    f"https://{'a' * 64}.example/",
    "https://bücher.example/",
    "https://①②⑦.⓪.⓪.①/",
    "https://127。0。0。1/",
    "https://*/",
    # IP addresses as only resolvers and browsers read them.
    "https://2130706433/",
    "https://0177.0.0.1/",
    "https://0177.0.0.01/",
    "https://00000177.0.0.1/",
    "https://0x7f.0.0.1/",
    "https://0x7f000001/",
    "https://0X7F000001/",
    "https://0x7f.1/",
    "https://017700000001/",
    "https://127.1/",
    "https://127.0.1/",
    "https://127.0.0.01/",
    "https://127.0.0.1./",
    "https://127.0.0.256/",
    "https://1.2.3.4.5/",
    "https://0/",
    "https://0x/",
    "https://4294967296/",
    "https://rp.example.1/",
    "https://[127.0.0.1]/x[",
    "https://[::1/",
    "https://[:::1]/",
    "https://[::1]x/",
    "https://[fe80::1%25eth0]/",
    "https://[::ffff:127.0.0.1.1]/",
    "https://[v1.fe80]/",
    "https://::1/",
    # Ports.
    "https://rp.example:0/",
    "https://rp.example:00443/",
    "https://rp.example:65536/",
    "https://rp.example:-1/",
    "https://rp.example:https/",
    "https://rp.example:443:443/",
    "https://rp.example:/",
]


@pytest.mark.parametrize("url", REFUSED)
def test_a_url_in_another_form_gets_no_request(url: str) -> None:
    """Conformance: DR-17, DR-20."""
    with pytest.raises(FetchRefused):
        parse_target(url)


def test_a_url_has_a_length() -> None:
    url = "https://rp.example/"
    parse_target(url.ljust(MAX_LENGTH, "x"))
    with pytest.raises(FetchRefused):
        parse_target(url.ljust(MAX_LENGTH + 1, "x"))


@pytest.mark.parametrize(
    ("url", "host", "port", "path"),
    [
        ("https://rp.example", "rp.example", 443, "/"),
        ("https://RP.Example/", "rp.example", 443, "/"),
        ("https://rp.example?a=b/c?d", "rp.example", 443, "/?a=b/c?d"),
        ("https://rp.example:8443/a/../b;c=%2F", "rp.example", 8443, "/a/../b;c=%2F"),
        ("https://xn--bcher-kva.example/", "xn--bcher-kva.example", 443, "/"),
        ("https://a_b.example/", "a_b.example", 443, "/"),
        ("https://1.example/", "1.example", 443, "/"),
        ("https://0x7f.example/", "0x7f.example", 443, "/"),
        ("https://8.8.8.8/x", "8.8.8.8", 443, "/x"),
        ("https://[2001:4860:4860::8888]:8443/", "2001:4860:4860::8888", 8443, "/"),
        ("https://[2001:4860:4860:0:0:0:0:8888]/", "2001:4860:4860::8888", 443, "/"),
    ],
)
def test_a_url_says_where_the_request_goes(
    url: str, host: str, port: int, path: str
) -> None:
    assert parse_target(url) == Target("https", host, port, path, False)


@pytest.mark.parametrize(
    ("url", "is_allowed"),
    [
        ("https://rp.intra:8443/", True),
        ("https://RP.intra:8443/", True),
        ("https://rp.intra/", False),
        ("https://other.rp.intra:8443/", False),
        ("https://[::1]:8443/", True),
        ("https://rp2.intra/", True),
        ("http://127.0.0.1:8080/", True),
    ],
)
def test_an_allowed_host_is_one_with_its_port(url: str, is_allowed: bool) -> None:
    """Conformance: DR-21."""
    allowed = {"rp.intra:8443", "[::1]:8443", "rp2.intra:443", "127.0.0.1:8080"}
    assert parse_target(url, allowed).is_allowed is is_allowed


def test_an_allowed_host_needs_no_tls_and_others_do() -> None:
    """Conformance: DR-21."""
    assert parse_target("http://127.0.0.1:80/", {"127.0.0.1:80"}).scheme == "http"
    with pytest.raises(FetchRefused, match="TLS"):
        parse_target("http://127.0.0.1:81/", {"127.0.0.1:80"})
