"""Many requests one after the other, and what was wrong with the answers."""

from collections import Counter
from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from tests.surface.discovery import Entry
from tests.surface.excuses import counterparts
from tests.surface.excuses import excuse_for
from tests.surface.grammar import Grammar
from tests.surface.oracle import complaints
from tests.surface.tracebacks import Failures
from tests.surface.wire import Answer
from tests.surface.wire import Request
from tests.surface.wire import send
from tests.surface.world import form_fields
from tests.surface.world import front_channel_fields
from tests.surface.world import World

import itertools


#: Who asks. Those who get further than to the log-in come more often.
WHO = (
    *("anonymous", "member", "owner", "owner", "browser", "browser", "token"),
    "personal token",
)
#: Seconds; a request that takes longer is a finding.
PATIENCE = 20


@dataclass
class Report:
    """What a run has found.

    :param statuses: number of answers by kind of entry and status
    :param excused: number of failures by excuse
    :param findings: what has to be fixed
    :param slowest: seconds of the slowest answer
    """

    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    excused: Counter[str] = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)
    slowest: float = 0.0

    @property
    def requests(self) -> int:
        """How many have been answered."""
        return sum(self.statuses.values())

    def add(self, other: "Report") -> None:
        """Take in what another run has found."""
        self.statuses += other.statuses
        self.excused += other.excused
        self.findings += other.findings
        self.slowest = max(self.slowest, other.slowest)

    def summary(self) -> str:
        """What happened, in lines."""
        lines = [f"{self.requests} requests, {len(self.findings)} findings"]
        lines += [f"  {k} {s}: {n}" for (k, s), n in sorted(self.statuses.items())]
        lines += [f"  excused, {why}: {n}" for why, n in self.excused.items()]
        return "\n".join([*lines, f"slowest answer: {self.slowest:.2f} s"])


class Campaign:
    """Sends requests to entries in turn, and judges the answers.

    :param world: what is attacked
    :param entries: what of it
    :param seed: of the requests
    :param failures: knows whether a request has failed in our code, where that can
        be known
    """

    def __init__(
        self,
        world: World,
        entries: Sequence[Entry],
        seed: int,
        failures: Failures | None = None,
    ) -> None:
        self.report = Report()
        self._world = world
        self._entries = entries
        self._grammar = Grammar(world, seed)
        self._failures = failures

    def run(self, count: int) -> Report:
        """Send so many requests."""
        for entry in itertools.islice(itertools.cycle(self._entries), count):
            who = self._grammar.random.choice(WHO)
            self._try(entry, who, self._grammar.request(entry, who))
        return self.report

    def _try(self, entry: Entry, who: str, request: Request) -> None:
        if self._failures is not None:
            self._failures.forget()
        try:
            answer = self._send(request)
        except TimeoutError:
            self._note(entry, who, request, ["no answer in time"])
            return
        self.report.statuses[entry.kind, answer.status] += 1
        self.report.slowest = max(self.report.slowest, answer.seconds)
        wrong = complaints(entry, request, answer, self._world, who)
        # Before it knows who asks, plone.rest shows a traceback if the one whom its
        # thread has served last may see it.
        if set(wrong) - {"traceback"} == {f"status {answer.status}"} and (
            self._is_excused(entry, request, answer)
        ):
            return
        self._note(entry, who, request, wrong)

    def _is_excused(self, entry: Entry, request: Request, answer: Answer) -> bool:
        excuse = excuse_for(entry, request)
        if excuse is None:
            return False
        if self._failures is not None and self._failures.in_our_code():
            return False
        theirs = (self._send(each).status for each in counterparts(entry, request))
        if answer.status not in theirs:
            return False
        self.report.excused[excuse.why] += 1
        return True

    def _send(self, request: Request) -> Answer:
        return send(self._world.host, self._world.port, request, PATIENCE)

    def _note(
        self, entry: Entry, who: str, request: Request, wrong: Iterable[str]
    ) -> None:
        self.report.findings += [
            f"{what}: {entry.path} by {who}: {request!r:.3000}" for what in wrong
        ]


def fields_of(world: World, entries: Iterable[Entry]) -> dict[str, tuple[str, ...]]:
    """Names of the fields of the forms on some pages, by path."""
    owner = (("Authorization", world.authorizations["owner"]),)
    fields = {}
    for entry in entries:
        if entry.kind in ("page", "zmi"):
            path = f"{world.site_path}{entry.path}?id={world.ids[-1]}"
            answer = send(world.host, world.port, Request("GET", path, owner), PATIENCE)
            fields[entry.path] = tuple(form_fields(answer.body.decode("utf-8")))
            fields[entry.path] += front_channel_fields(entry.path)
    return fields
