"""Documents from servers that are not trusted, and messages to them."""

from collections.abc import Callable
from collections.abc import Sequence
from pas.plugins.tokenauth.fetching import connection
from pas.plugins.tokenauth.fetching.errors import FetchError
from pas.plugins.tokenauth.fetching.errors import FetchFailed
from pas.plugins.tokenauth.fetching.errors import FetchRefused
from pas.plugins.tokenauth.fetching.fetcher import FAILURE_AGE
from pas.plugins.tokenauth.fetching.fetcher import Fetcher
from pas.plugins.tokenauth.fetching.fetcher import MAX_AGE
from pas.plugins.tokenauth.fetching.fetcher import MAX_AT_ONCE
from pas.plugins.tokenauth.fetching.fetcher import MAX_FAILURE_AGE
from pas.plugins.tokenauth.fetching.fetcher import MAX_KEPT
from pas.plugins.tokenauth.fetching.fetcher import MAX_PER_HOST
from pas.plugins.tokenauth.fetching.fetcher import MAX_PER_NETWORK
from pas.plugins.tokenauth.fetching.fetcher import MAX_WAITING
from pas.plugins.tokenauth.fetching.fetcher import MAX_WAITING_FOR_STRANGERS
from pas.plugins.tokenauth.fetching.fetcher import MIN_AGE
from pas.plugins.tokenauth.fetching.fetcher import TIMEOUT
from pas.plugins.tokenauth.fetching.interfaces import IFetcher
from pathlib import Path
from tests.fetching.hostile import answers
from tests.fetching.hostile import Authority
from tests.fetching.hostile import Behaviour
from tests.fetching.hostile import drips
from tests.fetching.hostile import floods
from tests.fetching.hostile import is_silent
from tests.fetching.hostile import sends
from tests.fetching.hostile import serving
from tests.fetching.test_addresses import NOT_PUBLIC
from threading import Event
from threading import Thread
from typing import Any
from zope.interface.verify import verifyObject

import pytest
import socket
import ssl
import struct


SIZE = 5 * 1024
#: Seconds after which a test gives up; nothing takes so long.
PATIENCE = 30


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Network:
    """Names and their addresses; connections to them are made to nobody."""

    def __init__(self) -> None:
        self.addresses: dict[str, list[Sequence[str]]] = {}
        self.resolved: list[str] = []
        self.connected: list[str] = []

    def resolve(self, host: str, port: int) -> Sequence[str]:
        self.resolved.append(host)
        found = self.addresses.get(host, [[host]])
        return found.pop(0) if len(found) > 1 else found[0]

    def connect(self, address: tuple[str, int], timeout: float) -> socket.socket:
        self.connected.append(address[0])
        raise ConnectionRefusedError


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch, zope_conf: dict[str, str]) -> Network:
    """A network on which nobody answers, and all connections are on record."""
    made = Network()
    monkeypatch.setattr(connection.socket, "create_connection", made.connect)
    return made


@pytest.fixture
def allow(zope_conf: dict[str, str]) -> Callable[[str], None]:
    def allow(host: str) -> None:
        zope_conf["fetch-hosts"] = f"other.intra:443 {host}"

    return allow


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def same(document: dict[str, Any]) -> dict[str, Any]:
    return document


def local(host: str, port: int) -> Sequence[str]:
    return ["127.0.0.1"]


def fetch(port: int, allow: Callable[[str], None], **options: Any) -> dict[str, Any]:
    """What a server on this computer answers."""
    allow(f"rp.example:{port}")
    fetcher = Fetcher(local, **options)
    return fetcher.get(f"http://rp.example:{port}/document?x=1", same, SIZE)


def test_a_fetcher_is_one() -> None:
    assert verifyObject(IFetcher, Fetcher())


# -- where requests go ----------------------------------------------------------


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_a_name_that_leads_into_the_own_network_gets_no_request(
    address: str, network: Network
) -> None:
    """Conformance: DR-20."""
    network.addresses["rp.example"] = [[address]]
    with pytest.raises(FetchRefused, match="not public"):
        Fetcher(network.resolve).get("https://rp.example/", same, SIZE)
    with pytest.raises(FetchRefused, match="not public"):
        Fetcher(network.resolve).post("https://rp.example/", {})
    assert network.connected == []


@pytest.mark.parametrize(
    "host", [each for each in NOT_PUBLIC if "%" not in each], ids=str
)
def test_an_address_of_the_own_network_gets_no_request(
    host: str, network: Network
) -> None:
    """Conformance: DR-20, DR-21."""
    url = f"https://[{host}]/" if ":" in host else f"https://{host}/"
    with pytest.raises(FetchRefused):
        Fetcher(network.resolve).get(url, same, SIZE)
    assert network.connected == []


@pytest.mark.parametrize(
    "found",
    [
        ["8.8.8.8", "127.0.0.1"],
        ["10.0.0.1", "8.8.8.8"],
        ["2606:4700::1111", "::1"],
        ["8.8.8.8", "9.9.9.9", "1.1.1.1", "4.4.4.4", "5.5.5.5", "169.254.169.254"],
    ],
)
def test_one_address_of_the_own_network_among_others_is_enough(
    found: list[str], network: Network
) -> None:
    """Conformance: DR-20."""
    network.addresses["rp.example"] = [found]
    with pytest.raises(FetchRefused):
        Fetcher(network.resolve).get("https://rp.example/", same, SIZE)
    assert network.connected == []


def test_the_connection_goes_to_the_address_that_was_checked(network: Network) -> None:
    """A name that has another address a moment later. Conformance: DR-20."""
    network.addresses["rp.example"] = [["8.8.8.8"], ["127.0.0.1"]]
    with pytest.raises(FetchFailed, match="no connection"):
        Fetcher(network.resolve).get("https://rp.example/", same, SIZE)
    assert network.resolved == ["rp.example"]
    assert network.connected == ["8.8.8.8"]


def test_some_addresses_of_a_host_are_tried(network: Network) -> None:
    network.addresses["rp.example"] = [[f"8.8.8.{n}" for n in range(10)]]
    with pytest.raises(FetchFailed, match="ConnectionRefusedError"):
        Fetcher(network.resolve).get("https://rp.example/", same, SIZE)
    assert network.connected == [f"8.8.8.{n}" for n in range(4)]


@pytest.mark.parametrize("error", [socket.gaierror("no"), UnicodeError("no"), None])
def test_a_host_without_address_is_a_failure(error: Exception | None) -> None:
    def resolve(host: str, port: int) -> Sequence[str]:
        if error is not None:
            raise error
        return []

    with pytest.raises(FetchFailed, match="no address"):
        Fetcher(resolve).get("https://rp.example/", same, SIZE)


def test_the_system_finds_addresses(zope_conf: dict[str, str]) -> None:
    with pytest.raises(FetchRefused):
        Fetcher().get("https://127.0.0.1/", same, SIZE)
    with pytest.raises(FetchRefused):
        Fetcher().get("https://localhost/", same, SIZE)


@pytest.mark.parametrize("variable", ["https_proxy", "HTTPS_PROXY", "all_proxy"])
def test_no_proxy_is_asked(
    variable: str,
    network: Network,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(variable, "http://127.0.0.1:3128")
    network.addresses["rp.example"] = [["8.8.8.8"]]
    with pytest.raises(FetchFailed):
        Fetcher(network.resolve).get("https://rp.example/", same, SIZE)
    assert network.connected == ["8.8.8.8"]


# -- what is asked and answered --------------------------------------------------


def test_a_document_is_parsed(allow: Callable[[str], None]) -> None:
    with serving(answers(b'{"a": [1, "\xc3\xa9"]}')) as server:
        assert fetch(server.port, allow) == {"a": [1, "é"]}
    head = server.requests[0].decode().split("\r\n")
    assert head[0] == "GET /document?x=1 HTTP/1.1"
    assert f"Host: rp.example:{server.port}" in head
    assert "Accept: application/json" in head
    names = {line.partition(":")[0].lower() for line in head[1:] if line}
    assert not names & {"authorization", "cookie", "content-length"}


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "Application/JSON; charset=utf-8",
        "application/jwk-set+json",
        "application/json ;charset=x",
    ],
)
def test_json_has_several_names(
    content_type: str, allow: Callable[[str], None]
) -> None:
    """Conformance: DR-18."""
    behaviour = answers(b"{}", "200 OK", f"Content-Type: {content_type}")
    with serving(behaviour) as server:
        assert fetch(server.port, allow) == {}


def test_an_answer_without_length_or_in_chunks_is_read(
    allow: Callable[[str], None],
) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
    for data in (
        head + b'\r\n{"a": 1}',
        head + b'Transfer-Encoding: chunked\r\n\r\n4\r\n{"a"\r\n4\r\n: 1}\r\n0\r\n\r\n',
        b"HTTP/1.1 100 Continue\r\n\r\n" + head + b'Content-Length: 8\r\n\r\n{"a": 1}',
    ):
        with serving(sends(data)) as server:
            assert fetch(server.port, allow) == {"a": 1}


OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
#: As long as one line of a header may be.
LINE = 65_000


@pytest.mark.parametrize(
    ("behaviour", "problem"),
    [
        (answers(b"{}", "201 Created"), "201"),
        (answers(b"", "204 No Content"), "204"),
        (answers(b"{}", "206 Partial"), "206"),
        (answers(b"{}", "301 Moved", "Location: http://127.0.0.1/"), "301"),
        (answers(b"{}", "302 Found", "Location: https://rp.example/"), "302"),
        (answers(b"{}", "303 See Other", "Location: /"), "303"),
        (answers(b"{}", "307 Redirect", "Location: file:///etc/passwd"), "307"),
        (answers(b"{}", "308 Redirect", "Location: gopher://x"), "308"),
        (answers(b"{}", "401 No", "WWW-Authenticate: Negotiate"), "401"),
        (answers(b"{}", "404 Not Found"), "404"),
        (answers(b"{}", "500 Error"), "500"),
        (answers(b"{}", "200 OK", "Content-Type: text/html"), "no JSON"),
        (answers(b"{}", "200 OK", "Content-Type: application/jsonp"), "no JSON"),
        (answers(b"{}", "200 OK", "X: y"), "no JSON"),
        (answers(b""), "no good JSON"),
        (answers(b"{"), "no good JSON"),
        (answers(b"\xff"), "no good JSON"),
        (answers(b'{"a": 1, "a": 2}'), "no good JSON"),
        (answers(b'{"a": NaN}'), "no good JSON"),
        (answers(b'{"a":' * 1000), "no good JSON"),
        (answers(b"[]"), "no JSON object"),
        (answers(b"null"), "no JSON object"),
        (answers(b'"' + b"x" * (SIZE - 2) + b'"'), "no JSON object"),
        (answers(b'"' + b"x" * (SIZE - 1) + b'"'), "more than"),
        (answers(b"x" * 10**6), "more than"),
        (answers(b"x" * 10**6, length=False), "more than"),
        (
            answers(
                b"{}",
                "200 OK",
                "Content-Type: application/json",
                "Content-Encoding: gzip",
            ),
            "compressed",
        ),
        (sends(OK + b"Content-Length: 100\r\n\r\n{}"), "too early"),
        (sends(OK + b"Content-Length: -1\r\n\r\n{"), "no good JSON"),
        (sends(OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"), "no answer"),
        (sends(OK + b"Transfer-Encoding: chunked\r\n\r\n8\r\n{}"), "no answer"),
        (sends(b""), "no answer"),
        (sends(b"{}"), "no answer"),
        (sends(b"SSH-2.0-OpenSSH_9\r\n"), "no answer"),
        (sends(b"HTTP/1.1 abc\r\n\r\n"), "no answer"),
        (sends(b"HTTP/1.1 200 " + b"x" * 100_000), "no answer"),
        (sends(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000), "no answer"),
        (sends(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n"), "no answer"),
        (floods(OK + b"\r\n", b"x"), "more than"),
        (floods(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"), "more"),
        (floods(b"", b"x"), "no answer"),
        (floods(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"), "no answer"),
        (floods(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), "too long"),
        (floods(CHUNKED + b"-1\r\n", b"x"), "too long"),
        (floods(CHUNKED + b"2\r\n{}\r\n0\r\n", b"X: y\r\n"), "too long"),
        (floods(CHUNKED + b"f" * 4000 + b"\r\n", b"x"), "more than"),
        (sends(OK + b"Content-Length: 9" + b"9" * 400 + b"\r\n\r\n{}"), "too early"),
        (sends(b"HTTP/1.1 103 Early Hints\r\n\r\n" + OK + b"\r\n{}"), "103"),
    ],
)
def test_an_answer_that_is_not_right_is_a_failure(
    behaviour: Behaviour, problem: str, allow: Callable[[str], None]
) -> None:
    """Conformance: DR-18."""
    with serving(behaviour) as server, pytest.raises(FetchFailed, match=problem):
        fetch(server.port, allow, timeout=PATIENCE)
    assert len(server.requests) == 1


def breaks_off(data: bytes) -> Behaviour:
    """A server that sends these bytes and resets the connection."""

    def behave(connection: socket.socket, over: Event) -> None:
        connection.sendall(data)
        linger = struct.pack("ii", 1, 0)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)

    return behave


@pytest.mark.parametrize("ends", [sends, breaks_off], ids=["closes", "resets"])
@pytest.mark.parametrize(
    "data",
    [OK + b'Content-Length: 7\r\n\r\n{"a":1}', CHUNKED + b'7\r\n{"a":1}\r\n0\r\n\r\n'],
    ids=["length", "chunks"],
)
def test_an_answer_that_ends_anywhere_is_a_failure(
    data: bytes,
    ends: Callable[[bytes], Behaviour],
    allow: Callable[[str], None],
) -> None:
    """Conformance: DR-18."""
    end = data.index(b"}") + 1
    with serving(sends(b"")) as server:
        for length in range(end):
            server.behaviour = ends(data[:length])
            with pytest.raises(FetchFailed, match=r"no answer|too early|JSON"):
                fetch(server.port, allow)


@pytest.mark.parametrize(
    "header",
    [
        b"Cache-Control: " + b"max-age=1," * (LINE // 10) + b"\r\n x",
        b"Cache-Control: " + b"max-age=1 " * (LINE // 10) + b"\r\n x",
        b"Cache-Control: " + b"," * LINE,
        b"Content-Type: application/json" + b" " * LINE + b"\r\n x",
        b"Content-Type: application/" + b"a+" * (LINE // 2),
    ],
    ids=["directives", "spaces", "commas", "type", "suffixes"],
)
def test_a_long_header_is_read_at_once(
    header: bytes, allow: Callable[[str], None]
) -> None:
    """Not only after nobody waits for it any longer. Conformance: DR-23."""
    with serving(sends(header.join([OK, b"\r\n\r\n{}"]))) as server:
        try:
            assert fetch(server.port, allow) == {}
        except FetchFailed as error:
            assert str(error) == "the answer is no JSON"


@pytest.mark.parametrize(
    "behaviour",
    [
        is_silent,
        drips(b"", b"x"),
        drips(b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\n"),
        drips(b"HTTP/1.1 200 OK\r\nX: ", b"x"),
        drips(OK + b"\r\n", b" "),
        drips(OK + b"Connection: close\r\n\r\n", b" "),
        drips(OK + b"Content-Length: 5000\r\n\r\n", b" "),
        drips(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    ],
)
@pytest.mark.parametrize("is_secure", [False, True])
def test_a_slow_server_holds_nobody(
    behaviour: Behaviour,
    is_secure: bool,
    allow: Callable[[str], None],
    authority: Authority,
) -> None:
    """Nor does it keep the connection. Conformance: DR-23."""
    gone = Event()

    def behave(connection: socket.socket, over: Event) -> None:
        try:
            behaviour(connection, over)
            connection.recv(1)
        finally:
            gone.set()

    tls = authority.server("rp.example") if is_secure else None
    with serving(behave, tls) as server:
        allow(f"rp.example:{server.port}")
        fetcher = Fetcher(local, timeout=0.2, tls=authority.trusted)
        scheme = "https" if is_secure else "http"
        with pytest.raises(FetchFailed, match=r"no answer"):
            fetcher.get(f"{scheme}://rp.example:{server.port}/", same, SIZE)
        if behaviour is not is_silent:
            assert gone.wait(PATIENCE)


def test_a_handshake_that_never_ends_holds_nobody(
    allow: Callable[[str], None], authority: Authority
) -> None:
    """Conformance: DR-23."""
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    allow(f"rp.example:{port}")
    fetcher = Fetcher(local, timeout=0.2, tls=authority.trusted)
    with listening, pytest.raises(FetchFailed):
        fetcher.get(f"https://rp.example:{port}/", same, SIZE)


def test_a_name_that_is_looked_up_for_ever_holds_nobody(network: Network) -> None:
    """Conformance: DR-23."""
    assert (TIMEOUT, MAX_AT_ONCE) == (5, 4)
    over = Event()

    def resolve(host: str, port: int) -> Sequence[str]:
        over.wait()
        return ["8.8.8.8"]

    fetcher = Fetcher(resolve, timeout=0.05)
    for n in range(MAX_AT_ONCE):
        with pytest.raises(FetchFailed, match="no answer"):
            fetcher.get(f"https://rp{n}.example/", same, SIZE)
    with pytest.raises(FetchFailed, match="too many documents"):
        fetcher.get("https://rp.example/", same, SIZE)
    over.set()


# -- TLS ---------------------------------------------------------------------------


def secure(
    server_tls: ssl.SSLContext,
    trusted: Callable[[], ssl.SSLContext],
    allow: Callable[[str], None],
    host: str = "rp.example",
) -> list[str | None]:
    """The names that clients asked for, of a server with a good answer."""
    with serving(answers(), server_tls) as server:
        allow(f"{host}:{server.port}")
        url = f"https://{host}:{server.port}/"
        assert Fetcher(local, tls=trusted).get(url, same, SIZE) == {}
        return server.names


def test_a_certificate_is_for_the_name_not_for_the_address(
    allow: Callable[[str], None], authority: Authority
) -> None:
    names = secure(authority.server("rp.example"), authority.trusted, allow)
    assert names == ["rp.example"]


def test_a_certificate_may_be_for_an_address(
    allow: Callable[[str], None], authority: Authority
) -> None:
    tls = authority.server("127.0.0.1")
    assert secure(tls, authority.trusted, allow, "127.0.0.1") == [None]


@pytest.mark.parametrize(
    ("names", "days"),
    [
        (["other.example"], 1),
        (["127.0.0.1"], 1),
        (["*.rp.example"], 1),
        (["rp.example"], -1),
    ],
)
def test_a_wrong_certificate_is_a_failure(
    names: list[str],
    days: int,
    allow: Callable[[str], None],
    authority: Authority,
) -> None:
    tls = authority.server(*names, days=days)
    with pytest.raises(FetchFailed, match="SSLCertVerificationError"):
        secure(tls, authority.trusted, allow)


def test_a_certificate_of_an_unknown_authority_is_a_failure(
    allow: Callable[[str], None], authority: Authority
) -> None:
    with pytest.raises(FetchFailed, match="SSLCertVerificationError"):
        secure(authority.server("rp.example"), ssl.create_default_context, allow)


def test_an_old_protocol_is_a_failure(
    allow: Callable[[str], None], authority: Authority
) -> None:
    tls = authority.server("rp.example")
    tls.set_ciphers("ALL:@SECLEVEL=0")
    tls.minimum_version = ssl.TLSVersion.TLSv1
    tls.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises(FetchFailed, match="no connection: SSL"):
        secure(tls, authority.trusted, allow)


def test_a_server_without_tls_is_a_failure(
    allow: Callable[[str], None], authority: Authority
) -> None:
    def greet() -> None:
        connection, _ = listening.accept()
        with connection:
            connection.sendall(b"220 mail.example ESMTP\r\n")
            connection.recv(65_536)

    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    allow(f"rp.example:{port}")
    Thread(target=greet, daemon=True).start()
    with listening, pytest.raises(FetchFailed, match="no connection: SSL"):
        fetcher = Fetcher(local, tls=authority.trusted)
        fetcher.get(f"https://rp.example:{port}/", same, SIZE)


# -- what is kept -------------------------------------------------------------------


def headers(cache_control: str) -> tuple[str, ...]:
    return "Content-Type: application/json", f"Cache-Control: {cache_control}"


@pytest.mark.parametrize(
    ("cache_control", "age"),
    [
        ("", MIN_AGE),
        ("no-store", MIN_AGE),
        ("max-age=0", MIN_AGE),
        ("max-age=x", MIN_AGE),
        ("s-maxage=4000", MIN_AGE),
        ("max-age=4000", 4000),
        ("public, max-age=4000, immutable", 4000),
        ("max-age=-1", MIN_AGE),
        ("max-age=4000, max-age=5000", 4000),
        ("PUBLIC,MAX-AGE=4000", 4000),
        ("max-age=999999999", MAX_AGE),
        ("max-age=99999999999999999999", MIN_AGE),
    ],
)
def test_a_document_is_kept_as_long_as_its_server_says(
    cache_control: str, age: float, allow: Callable[[str], None]
) -> None:
    """From five minutes to a day. Conformance: DR-22."""
    assert (MIN_AGE, MAX_AGE) == (300, 24 * 60 * 60)
    clock = Clock()
    with serving(answers(b"{}", "200 OK", *headers(cache_control))) as server:
        allow(f"rp.example:{server.port}")
        fetcher = Fetcher(local, clock)
        url = f"http://rp.example:{server.port}/"
        fetcher.get(url, same, SIZE)
        clock.now += age - 1
        fetcher.get(url, same, SIZE)
        assert len(server.requests) == 1
        clock.now += 1
        fetcher.get(url, same, SIZE)
        assert len(server.requests) == 2


def test_a_failure_is_not_tried_again_for_a_moment(
    allow: Callable[[str], None],
) -> None:
    """Conformance: DR-22."""
    assert FAILURE_AGE == 10
    clock = Clock()
    with serving(answers(b"[]")) as server:
        allow(f"rp.example:{server.port}")
        fetcher = Fetcher(local, clock)
        url = f"http://rp.example:{server.port}/"
        for number in (1, 2):
            for seconds in (1, FAILURE_AGE - 1):
                clock.now += seconds
                with pytest.raises(FetchFailed, match="no JSON object"):
                    fetcher.get(url, same, SIZE)
            assert len(server.requests) == number
        server.behaviour = answers()
        clock.now += 1
        assert fetcher.get(url, same, SIZE) == {}


def test_a_server_that_takes_its_time_to_fail_is_asked_less_and_less(
    allow: Callable[[str], None],
) -> None:
    """DR-22, DR-23: anybody may ask for a document that is known, and have others wait.

    Once it answers, a failure is one that may be over in a moment.
    """
    clock = Clock()
    names = Unanswered(clock)
    with serving(answers()) as server:
        allow(f"rp.example:{server.port}")
        fetcher = Fetcher(names.resolve, clock)
        url = f"http://rp.example:{server.port}/"

        def seconds_of_failure() -> float:
            before = clock.now
            with pytest.raises(FetchFailed, match="no address"):
                fetcher.get(url, same, SIZE, is_known=True)
            return clock.now - before

        assert seconds_of_failure() == TIMEOUT
        for age in (10, 20, 40, 80, 160, 320, MAX_FAILURE_AGE, MAX_FAILURE_AGE):
            clock.now += age - 1
            assert seconds_of_failure() == 0
            clock.now += 1
            assert seconds_of_failure() == TIMEOUT
        clock.now += MAX_FAILURE_AGE
        names.wanted = "rp.example"
        assert fetcher.get(url, same, SIZE, is_known=True) == {}
        clock.now += MIN_AGE
        names.wanted = ""
        assert seconds_of_failure() == TIMEOUT
        clock.now += FAILURE_AGE
        assert seconds_of_failure() == TIMEOUT


def test_a_document_that_is_not_right_is_not_kept(allow: Callable[[str], None]) -> None:
    """Conformance: DR-22."""

    def refuse(document: dict[str, Any]) -> None:
        raise ValueError("nobody likes it")

    with serving(answers()) as server:
        allow(f"rp.example:{server.port}")
        fetcher = Fetcher(local)
        url = f"http://rp.example:{server.port}/"
        with pytest.raises(FetchFailed, match="nobody likes it"):
            fetcher.get(url, refuse, SIZE)
        assert fetcher.get(url, same, SIZE) == {}


def test_a_host_that_is_no_longer_allowed_gets_nothing_from_before(
    allow: Callable[[str], None],
) -> None:
    """Conformance: DR-21."""
    with serving(answers()) as server:
        allow(f"rp.example:{server.port}")
        fetcher = Fetcher(local)
        fetcher.get(f"http://rp.example:{server.port}/", same, SIZE)
        allow("")
        with pytest.raises(FetchRefused):
            fetcher.get(f"http://rp.example:{server.port}/", same, SIZE)


def test_what_is_kept_is_bounded(network: Network) -> None:
    clock = Clock()
    fetcher = Fetcher(network.resolve, clock)
    for n in range(MAX_KEPT + 1):
        clock.now += FAILURE_AGE / (MAX_KEPT + 2)
        with pytest.raises(FetchError):
            fetcher.get(f"https://10.0.{n // 256}.{n % 256}/", same, SIZE)
    seen = len(network.resolved)
    with pytest.raises(FetchError):
        fetcher.get("https://10.0.0.1/", same, SIZE)
    assert len(network.resolved) == seen
    with pytest.raises(FetchError):
        fetcher.get("https://10.0.0.0/", same, SIZE)
    assert len(network.resolved) == seen + 1


# -- how much -----------------------------------------------------------------------


def test_one_host_gets_few_requests_in_a_minute(network: Network) -> None:
    """Conformance: DR-23."""
    clock = Clock()
    network.addresses["rp.example"] = [["8.8.8.8"]]
    fetcher = Fetcher(network.resolve, clock)
    for n in range(MAX_PER_HOST + 5):
        with pytest.raises(FetchFailed):
            fetcher.get(f"https://rp.example/{n}", same, SIZE)
    assert len(network.connected) == MAX_PER_HOST
    clock.now += 60
    with pytest.raises(FetchFailed, match="no connection"):
        fetcher.get("https://rp.example/", same, SIZE)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::{}"])
def test_one_server_with_many_names_gets_some_requests_in_a_minute(
    address: str, network: Network
) -> None:
    """Conformance: DR-23."""
    fetcher = Fetcher(network.resolve, Clock())
    for n in range(MAX_PER_NETWORK + 5):
        network.addresses[f"rp{n}.example"] = [[address.format(n)]]
        with pytest.raises(FetchFailed):
            fetcher.get(f"https://rp{n}.example/", same, SIZE)
    assert len(network.connected) == MAX_PER_NETWORK


@pytest.mark.parametrize(
    ("is_known", "places"), [(True, MAX_WAITING), (False, MAX_WAITING_FOR_STRANGERS)]
)
def test_those_who_want_one_document_wait_for_one_request(
    is_known: bool, places: int, allow: Callable[[str], None]
) -> None:
    """Others are sent away, so that a Zope has a thread left. Conformance: DR-23."""
    arrived, release = Event(), Event()

    def behave(connection: socket.socket, over: Event) -> None:
        arrived.set()
        release.wait(PATIENCE)
        answers()(connection, over)

    with serving(behave) as server:
        allow(f"rp.example:{server.port}")
        fetcher = Fetcher(local, timeout=PATIENCE)
        url = f"http://rp.example:{server.port}/"
        got: list[Any] = []
        waiting = [
            Thread(target=lambda: got.append(fetcher.get(url, same, SIZE, is_known)))
            for _ in range(places)
        ]
        for thread in waiting:
            thread.start()
        assert arrived.wait(PATIENCE)
        lane = fetcher._known if is_known else fetcher._strangers
        while lane.waiting._value:  # type: ignore[attr-defined]
            pass
        with pytest.raises(FetchFailed, match="too many wait"):
            fetcher.get(url, same, SIZE, is_known)
        release.set()
        for thread in waiting:
            thread.join(PATIENCE)
        assert got == [{}] * places
        assert len(server.requests) == 1


class Unanswered:
    """Name servers that say nothing, of any host of somebody who means harm.

    :param wanted: the host of which they do tell the address
    """

    def __init__(self, clock: Clock, wanted: str = "") -> None:
        self.clock = clock
        self.wanted = wanted

    def resolve(self, host: str, port: int) -> Sequence[str]:
        if host == self.wanted:
            return ["127.0.0.1"]
        self.clock.now += TIMEOUT
        raise socket.gaierror


def ask_as_strangers(fetcher: Fetcher, *hosts: str) -> None:
    """One after another, each for a document that nobody has asked for before."""
    for number, host in enumerate(hosts):
        with pytest.raises(FetchFailed):
            fetcher.get(f"https://{host}/{number}", same, SIZE)


def test_documents_of_strangers_hold_a_thread_for_a_quarter_of_the_time(
    zope_conf: dict[str, str],
) -> None:
    """Whatever they are called. Conformance: DR-23."""
    clock = Clock()
    fetcher = Fetcher(Unanswered(clock).resolve, clock)
    began = clock.now
    ask_as_strangers(fetcher, *(f"a{n}.evil.example" for n in range(30)))
    assert clock.now - began < 35
    waited = 0.0
    for second in range(600):
        before = clock.now
        ask_as_strangers(fetcher, f"b{second}.evil.example")
        waited += clock.now - before
        clock.now += 1
    assert waited < (clock.now - began) / 4
    assert clock.now - began > 700


def test_a_known_document_is_fetched_while_strangers_may_wait_no_more(
    allow: Callable[[str], None],
) -> None:
    """Conformance: DR-23."""
    clock = Clock()
    with serving(answers()) as server:
        allow(f"rp.example:{server.port}")
        url = f"http://rp.example:{server.port}/"
        fetcher = Fetcher(Unanswered(clock, "rp.example").resolve, clock)
        ask_as_strangers(fetcher, *(f"a{n}.evil.example" for n in range(30)))
        with pytest.raises(FetchFailed, match="too many wait"):
            fetcher.get(url, same, SIZE)
        assert fetcher.get(url, same, SIZE, is_known=True) == {}


def test_a_known_document_is_fetched_from_a_host_that_strangers_ask_a_lot(
    network: Network,
) -> None:
    """Conformance: DR-23."""
    fetcher = Fetcher(network.resolve, Clock())
    network.addresses["rp.example"] = [["8.8.8.8"]]
    ask_as_strangers(fetcher, *["rp.example"] * (MAX_PER_HOST + 1))
    assert len(network.connected) == MAX_PER_HOST
    with pytest.raises(FetchFailed, match="no connection"):
        fetcher.get("https://rp.example/", same, SIZE, is_known=True)


def test_what_is_known_is_kept_whatever_strangers_ask(
    allow: Callable[[str], None], network: Network
) -> None:
    """Conformance: DR-22."""
    fetcher = Fetcher(network.resolve, Clock())
    network.addresses["rp.example"] = [["8.8.8.8"]]
    with pytest.raises(FetchFailed, match="no connection"):
        fetcher.get("https://rp.example/", same, SIZE, is_known=True)
    for n in range(MAX_KEPT + 1):
        with pytest.raises(FetchError):
            fetcher.get(f"https://10.0.{n // 256}.{n % 256}/", same, SIZE)
    with pytest.raises(FetchFailed, match="no connection"):
        fetcher.get("https://rp.example/", same, SIZE, is_known=True)
    assert network.connected == ["8.8.8.8"]


def test_a_fault_of_ours_reaches_who_waits(network: Network) -> None:
    def resolve(host: str, port: int) -> Sequence[str]:
        raise ZeroDivisionError

    fetcher = Fetcher(resolve)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            fetcher.get("https://rp.example/", same, SIZE)


# -- messages ------------------------------------------------------------------------


@pytest.mark.parametrize("status", [200, 204, 302, 400, 500])
def test_a_message_gets_a_status(status: int, allow: Callable[[str], None]) -> None:
    """Conformance: LO-15, LO-16."""
    behaviour = answers(b"", f"{status} Any", "Location: http://127.0.0.1/")
    with serving(behaviour) as server:
        allow(f"rp.example:{server.port}")
        url = f"http://rp.example:{server.port}/logout?rp=1"
        assert Fetcher(local).post(url, {"logout_token": "a.b+c d"}) == status
    head, _, body = server.requests[0].decode().partition("\r\n\r\n")
    assert head.startswith("POST /logout?rp=1 HTTP/1.1\r\n")
    # Another Plone site would look among its services for JSON, and find nothing.
    assert "Accept: */*\r\n" in head
    assert "Content-Type: application/x-www-form-urlencoded" in head
    assert body == "logout_token=a.b%2Bc+d"


def test_a_message_that_gets_no_answer_is_a_failure(
    allow: Callable[[str], None],
) -> None:
    """Conformance: LO-15."""
    with serving(is_silent) as server:
        allow(f"rp.example:{server.port}")
        with pytest.raises(FetchFailed):
            Fetcher(local, timeout=0.1).post(f"http://rp.example:{server.port}/", {})
    assert len(server.requests) == 1
