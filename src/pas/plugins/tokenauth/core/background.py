"""Work off the path of requests: a daemon thread that starts when it is needed."""

from collections.abc import Callable
from threading import Condition
from threading import Thread

import atexit


#: Seconds from one piece of work to the next, so that what comes together is done
#: together.
PAUSE = 1.0
#: Seconds that a process waits for the last piece when it ends.
LAST_WORK = 5.0


class BackgroundWork:
    """Does something whenever it is due, and once more when the process ends.

    :param name: of the thread
    :param work: does what is due, if anything; must not raise
    :param last_work: does what is left when the process ends
    :param seconds_to_wait: how long at most; 0 if something is due, None if there is
        nothing to do
    """

    def __init__(
        self,
        name: str,
        work: Callable[[], object],
        last_work: Callable[[], None],
        seconds_to_wait: Callable[[], float | None],
    ) -> None:
        self._name = name
        self._work = work
        self._last_work = last_work
        self._seconds_to_wait = seconds_to_wait
        self._condition = Condition()
        self._thread: Thread | None = None
        self._is_stopping = False

    def wake_up(self) -> None:
        """Say that something new is to be done; starts the thread if there is none."""
        with self._condition:
            # A process that was forked has none of the threads of the other.
            if self._thread is None or not self._thread.is_alive():
                self._start()
            self._condition.notify_all()

    def stop(self) -> None:
        """Do what is left and end the thread, if there is one."""
        with self._condition:
            thread, self._thread = self._thread, None
            self._is_stopping = True
            self._condition.notify_all()
        if thread is not None:
            thread.join(LAST_WORK)

    def _start(self) -> None:
        self._is_stopping = False
        self._thread = Thread(target=self._run, name=self._name, daemon=True)
        self._thread.start()
        atexit.unregister(self.stop)
        atexit.register(self.stop)

    def _run(self) -> None:
        while self._wait():
            self._work()
        self._last_work()

    def _wait(self) -> bool:
        """Wait until something is due; whether the thread is to go on."""
        with self._condition:
            self._condition.wait_for(lambda: self._is_stopping, PAUSE)
            while not self._is_stopping:
                seconds = self._seconds_to_wait()
                if not self._condition.wait(seconds):
                    break
            return not self._is_stopping
