"""Whatever happens in whatever order, each token does exactly what it must."""

from databases import ZEO
from hypothesis import HealthCheck
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test
from pathlib import Path
from tests.states.clients import MemoryDatabase
from tests.states.clients import SharedDatabase
from tests.states.machine import States
from typing import Any

import json
import os
import pytest


#: How many runs to make; without it, a few that are always the same.
RUNS = int(os.environ.get("TOKENAUTH_STATES_RUNS", 0))
STEPS = 100 if RUNS else 40
IN_CI = 100


def run(new_database: Any, runs: int, states: Any = States) -> None:
    members = {
        "new_database": staticmethod(new_database),
        "after_run": staticmethod(Tally(states)),
    }
    machine = type("Run", (states,), members)
    states.steps.clear()
    states.verdicts.clear()
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=runs,
            stateful_step_count=STEPS,
            derandomize=not RUNS,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    tell(states)


class Tally:
    """Says now and then how far a long run has got."""

    def __init__(self, states: Any) -> None:
        self._states = states
        self._runs = 0

    def __call__(self) -> None:
        self._runs += 1
        if RUNS and self._runs % 25 == 0:
            print(self._runs, "runs,", totals(self._states), flush=True)


def tell(states: Any) -> None:
    """What was done; shown for a long run."""
    print(json.dumps({"steps": states.steps, "verdicts": states.verdicts}, indent=1))
    print(totals(states))


def totals(states: Any) -> str:
    # What was refused is counted a second time.
    steps = sum(count for what, count in states.steps.items() if ":" not in what)
    return f"{steps} steps, {sum(states.verdicts.values())} verdicts compared"


@pytest.mark.long
def test_every_token_does_what_the_model_says() -> None:
    run(MemoryDatabase, RUNS or IN_CI)
    # Else the model was not asked about much.
    assert States.verdicts["lives"] > len(States.verdicts)


@pytest.mark.long
@pytest.mark.skipif(not RUNS, reason="long: make attack-states")
def test_every_token_does_what_the_model_says_with_two_clients_of_a_zeo_server(
    tmp_path: Path,
) -> None:
    with ZEO(tmp_path) as server:
        run(lambda: SharedDatabase(server, server_sync=True), max(RUNS // 5, 1))
