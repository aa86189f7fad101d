"""A server that does what it likes, and certificates for it."""

from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from contextlib import suppress
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization import NoEncryption
from cryptography.hazmat.primitives.serialization import PrivateFormat
from cryptography.x509.oid import NameOID
from datetime import datetime
from datetime import timedelta
from datetime import timezone
from pathlib import Path
from threading import Event
from threading import Thread
from typing import Any

import ipaddress
import socket
import ssl


#: Answers with what it wants, on a connection whose request was read.
Behaviour = Callable[[socket.socket, Event], None]


class Hostile:
    """The server, while it runs.

    :param over: set when the test is over, for behaviours that wait
    """

    def __init__(self, behaviour: Behaviour, tls: ssl.SSLContext | None) -> None:
        self.behaviour = behaviour
        self.requests: list[bytes] = []
        self.names: list[str | None] = []
        self.over = Event()
        self._tls = tls
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        Thread(target=self._run, daemon=True).start()

    def stop(self) -> None:
        self.over.set()
        # A thread that accepts goes on if the socket is only closed.
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _run(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError), connection:
            if self._tls is not None:
                self._tls.sni_callback = lambda _s, name, _c: self.names.append(name)
                connection = self._tls.wrap_socket(connection, server_side=True)
            with connection:
                self.requests.append(_read_request(connection))
                self.behaviour(connection, self.over)


@contextmanager
def serving(
    behaviour: Behaviour, tls: ssl.SSLContext | None = None
) -> Iterator[Hostile]:
    server = Hostile(behaviour, tls)
    try:
        yield server
    finally:
        server.stop()


def answers(
    body: bytes = b"{}", status: str = "200 OK", *headers: str, length: bool = True
) -> Behaviour:
    """A server that answers and closes."""
    lines = [f"HTTP/1.1 {status}", *(headers or ["Content-Type: application/json"])]
    if length:
        lines.append(f"Content-Length: {len(body)}")
    return sends("\r\n".join(lines).encode() + b"\r\n\r\n" + body)


def sends(data: bytes) -> Behaviour:
    """A server that sends these bytes and closes."""
    return lambda connection, over: connection.sendall(data)


def drips(head: bytes, piece: bytes) -> Behaviour:
    """A server that sends, and then a piece now and then, for ever."""

    def behave(connection: socket.socket, over: Event) -> None:
        connection.sendall(head)
        while not over.wait(0.01):
            connection.sendall(piece)

    return behave


def floods(head: bytes, piece: bytes) -> Behaviour:
    """A server that sends as fast as it can, for ever."""

    def behave(connection: socket.socket, over: Event) -> None:
        connection.sendall(head)
        while not over.is_set():
            connection.sendall(piece * 1000)

    return behave


def is_silent(connection: socket.socket, over: Event) -> None:
    """A server that says nothing."""
    over.wait()


class Authority:
    """A certificate authority, for servers on this computer."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._certificate = self._signed("Test authority", self._key, [], 365)

    def trusted(self) -> ssl.SSLContext:
        """A context of clients that trust it, as the system's would be."""
        pem = self._certificate.public_bytes(Encoding.PEM).decode()
        return ssl.create_default_context(cadata=pem)

    def server(self, *names: str, days: int = 1) -> ssl.SSLContext:
        """A context of a server.

        :param names: host names and IP addresses that the certificate is for
        :param days: how long it is valid; negative for one that was
        """
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._signed("Server", key, names, days)
        path = self._folder / f"{'-'.join(names)}.pem"
        path.write_bytes(
            key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            + certificate.public_bytes(Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context

    def _signed(self, title: str, key: Any, names: Any, days: int) -> x509.Certificate:
        end = datetime.now(timezone.utc) + timedelta(days=days)
        builder = (
            x509.CertificateBuilder()
            .subject_name(_name(title))
            .issuer_name(_name("Test authority"))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(end - timedelta(days=400))
            .not_valid_after(end)
            .add_extension(x509.BasicConstraints(ca=not names, path_length=None), True)
        )
        if names:
            alternatives = x509.SubjectAlternativeName(list(map(_general_name, names)))
            builder = builder.add_extension(alternatives, False)
        return builder.sign(self._key, SHA256())


def _name(title: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, title)])


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _read_request(connection: socket.socket) -> bytes:
    received = b""
    while b"\r\n\r\n" not in received:
        if not (piece := connection.recv(65_536)):
            return received
        received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    length = next(
        (
            int(line.partition(b":")[2])
            for line in head.split(b"\r\n")
            if line.lower().startswith(b"content-length:")
        ),
        0,
    )
    while len(body) < length and (piece := connection.recv(65_536)):
        body += piece
    return head + b"\r\n\r\n" + body
