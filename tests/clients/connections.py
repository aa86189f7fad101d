"""A guard at the level of sockets: connections to other computers do not happen."""

from typing import Any

import ipaddress
import pytest
import socket
import threading


class Connections:
    """Refuses every connection that leaves this computer, and remembers whereto."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        #: Hosts of other computers that somebody has asked for.
        self.foreign: list[str] = []
        self.refused = threading.Event()
        self._getaddrinfo = socket.getaddrinfo
        self._connect = socket.socket.connect
        self._connect_ex = socket.socket.connect_ex
        monkeypatch.setattr(socket, "getaddrinfo", self._resolve)
        guard = self

        def connect(sock: socket.socket, address: Any) -> None:
            guard._check(address)
            guard._connect(sock, address)

        def connect_ex(sock: socket.socket, address: Any) -> int:
            guard._check(address)
            return guard._connect_ex(sock, address)

        monkeypatch.setattr(socket.socket, "connect", connect)
        monkeypatch.setattr(socket.socket, "connect_ex", connect_ex)

    def _resolve(self, host: Any, *args: Any, **kwargs: Any) -> Any:
        # Before the name is looked up: that would tell the name server.
        self._check((host,))
        return self._getaddrinfo(host, *args, **kwargs)

    def _check(self, address: Any) -> None:
        if isinstance(address, tuple) and not _is_local(address[0]):
            self.foreign.append(_text(address[0]))
            self.refused.set()
            raise OSError(f"No connection to {_text(address[0])} in a test")


def _is_local(host: Any) -> bool:
    name = _text(host)
    if name in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _text(host: Any) -> str:
    return host.decode("ascii") if isinstance(host, bytes) else str(host or "")
