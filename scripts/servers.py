"""Processes that serve a port of the loopback interface: starts, awaits and stops them.

Scripts, tests and benchmarks use it like this::

    with Server(["nginx", "-c", path], port, log) as server:
        requests.get(f"http://localhost:{server.port}")

`databases` has ZEO and PostgreSQL, `instance` has Zope.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import os
import signal
import socket
import subprocess
import time


#: How much of a log is shown when its server does not do what it should.
SHOWN = 2000


class ServerError(Exception):
    """A server does not do what it should; the message tells what its log says."""


class Server:
    """A process of its own. It is stopped by its id, never by its name.

    :param command: the program and its arguments
    :param port: where it listens
    :param log: the file that its output is added to, or None for the terminal
    :param folder: where it runs, if not where this process does
    :param environment: what is different from the environment of this process
    :param user: who it runs as, if not who this process does
    """

    #: Seconds.
    START_TIMEOUT = 60
    STOP_TIMEOUT = 20
    #: What lets it end in an orderly way.
    STOP_SIGNAL = signal.SIGTERM

    def __init__(
        self,
        command: Sequence[str],
        port: int,
        log: Path | None,
        folder: Path | None = None,
        environment: dict[str, str] | None = None,
        user: str | None = None,
    ) -> None:
        self.command = list(command)
        self.port = port
        self.log = log
        self.folder = folder
        self.environment = environment or {}
        self.user = user
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start it and wait until it answers.

        :raises ServerError: when it does not, or something else has its port
        """
        self.launch()
        try:
            self.wait()
        except BaseException:
            self.stop()
            raise

    def launch(self) -> None:
        """Start it, and wait for nothing.

        :raises ServerError: when something else has its port
        """
        self.refuse_used_port()
        with open(self.log or os.devnull, "ab") as log:
            output = log if self.log else None
            self.process = subprocess.Popen(
                self.command,
                cwd=self.folder,
                env={**os.environ, **self.environment},
                user=self.user,
                stdout=output,
                stderr=output,
            )

    def wait(self) -> None:
        """Wait until it answers.

        :raises ServerError: when it does not, or ends
        """
        deadline = time.monotonic() + self.START_TIMEOUT
        while time.monotonic() < deadline:
            if self.answers():
                return
            if not self.is_running():
                raise ServerError(f"{self.command[0]} has ended. {self._said()}")
            time.sleep(0.05)
        raise ServerError(f"Nothing answers at port {self.port}. {self._said()}")

    def answers(self) -> bool:
        """Whether it does its work."""
        return listens(self.port)

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        """Let it end, or make it."""
        if self.process is None:
            return
        self.process.send_signal(self.STOP_SIGNAL)
        try:
            self.process.wait(self.STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def kill(self) -> None:
        """End it without a word, as a power failure does."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()
        self.process = None

    def refuse_used_port(self) -> None:
        """Else a stranger's answer is taken for that of this server.

        :raises ServerError: when something listens at its port
        """
        if listens(self.port):
            raise ServerError(f"Port {self.port} is in use; choose another one.")

    def _said(self) -> str:
        if self.log is None:
            return ""
        return f"{self.log} ends with:\n{self.log.read_text(errors='replace')[-SHOWN:]}"


def listens(port: int) -> bool:
    """Whether anything listens at a port."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
