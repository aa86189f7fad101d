"""Large requests cost a bounded time and a bounded memory.

A real server, because the limits of waitress and Zope are part of the answer. Times are
compared with those of Plone for the same bytes, and memory is what Linux counts.
"""

from collections.abc import Callable
from collections.abc import Iterator
from dataclasses import dataclass
from tests.surface.discovery import entries
from tests.surface.discovery import Entry
from tests.surface.excuses import counterpart
from tests.surface.monsters import MEGABYTE
from tests.surface.monsters import MONSTERS
from tests.surface.realsite import attacked_site
from tests.surface.realsite import Process
from tests.surface.realsite import renew
from tests.surface.wire import Answer
from tests.surface.wire import Request
from tests.surface.wire import send
from tests.surface.world import World

import os
import pytest


pytestmark = pytest.mark.skipif(
    not os.environ.get("TOKENAUTH_ATTACK"), reason="set TOKENAUTH_ATTACK to a number"
)

#: Bytes that a request to an endpoint of ours may need, however large it is.
MEMORY = 20 * MEGABYTE
#: How much longer it may take than the same bytes take Plone, and in any case.
RATIO, SECONDS = 2, 0.2
#: Those that are refused in JSON of ours, and those that waitress refuses.
REFUSED = range(400, 500)
#: The collector of garbage runs in most of them, in a rhythm of its own.
ATTEMPTS = 8


@dataclass
class Target:
    """A server that answers one request after the other."""

    world: World
    process: Process

    def measured(self, request: Request) -> tuple[Answer, int]:
        """The answer, and how much memory the server has needed for it."""
        self.process.forget_peak()
        before = self.process.memory()
        answer = send(self.world.host, self.world.port, request)
        return answer, self.process.peak() - before

    def quickest(self, request: Request) -> float:
        """Seconds of the quickest of some answers."""
        host, port = self.world.host, self.world.port
        return min(send(host, port, request).seconds for _ in range(ATTEMPTS))

    def request(self, entry: Entry, who: str) -> Request:
        """An ordinary request."""
        value = self.world.authorizations.get(who)
        headers = (("Authorization", value),) if value else ()
        if entry.path.startswith("//"):
            return Request("GET", entry.path[1:], headers)
        return Request("GET", self.world.site_path + entry.path, headers)


@pytest.fixture(scope="module")
def target() -> Iterator[Target]:
    with attacked_site("monsters") as (instance, process):
        yield Target(renew(instance), process)


@pytest.mark.parametrize("monster", MONSTERS, ids=lambda monster: monster.__name__)
def test_oauth_endpoints_refuse_large_requests_cheaply(
    keep_layers: None, target: Target, monster: Callable[[Request], Request]
) -> None:
    """TE-19: whatever is too large costs no memory, and is a refusal of the client."""
    for entry in entries():
        if not entry.promises_json:
            continue
        request = monster(target.request(entry, "anonymous"))
        answer, memory = target.measured(request)
        print(f"{monster.__name__} {entry.path}: {_line(answer, memory)}")
        assert answer.status in REFUSED or answer.status == 200, (entry, answer)
        assert memory < MEMORY, entry


@pytest.mark.parametrize("monster", MONSTERS, ids=lambda monster: monster.__name__)
@pytest.mark.parametrize("who", ["anonymous", "owner"])
def test_nothing_takes_much_longer_than_in_plone(
    keep_layers: None, target: Target, monster: Callable[[Request], Request], who: str
) -> None:
    for kind in ("oauth", "service", "panel", "page", "zmi"):
        entry = next(each for each in entries() if each.kind == kind)
        ours = monster(target.request(entry, who))
        theirs = monster(counterpart(entry, target.request(entry, who)))
        answer, memory = target.measured(ours)
        reference, their_memory = target.measured(theirs)
        print(
            f"{monster.__name__} {entry.path} by {who}: {_line(answer, memory)};"
            f" Plone {_line(reference, their_memory)}"
        )
        assert memory < max(2 * their_memory, MEMORY), entry
        if answer.seconds > SECONDS:
            limit = max(RATIO * target.quickest(theirs), SECONDS)
            assert target.quickest(ours) < limit, (entry, answer)


def _line(answer: Answer, memory: int) -> str:
    return f"{answer.status}, {answer.seconds:.3f} s, {memory / 1e6:+.1f} MB"
