"""Messages to other servers, off the path of requests."""

from collections.abc import Iterator
from collections.abc import Mapping
from pas.plugins.tokenauth.fetching import deliveries as module
from pas.plugins.tokenauth.fetching.deliveries import DELAYS
from pas.plugins.tokenauth.fetching.deliveries import Deliveries
from pas.plugins.tokenauth.fetching.deliveries import MAX_AT_ONCE
from pas.plugins.tokenauth.fetching.deliveries import MAX_AT_ONCE_PER_HOST
from pas.plugins.tokenauth.fetching.deliveries import MAX_AT_ONCE_TO_SILENT
from pas.plugins.tokenauth.fetching.errors import FetchFailed
from pas.plugins.tokenauth.fetching.errors import FetchRefused
from pas.plugins.tokenauth.fetching.interfaces import IDeliveries
from pas.plugins.tokenauth.fetching.interfaces import IFetcher
from tests.fetching.delivering import deliver
from tests.fetching.delivering import PATIENCE
from threading import Barrier
from threading import Condition
from threading import current_thread
from threading import Event
from threading import Thread
from typing import Any
from zope.component import getGlobalSiteManager
from zope.component import queryUtility
from zope.interface import implementer
from zope.interface.verify import verifyObject

import pytest
import transaction


URL = "https://rp.example/logout?secret=1"
FORM = {"logout_token": "secret"}


@implementer(IFetcher)
class Servers:
    """Other servers, which answer as they are told."""

    def __init__(self) -> None:
        self.answers: list[Any] = []
        self.got: list[tuple[str, Mapping[str, str]]] = []
        self.arrived = Condition()
        self.together: Barrier | None = None
        #: URLs of which nothing comes back until the test says so.
        self.silent: set[str] = set()
        self._is_over = Event()

    def get(self, url: str, parse: Any, max_size: int) -> Any:
        raise NotImplementedError

    def post(self, url: str, form: Mapping[str, str]) -> int:
        assert current_thread().daemon
        with self.arrived:
            self.got.append((url, form))
            self.arrived.notify_all()
        if self.together is not None:
            self.together.wait(PATIENCE)
        if url in self.silent:
            assert self._is_over.wait(PATIENCE)
        answer = self.answers.pop(0) if self.answers else 200
        if isinstance(answer, Exception):
            raise answer
        assert isinstance(answer, int)
        return answer

    def wait_for(self, count: int) -> None:
        """Wait until so many messages are here."""
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.got) >= count, PATIENCE)

    def end_silence(self, threads: list[Thread]) -> None:
        """Answer, and wait until nobody sends any more."""
        self._is_over.set()
        for thread in threads:
            thread.join(PATIENCE)


class Clock:
    """A clock that is set by hand."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def servers() -> Iterator[Servers]:
    manager, made = getGlobalSiteManager(), Servers()
    before = queryUtility(IFetcher)
    manager.registerUtility(made, IFetcher)
    yield made
    manager.unregisterUtility(made, IFetcher)
    if before is not None:
        manager.registerUtility(before, IFetcher)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def deliveries(servers: Servers, clock: Clock) -> Iterator[Deliveries]:
    transaction.abort()
    yield Deliveries(clock, in_background=False)
    transaction.abort()


def send(deliveries: Deliveries, *urls: str) -> None:
    for url in urls or (URL,):
        deliveries.post_later(url, lambda: FORM)
    transaction.commit()


def hosts(count: int) -> list[str]:
    return [f"https://rp{number}.example/logout" for number in range(count)]


def test_deliveries_are_what_they_say() -> None:
    assert verifyObject(IDeliveries, Deliveries())


def test_a_message_is_sent_once_the_transaction_is_committed(
    deliveries: Deliveries, servers: Servers
) -> None:
    """Conformance: LO-15."""
    deliveries.post_later(URL, lambda: FORM)
    deliver(deliveries)
    assert servers.got == []
    transaction.commit()
    assert servers.got == []
    deliver(deliveries)
    deliver(deliveries)
    assert servers.got == [(URL, FORM)]


def test_no_message_is_sent_for_a_transaction_that_failed(
    deliveries: Deliveries, servers: Servers
) -> None:
    """Conformance: LO-15."""
    deliveries.post_later(URL, lambda: FORM)
    transaction.abort()
    transaction.commit()
    deliver(deliveries)
    assert servers.got == []


@pytest.mark.parametrize(
    "answer", [FetchFailed("no answer"), 500, 503, 408, 429], ids=str
)
def test_what_does_not_arrive_is_sent_again(
    answer: Any,
    deliveries: Deliveries,
    servers: Servers,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Three times, within the life of a logout token. Conformance: LO-15."""
    assert sum(DELAYS) < 120
    servers.answers = [answer] * (1 + len(DELAYS))
    send(deliveries)
    deliver(deliveries)
    for tries, delay in enumerate(DELAYS, start=1):
        assert not caplog.records
        clock.now += delay - 0.1
        deliver(deliveries)
        assert len(servers.got) == tries
        clock.now += 0.1
        deliver(deliveries)
        assert len(servers.got) == tries + 1
    clock.now += 1000
    deliver(deliveries)
    assert len(servers.got) == 1 + len(DELAYS)
    assert len(caplog.records) == 1


def test_a_message_that_arrives_later_is_not_sent_any_more(
    deliveries: Deliveries,
    servers: Servers,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    servers.answers = [500, 204]
    send(deliveries)
    for _ in range(5):
        deliver(deliveries)
        clock.now += 100
    assert len(servers.got) == 2
    assert not caplog.records


@pytest.mark.parametrize("answer", [FetchRefused("not public"), 302, 400, 404], ids=str)
def test_what_would_fail_again_is_sent_once(
    answer: Any,
    deliveries: Deliveries,
    servers: Servers,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The log tells, without what is secret. Conformance: LO-15."""
    servers.answers = [answer]
    send(deliveries)
    deliver(deliveries)
    clock.now += 1000
    deliver(deliveries)
    assert len(servers.got) == 1
    assert "rp.example" in caplog.text
    assert str(answer) in caplog.text
    assert "secret" not in caplog.text


def test_a_redirect_says_that_a_message_has_arrived_where_it_may(
    deliveries: Deliveries, servers: Servers, caplog: pytest.LogCaptureFixture
) -> None:
    """Some servers answer a program as they do a browser; none is followed."""
    servers.answers = [302, 302]
    deliveries.post_later(URL, lambda: FORM, may_redirect=True)
    transaction.commit()
    deliver(deliveries)
    assert (len(servers.got), caplog.text) == (1, "")
    deliveries.post_later(URL, lambda: FORM)
    transaction.commit()
    deliver(deliveries)
    assert "the answer is 302" in caplog.text


def test_a_form_is_made_each_time_it_is_sent(
    deliveries: Deliveries, servers: Servers, clock: Clock
) -> None:
    """LO-15: what it says may be good for a short time only."""
    servers.answers = [500]
    deliveries.post_later(URL, lambda: {"made_at": str(clock.now)})
    transaction.commit()
    clock.now = 200.0
    deliver(deliveries)
    clock.now = 300.0
    deliver(deliveries)
    assert servers.got == [(URL, {"made_at": "200.0"}), (URL, {"made_at": "300.0"})]


def test_several_are_sent_at_a_time(deliveries: Deliveries, servers: Servers) -> None:
    servers.together = Barrier(MAX_AT_ONCE)
    send(deliveries, *hosts(MAX_AT_ONCE) * 2)
    deliver(deliveries)
    assert len(servers.got) == 2 * MAX_AT_ONCE


def asked_meanwhile(deliveries: Deliveries, servers: Servers, number: int) -> list[str]:
    """Which URLs are asked, so many at least, before silent hosts answer."""
    threads = deliveries.deliver_due()
    servers.wait_for(number)
    urls = [url for url, _form in servers.got]
    servers.end_silence(threads)
    return urls


def test_a_silent_host_does_not_hold_up_any_other(
    deliveries: Deliveries, servers: Servers
) -> None:
    """LO-15: however many messages to it wait."""
    servers.silent = {"https://silent.example/logout"}
    send(deliveries, *[*servers.silent] * 50, *hosts(20))
    urls = asked_meanwhile(deliveries, servers, MAX_AT_ONCE_PER_HOST + 20)
    assert urls.count(*servers.silent) == MAX_AT_ONCE_PER_HOST
    assert set(hosts(20)) < set(urls)


def test_many_silent_hosts_leave_others_their_place(
    deliveries: Deliveries, servers: Servers, clock: Clock
) -> None:
    """LO-15: of which the last message has not arrived."""
    servers.answers = [FetchFailed("no answer")] * MAX_AT_ONCE
    send(deliveries, *hosts(MAX_AT_ONCE))
    deliver(deliveries)
    servers.got.clear()
    servers.silent = set(hosts(MAX_AT_ONCE))
    clock.now += DELAYS[0]
    send(deliveries, *hosts(MAX_AT_ONCE), URL)
    urls = asked_meanwhile(deliveries, servers, MAX_AT_ONCE_TO_SILENT + 1)
    assert urls.count(URL) == 1
    assert len(urls) == MAX_AT_ONCE_TO_SILENT + 1


def test_a_host_that_answers_again_is_silent_no_longer(
    deliveries: Deliveries, servers: Servers, clock: Clock
) -> None:
    servers.answers = [FetchFailed("no answer")] * MAX_AT_ONCE
    send(deliveries, *hosts(MAX_AT_ONCE))
    deliver(deliveries)
    clock.now += DELAYS[0]
    deliver(deliveries)
    servers.together = Barrier(MAX_AT_ONCE)
    send(deliveries, *hosts(MAX_AT_ONCE))
    deliver(deliveries)
    assert len(servers.got) == 3 * MAX_AT_ONCE


def test_what_waits_for_a_host_is_bounded(
    deliveries: Deliveries,
    servers: Servers,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "MAX_WAITING", 3)
    send(deliveries, *[URL] * 5, *hosts(3))
    deliver(deliveries)
    assert len(servers.got) == 3 + 3
    assert caplog.text.count("too many wait") == 2
    assert "secret" not in caplog.text


def test_a_thread_sends_by_itself(servers: Servers) -> None:
    """Conformance: LO-15."""
    deliveries = Deliveries()
    send(deliveries)
    servers.wait_for(1)
    deliveries.stop()


def test_a_thread_knows_how_long_it_can_wait(
    deliveries: Deliveries, servers: Servers, clock: Clock
) -> None:
    assert deliveries._seconds_to_wait() is None
    servers.answers = [500]
    send(deliveries)
    assert deliveries._seconds_to_wait() == 0
    deliver(deliveries)
    assert deliveries._seconds_to_wait() == DELAYS[0]
    clock.now += 1000
    assert deliveries._seconds_to_wait() == 0
