#!/usr/bin/env python3
"""Mutation testing: changes the package in small ways and looks whether a test notices.

usage: mutants.py [--again] [--every N] PACKAGE or MODULE ...

Packages whose tests need no Plone are done one at a time, others together or alone.

The tests are collected once. For each mutant a child is forked that takes the changed
code over and runs the tests that reach it, the fastest first, until one fails; where
they talk HTTP, the child has a server of its own. Tests that do not pass in a child
take no part. Results are kept in var/mutants, so that a run that was
interrupted goes on; what survived is tried again when the tests have changed.

Mutants that cannot be noticed are explained in mutants-explained.txt.
"""

from collections import Counter
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from hypothesis import Phase
from hypothesis import settings
from mutations import Mutant
from mutations import mutants_of
from pathlib import Path
from transplant import clear_caches
from transplant import take_over
from typing import Any

import argparse
import ast
import gc
import hashlib
import json
import os
import pickle
import pytest
import signal
import socket
import sys
import threading
import time


ROOT = Path(__file__).resolve().parents[1]
PACKAGE = "pas.plugins.tokenauth"
SOURCE = ROOT / "src" / PACKAGE.replace(".", "/")
RESULTS = ROOT / "var" / "mutants"
ERRORS_PAGE = ROOT / "docs" / "errors.md"
EXPLAINED = Path(__file__).with_name("mutants-explained.txt")
#: Packages whose own tests need no Plone, and kill their mutants.
LIGHT = ("core", "storage")
#: The tests that may kill mutants of all others.
TESTS = (
    "authorization_server",
    "controlpanel",
    "credentials",
    "test_mail.py",
    "personaltokens",
    "plugin",
    "resource_server",
    "servicekeys",
    "site",
    "tokens",
    "usage",
    "web",
)
#: Modules that only declare.
LEFT_OUT = ("__init__.py", "interfaces.py")


@dataclass
class Test:
    """A test that passes in a child.

    :param seconds: how long it takes
    :param reached: the lines it runs, by file
    """

    item: Any
    seconds: float
    reached: dict[str, set[int]]

    def reaches(self, path: str, lines: range) -> bool:
        return any(number in lines for number in self.reached.get(path, ()))


def in_child(function: Any, cpu_seconds: float) -> tuple[int, Any]:
    """What a function returns in a child, and how the child ended."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        status = 1
        try:
            os.close(reading)
            signal.signal(signal.SIGPROF, signal.SIG_DFL)
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.setitimer(signal.ITIMER_PROF, cpu_seconds)
            signal.setitimer(signal.ITIMER_REAL, 20 * cpu_seconds)
            null = os.open(os.devnull, os.O_RDWR)
            os.dup2(null, 1)
            os.dup2(null, 2)
            answer = function()
            with open(writing, "wb") as stream:
                pickle.dump(answer, stream)
            status = 0
        finally:
            os._exit(status)
    os.close(writing)
    with open(reading, "rb") as stream:
        data = stream.read()
    _, status = os.waitpid(child, 0)
    return status, pickle.loads(data) if data else None


def _refuse(*arguments: Any) -> None:
    raise ConnectionRefusedError("The server is in another process.")


def serve_here() -> None:
    """Serve the site of the test layers in this process, where the parent did."""
    from plone.testing.zope import WSGI_SERVER_FIXTURE
    from webtest.http import StopableWSGIServer

    left_behind = WSGI_SERVER_FIXTURE["port"]
    connect = socket.socket.connect

    def connect_here(self: socket.socket, address: Any) -> None:
        if left_behind in address:
            raise ConnectionRefusedError("That server is in another process.")
        connect(self, address)

    socket.socket.connect = connect_here  # type: ignore[method-assign]
    application = WSGI_SERVER_FIXTURE.server.test_app
    server = StopableWSGIServer.create(application, clear_untrusted_proxy_headers=False)
    WSGI_SERVER_FIXTURE.server = server
    WSGI_SERVER_FIXTURE["port"] = int(server.effective_port)


class MutationTesting:
    """Takes the place of pytest's loop over the tests."""

    def __init__(
        self, group: str, modules: list[Path], again: bool, every: int
    ) -> None:
        self.group = group
        self.is_light = group in LIGHT
        self.modules = modules
        self.again = again
        self.every = every
        self.tests: list[Test] = []
        self.outcomes: dict[str, dict[str, str]] = {}
        self.kills: Counter[str] = Counter()

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        items = [item for item in session.items if not _needs_server(item)]
        if not self.is_light:
            # Sets the layers up, which the children then find.
            _run(next(item for item in items if "site" in item.fixturenames))
        self.tests_digest = _tests_digest(items)
        measured = self._measurements(items, session)
        self.tests = [
            Test(item, seconds, {file: set(lines) for file, lines in reached.items()})
            for item in items
            if item.nodeid in measured
            for seconds, reached in [measured[item.nodeid]]
        ]
        self.tests.sort(key=lambda test: test.seconds)
        self._warm_up()
        if session.testsfailed:
            raise pytest.UsageError("A test that passes in a child fails here.")
        print(f"{len(self.tests)} tests of {len(session.items)} take part")
        for path in self.modules:
            self._module(path, session)
        return True

    def _warm_up(self) -> None:
        """Make here what every child would make again: what sessions and modules keep.

        That are keys, above all.
        """
        known: set[Any] = set()
        for test in self.tests:
            kept = {test.item.path, *_session_fixtures(test.item)}
            if not kept <= known:
                known |= kept
                _run(test.item)
        gc.collect()
        gc.freeze()

    def _measurements(self, items: list[Any], session: pytest.Session) -> Any:
        """What is known of the tests; kept, because looking takes its time."""
        store = RESULTS / f"{self.group}.json"
        sources = sorted(SOURCE.rglob("*.py"))
        digest = _digest(b"".join(file.read_bytes() for file in sources))
        digest += self.tests_digest
        if store.exists():
            kept = json.loads(store.read_text())
            if kept["digest"] == digest:
                return kept["tests"]
        status, found = in_child(lambda: self._measured(items, session), 3600)
        if found is None:
            raise pytest.UsageError(f"The child has ended with {status}.")
        store.parent.mkdir(parents=True, exist_ok=True)
        store.write_text(json.dumps({"digest": digest, "tests": found}))
        return found

    def _measured(self, items: list[Any], session: pytest.Session) -> dict[str, Any]:
        """Which tests pass, how long they take, and which code of ours they reach."""
        found = {}
        reached: dict[str, set[int]] = defaultdict(set)
        prefix = str(SOURCE)

        def note(frame: Any, event: str, _: Any) -> Any:
            file = frame.f_code.co_filename
            if not file.startswith(prefix):
                return None
            reached[file].add(frame.f_lineno)
            return note

        threading.settrace(note)
        self._settle()
        for item in items:
            clear_caches(PACKAGE)
            failed = session.testsfailed
            reached.clear()
            start = time.process_time()
            sys.settrace(note)
            _run(item)
            sys.settrace(None)
            if session.testsfailed == failed:
                seconds = time.process_time() - start
                lines = {file: sorted(numbers) for file, numbers in reached.items()}
                found[item.nodeid] = (seconds, lines)
        return found

    def _settle(self) -> None:
        """Make a child independent of servers that are not there any more."""
        if self.is_light:
            socket.socket.connect = _refuse  # type: ignore[method-assign]
        else:
            serve_here()

    def _module(self, path: Path, session: pytest.Session) -> None:
        source = path.read_text(encoding="utf-8")
        store = RESULTS / f"{path.relative_to(SOURCE)}.json"
        known = self._known(store, source)
        results: dict[str, str] = {}
        self.kills.clear()
        for mutant in self._sample(mutants_of(source)):
            outcome = known.get(mutant.name, "")
            if not outcome:
                outcome = self._outcome(mutant, path, session)
            results[mutant.name] = outcome
            if len(results) % 10 == 0:
                self._keep(store, source, {**known, **results})
        self._keep(store, source, {**known, **results})
        self.outcomes[path.relative_to(SOURCE).as_posix()] = results
        alive = sum(outcome == "alive" for outcome in results.values())
        print(f"{path.relative_to(SOURCE)}: {len(results)} mutants, {alive} alive")
        sys.stdout.flush()

    def _sample(self, mutants: Iterator[Mutant]) -> Iterator[Mutant]:
        """Every so many of them, the same ones every time."""
        for mutant in mutants:
            if int(_digest(mutant.name.encode()), 16) % self.every == 0:
                yield mutant

    def _known(self, store: Path, source: str) -> dict[str, str]:
        if not store.exists():
            return {}
        kept = json.loads(store.read_text())
        if kept["source"] != _digest(source.encode()):
            return {}
        same_tests = kept["tests"] == self.tests_digest and not self.again
        return {
            name: outcome
            for name, outcome in kept["results"].items()
            if outcome != "alive" or same_tests
        }

    def _keep(self, store: Path, source: str, results: dict[str, str]) -> None:
        store.parent.mkdir(parents=True, exist_ok=True)
        kept = {
            "source": _digest(source.encode()),
            "tests": self.tests_digest,
            "results": results,
        }
        store.write_text(json.dumps(kept, indent=1))

    def _tests_for(self, mutant: Mutant, path: str) -> list[Test]:
        """Those that run the change; for one that every import runs, its module."""
        module = range(sys.maxsize)
        for lines in (mutant.lines, mutant.function) if mutant.function else (module,):
            chosen = [test for test in self.tests if test.reaches(path, lines)]
            if chosen:
                return chosen
        return [] if self._has_functions(path) else list(self.tests)

    def _has_functions(self, path: str) -> bool:
        return any(
            isinstance(node, ast.FunctionDef)
            for node in ast.walk(ast.parse(Path(path).read_text(encoding="utf-8")))
        )

    def _outcome(self, mutant: Mutant, path: Path, session: pytest.Session) -> str:
        if _is_documented(mutant):
            return "killed"
        chosen = self._tests_for(mutant, str(path))
        # What has killed others of the module may kill this one as well.
        chosen.sort(key=lambda test: -self.kills[test.item.nodeid])
        name = f"{PACKAGE}.{path.relative_to(SOURCE).with_suffix('')}".replace("/", ".")

        def noticed() -> str:
            self._settle()
            take_over(sys.modules[name], mutant.code(str(path)))
            for test in chosen:
                clear_caches(PACKAGE)
                _run(test.item)
                if session.testsfailed:
                    return str(test.item.nodeid)
            return ""

        seconds = sum(test.seconds for test in chosen)
        _, killer = in_child(noticed, 10 + 3 * seconds)
        if killer:
            self.kills[killer] += 1
        # A child that has ended without an answer ran too long, or was not loaded.
        return "alive" if killer == "" else "killed"


def _run(item: Any) -> None:
    """Run a test; what the session keeps stays, whichever test comes next."""
    item.config.hook.pytest_runtest_protocol(item=item, nextitem=item.session)


def _is_documented(mutant: Mutant) -> bool:
    """Whether it changes a message that tests/docs looks for on the page about errors.

    These tests read the source, where a child changes nothing.
    """
    before = mutant.name.partition(": ")[2].partition(" -> ")[0]
    try:
        text = ast.literal_eval(before)
    except (SyntaxError, ValueError):
        return False
    return f"`{text}`" in ERRORS_PAGE.read_text(encoding="utf-8")


def _needs_server(item: Any) -> bool:
    # They would wait for a process that is not there.
    return item.get_closest_marker("browser") is not None


def _session_fixtures(item: Any) -> Iterator[tuple[str, str]]:
    callspec = getattr(item, "callspec", None)
    for name, definitions in item._fixtureinfo.name2fixturedefs.items():
        if definitions[-1].scope == "session":
            yield name, repr(callspec.params.get(name)) if callspec else ""


def _tests_digest(items: list[Any]) -> str:
    files = sorted({Path(item.path) for item in items})
    return _digest(b"".join(file.read_bytes() for file in files))


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def explanations() -> dict[str, str]:
    """Why mutants survive, by module and name."""
    found: dict[str, str] = {}
    names: list[str] = []
    for line in EXPLAINED.read_text(encoding="utf-8").splitlines():
        if line.startswith("    "):
            for name in names:
                found[name] = f"{found.get(name, '')} {line.strip()}".strip()
        elif line and not line.startswith("#"):
            if names and names[-1] in found:
                names = []
            names.append(line)
    return found


def report(outcomes: dict[str, dict[str, str]]) -> int:
    """Print the score; the number of survivors that nobody has explained."""
    reasons = explanations()
    names = {
        f"{module} {name}": outcome
        for module, results in outcomes.items()
        for name, outcome in results.items()
    }
    alive = [name for name, outcome in names.items() if outcome == "alive"]
    unexplained = [name for name in alive if name not in reasons]
    for name in unexplained:
        print(f"ALIVE {name}")
    for name in reasons:
        if names.get(name, "alive") != "alive":
            print(f"explained, but killed: {name}")
        if name.split(" ")[0] in outcomes and name not in names:
            print(f"explained, but there is no such mutant: {name}")
    killed = len(names) - len(alive)
    print(
        f"{len(names)} mutants, {killed} killed ({killed / max(len(names), 1):.1%}), "
        f"{len(alive)} alive, {len(unexplained)} of them unexplained"
    )
    return len(unexplained)


def _modules(target: str) -> Iterator[Path]:
    path = SOURCE / target
    paths = [path] if path.is_file() else sorted(path.rglob("*.py"))
    yield from (each for each in paths if each.name not in LEFT_OUT)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--again", action="store_true", help="try survivors again")
    parser.add_argument("--every", type=int, default=1, help="one of so many only")
    parser.add_argument("targets", nargs="+")
    options = parser.parse_args()
    packages = {target.split("/")[0] for target in options.targets}
    groups = {each if each in LIGHT else "plone" for each in packages}
    if len(groups) > 1:
        parser.error("core and storage are done alone, each with its own tests")
    group = groups.pop()
    modules = [path for target in options.targets for path in _modules(target)]
    testing = MutationTesting(group, modules, options.again, options.every)
    paths = [ROOT / "tests" / name for name in (TESTS if group == "plone" else [group])]
    folders = [str(path) for path in paths if path.exists()]
    arguments = ["-q", "-s", "-p", "no:cacheprovider", "-p", "no:randomly", *folders]
    # One example that fails is enough, however long it is.
    settings.register_profile("mutants", phases=[Phase.explicit, Phase.generate])
    settings.load_profile("mutants")
    pytest.main(arguments, plugins=[testing])
    return 1 if report(testing.outcomes) else 0


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main())
