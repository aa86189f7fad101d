"""Requests under way, each in a thread of its own, which whoever waits can leave.

Looking up a name takes as long as it likes, and a server that sends a byte now and then
keeps every step short: only leaving them bounds the time.
"""

from .connection import Exchange
from .errors import FetchFailed
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TookTooLong
from threading import Thread
from typing import Any

import time


class Flight:
    """Work that waits for another server.

    :param work: what is done; gets this flight
    :param timeout: seconds after which nobody waits any longer
    """

    def __init__(self, work: Callable[["Flight"], Any], timeout: float) -> None:
        self._work = work
        self._timeout = timeout
        self._ends = time.monotonic() + timeout
        self._result: Future[Any] = Future()
        self._exchange: Exchange | None = None
        self._is_left = False

    def start(self) -> "Flight":
        """Begin the work."""
        Thread(target=self._run, name="tokenauth-fetch", daemon=True).start()
        return self

    def follow(self, exchange: Exchange) -> None:
        """The work is about to use a connection, which ends with the time.

        :raises FetchFailed: when it is over already
        """
        self._exchange = exchange
        if self._is_left:
            raise FetchFailed("nobody waits for it")

    def wait(self) -> Any:
        """What comes of it.

        :raises FetchFailed: when nothing does in time
        """
        try:
            return self._result.result(max(self._ends - time.monotonic(), 0))
        except TookTooLong:
            self._is_left = True
            if self._exchange is not None:
                self._exchange.break_off()
            raise FetchFailed(f"no answer in {self._timeout:g} s") from None

    def _run(self) -> None:
        try:
            self._result.set_result(self._work(self))
        except BaseException as error:
            # Whoever waits gets it.
            self._result.set_exception(error)
