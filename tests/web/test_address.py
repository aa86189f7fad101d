"""Where a request comes from, read in one way for checks, logs and the usage log."""

from pas.plugins.tokenauth.web.address import client_address
from typing import Any
from ZPublisher.HTTPRequest import HTTPRequest
from ZPublisher.HTTPResponse import HTTPResponse

import pytest
import sys


PROXIES = "ZPublisher.HTTPRequest.trusted_proxies"


def address(remote: str, forwarded_for: "str | None" = None) -> str:
    """What we read from a request of Zope."""
    environ = {"SERVER_NAME": "x", "SERVER_PORT": "80", "REMOTE_ADDR": remote}
    if forwarded_for is not None:
        environ["HTTP_X_FORWARDED_FOR"] = forwarded_for
    return client_address(HTTPRequest(sys.stdin.buffer, environ, HTTPResponse()))


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("192.0.2.7:51234", "192.0.2.7"),
        ("192.0.2.7:", "192.0.2.7"),
        (" 192.0.2.7 ", "192.0.2.7"),
        ('"192.0.2.7:51234"', "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("[::ffff:192.0.2.7]:51234", "192.0.2.7"),
        ("2001:db8::7", "2001:db8::7"),
        ("2001:DB8:0:0::7", "2001:db8::7"),
        ("[2001:db8::7]", "2001:db8::7"),
        ("[2001:db8::7]:443", "2001:db8::7"),
        ('"[2001:db8::7]:443"', "2001:db8::7"),
        ("fe80::7%eth0", "fe80::7"),
    ],
)
def test_an_address_is_read_without_its_port_and_brackets(
    monkeypatch: pytest.MonkeyPatch, sent: str, expected: str
) -> None:
    """SB-05: of the client itself, and from a proxy that is trusted."""
    monkeypatch.setattr(PROXIES, ("203.0.113.1",))
    assert address(sent) == expected
    assert address("203.0.113.1", f"198.51.100.1, {sent}") == expected


@pytest.mark.parametrize(
    "sent", ["unknown", "_hidden", "192.0.2.7.8", "192.0.2.7:x", "[x]:1", "example.org"]
)
def test_a_string_that_is_no_address_is_left_as_it_is(
    monkeypatch: pytest.MonkeyPatch, sent: str
) -> None:
    """SB-05: the log shows it, and it is in no range."""
    monkeypatch.setattr(PROXIES, ("203.0.113.1",))
    assert address("203.0.113.1", sent) == sent


@pytest.mark.parametrize("proxy", ["10.0.0.2", "10.0.0.2:40000", "::ffff:10.0.0.2"])
def test_a_second_trusted_proxy_is_not_the_client_however_it_is_spelled(
    monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    """SB-05: else ranges would be compared with its address."""
    monkeypatch.setattr(PROXIES, ("10.0.0.1", "10.0.0.2"))
    assert address("10.0.0.1", f"192.0.2.7:51234, {proxy}") == "192.0.2.7"


def test_the_nearest_is_the_client_where_all_are_trusted_proxies(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(PROXIES, ("10.0.0.1", "10.0.0.2"))
    for forwarded_for in ("10.0.0.2", "10.0.0.2:1", "", ", ,", None):
        assert address("10.0.0.1", forwarded_for) == "10.0.0.1"


@pytest.mark.parametrize(
    "remote", ["203.0.113.1", "203.0.113.1:5", "::ffff:203.0.113.1"]
)
def test_the_header_of_a_stranger_counts_for_nothing(
    monkeypatch: pytest.MonkeyPatch, remote: str
) -> None:
    """ZP-12, SB-05."""
    monkeypatch.setattr(PROXIES, ("10.0.0.1",))
    assert address(remote, "192.0.2.7") == "203.0.113.1"


@pytest.mark.parametrize("sent", ["192.0.2.7:51234", "[::ffff:192.0.2.7]:51234"])
def test_check_log_and_usage_know_the_same_address(
    site: Any,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    sent: str,
) -> None:
    """SB-05, JB-32: behind a proxy that writes the port."""
    monkeypatch.setattr(PROXIES, ("127.0.0.1",))
    headers = {"X-Forwarded-For": sent}
    keyfile = site.issue(ip_ranges="192.0.2.7")
    data = {
        "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
        "assertion": site.grant(keyfile),
    }
    answer = site.request("POST", "/@@oauth2-token", data=data, headers=headers)
    assert answer.status_code == 200, answer.text
    token = answer.json()["access_token"]
    assert site.api("GET", "/@users/owner", token, headers=headers).status_code == 200
    site.sync()
    log = site.context.storage["usage_log"]
    assert [entry.address for entry in log.entries(keyfile["client_id"])] == [
        "192.0.2.7"
    ]
    site.get("", "pta_x", headers=headers)
    assert "client address 192.0.2.7)" in caplog.text
