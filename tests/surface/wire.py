"""Requests byte by byte: what no client library would send, and the answers to it."""

from contextlib import suppress
from dataclasses import dataclass

import socket
import time


TIMEOUT = 60


@dataclass(frozen=True)
class Request:
    """A request as it goes over the wire.

    :param target: what stands between the method and the version
    :param headers: of any number and any names, in this order
    """

    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def encoded(self, host: str) -> bytes:
        """The bytes. The connection ends with the answer.

        :param host: what the Host header says, unless the request has one
        """
        lines = [f"{self.method} {self.target} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        if not self.all("Host"):
            lines.append(f"Host: {host}")
        if not self.all("Content-Length") and not self.all("Transfer-Encoding"):
            lines.append(f"Content-Length: {len(self.body)}")
        lines.append("Connection: close")
        head = "\r\n".join(lines) + "\r\n\r\n"
        return head.encode("latin-1", "replace") + self.body

    def all(self, name: str) -> list[str]:
        """The values of every header of this name."""
        return _values(self.headers, name)


@dataclass(frozen=True)
class Answer:
    """An answer, and how long it took.

    :param status: 0 when the connection ended without one
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    seconds: float

    def all(self, name: str) -> list[str]:
        """The values of every header of this name."""
        return _values(self.headers, name)

    @property
    def media_type(self) -> str:
        """What the body is said to be, empty if nothing is said."""
        return ",".join(self.all("Content-Type")).partition(";")[0].strip().lower()


def _values(headers: tuple[tuple[str, str], ...], name: str) -> list[str]:
    return [value for key, value in headers if key.lower() == name.lower()]


def send(host: str, port: int, request: Request, timeout: float = TIMEOUT) -> Answer:
    """Send a request and read the answer to its end.

    :raises TimeoutError: when there is none in time
    """
    start = time.monotonic()
    with socket.create_connection((host, port), timeout=timeout) as connection:
        # It may have answered before it has read everything.
        with suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(request.encoded(f"{host}:{port}"))
        received = _read(connection)
    return _parsed(received, request.method, time.monotonic() - start)


def _read(connection: socket.socket) -> bytes:
    chunks = []
    # What came before counts.
    with suppress(ConnectionResetError):
        while chunk := connection.recv(65536):
            chunks.append(chunk)
    return b"".join(chunks)


def _parsed(received: bytes, method: str, seconds: float) -> Answer:
    head, _, body = received.partition(b"\r\n\r\n")
    if not head:
        return Answer(0, (), b"", seconds)
    status_line, *lines = head.decode("latin-1").split("\r\n")
    headers = tuple(
        (name, value.strip())
        for name, _, value in (line.partition(":") for line in lines)
    )
    status = int(status_line.split(" ")[1])
    answer = Answer(status, headers, body, seconds)
    if "chunked" in ",".join(answer.all("Transfer-Encoding")).lower():
        return Answer(status, headers, _unchunked(body), seconds)
    return answer


def _unchunked(body: bytes) -> bytes:
    pieces = []
    while body:
        size, _, body = body.partition(b"\r\n")
        length = int(size.partition(b";")[0], 16)
        if not length:
            break
        pieces.append(body[:length])
        body = body[length + 2 :]
    return b"".join(pieces)
