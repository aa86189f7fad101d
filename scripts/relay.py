"""A slow network between a ZEO client and its server, on the loopback interface.

What the client sends passes at once; what the server sends can be delayed or held back,
and keeps its order::

    with relay(port, delay=0.5) as slow:
        database = ZEOAddress(slow.port).open()
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextlib import suppress
from queue import Queue
from threading import Event
from threading import Thread

import socket
import time


CHUNK = 64 * 1024


class Relay:
    """Accepts connections at `port` and hands on what they carry.

    :param target: the port of the server
    :param delay: seconds by which everything from the server is late
    """

    def __init__(self, target: int, delay: float = 0) -> None:
        self._target = target
        self._delay = delay
        self._open = Event()
        self._open.set()
        self._sockets: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        _in_background(self._accept)

    def hold(self) -> None:
        """Keep back what the server sends from now on."""
        self._open.clear()

    def release(self) -> None:
        """Deliver it."""
        self._open.set()

    def close(self) -> None:
        """End all connections."""
        self.release()
        for each in (self._listener, *self._sockets):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._target))
                self._sockets += [client, server]
                waiting: Queue[tuple[float, bytes]] = Queue()
                _in_background(_copy, client, server)
                _in_background(self._receive, server, waiting)
                _in_background(self._deliver, waiting, client)

    def _receive(
        self, server: socket.socket, waiting: Queue[tuple[float, bytes]]
    ) -> None:
        data = b"x"
        while data:
            try:
                data = server.recv(CHUNK)
            except OSError:
                data = b""
            waiting.put((time.monotonic() + self._delay, data))

    def _deliver(
        self, waiting: Queue[tuple[float, bytes]], client: socket.socket
    ) -> None:
        with suppress(OSError):
            while True:
                due, data = waiting.get()
                time.sleep(max(0, due - time.monotonic()))
                self._open.wait()
                if not data:
                    client.close()
                    return
                client.sendall(data)


@contextmanager
def relay(target: int, delay: float = 0) -> Iterator[Relay]:
    """Run a relay in front of a server."""
    running = Relay(target, delay)
    try:
        yield running
    finally:
        running.close()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(CHUNK):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


def _in_background(function, *arguments) -> None:
    Thread(target=function, args=arguments, daemon=True).start()
