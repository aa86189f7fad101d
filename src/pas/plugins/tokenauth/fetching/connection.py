"""One request over a connection to an address that was looked up before.

`http.client` does what it is told and nothing more: it follows no redirects, keeps no
cookies, asks no proxy, and sends no password that it finds somewhere.
"""

from .errors import FetchFailed
from .targets import Target
from collections.abc import Callable
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection
from http.client import HTTPException
from http.client import HTTPResponse
from io import BufferedReader
from io import RawIOBase
from ssl import SSLContext
from typing import Any
from typing import TypeVar

import socket


Connected = TypeVar("Connected", bound=socket.socket)
#: Bytes of an answer beside its body: headers, and the sizes of chunks.
MAX_AROUND = 65_536 + 8_192


@dataclass(frozen=True)
class Answer:
    """What a server answered.

    :param headers: by their names in small letters
    :param body: all of it
    """

    status: int
    headers: Mapping[str, str]
    body: bytes


class Exchange(HTTPConnection):
    """A request and its answer; another thread can break it off.

    :param address: an IP address of the target's host
    :param tls: how certificates are verified, asked when it is needed
    :param timeout: seconds that each step may take
    """

    def __init__(
        self,
        target: Target,
        address: str,
        tls: Callable[[], SSLContext],
        timeout: float,
    ) -> None:
        super().__init__(target.host, target.port, timeout=timeout)
        self.default_port = target.default_port
        self._target = target
        self._address = address
        self._tls = tls
        #: Kept beside `sock`, which is gone as soon as the server says that it closes.
        self._connected: socket.socket | None = None
        self._is_broken = False

    def connect(self) -> None:
        """Connect to the address, whatever the host has become since.

        :raises OSError: when that fails
        """
        pinned = (self._address, self._target.port)
        self.sock = self._keep(socket.create_connection(pinned, self.timeout))
        if self._target.scheme == "https":
            secured = self._tls().wrap_socket(
                self.sock,
                server_hostname=self._target.host,
                do_handshake_on_connect=False,
            )
            self.sock = self._keep(secured)
            secured.do_handshake()

    def break_off(self) -> None:
        """Let the other thread find the connection closed, now or once there is one."""
        self._is_broken = True
        if self._connected is not None:
            with suppress(OSError):
                # Not that of TLS, which would go on in clear.
                socket.socket.shutdown(self._connected, socket.SHUT_RDWR)

    def send_request(
        self, method: str, headers: Mapping[str, str], body: bytes, max_size: int
    ) -> Answer:
        """Send the request and read the answer.

        :param max_size: bytes that its body may have
        :raises FetchFailed: when there is none, or it is too large
        """
        try:
            limited = partial(_Response, max_size + MAX_AROUND)
            self.response_class = limited  # type: ignore[assignment]
            self.request(method, self._target.path, body or None, dict(headers))
            with self.getresponse() as response:
                content = response.read(max_size + 1)
                missing = response.length
        except (HTTPException, OSError, ValueError) as error:
            raise FetchFailed(f"no answer: {type(error).__name__}") from None
        finally:
            self.close()
        if len(content) > max_size:
            raise FetchFailed(f"the answer has more than {max_size} bytes")
        if missing:
            raise FetchFailed("the answer ends too early")
        return Answer(response.status, _headers(response), content)

    def _keep(self, sock: Connected) -> Connected:
        self._connected = sock
        if self._is_broken:
            raise TimeoutError
        return sock


class _Response(HTTPResponse):
    """An answer, of which no more bytes are received than a limit.

    `HTTPResponse` has none of its own for interim answers, for what follows the last
    chunk, and for a chunk whose size is negative.
    """

    def __init__(
        self, limit: int, sock: socket.socket, method: str | None = None
    ) -> None:
        super().__init__(sock, method=method)
        self.fp = BufferedReader(_Limited(self.fp.detach(), limit))


class _Limited(RawIOBase):
    """What a server sends.

    :param limit: bytes
    """

    def __init__(self, received: RawIOBase, limit: int) -> None:
        self._received = received
        self._left = limit

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        """Read some bytes.

        :raises FetchFailed: when there have been too many
        """
        count: int | None = self._received.readinto(buffer)
        self._left -= count or 0
        if self._left < 0:
            raise FetchFailed("the answer is too long")
        return count

    def close(self) -> None:
        self._received.close()
        super().close()


def _headers(response: HTTPResponse) -> dict[str, str]:
    return {name.lower(): value for name, value in response.getheaders()}
