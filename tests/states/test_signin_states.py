"""Whatever happens in whatever order, sign-in gives exactly what it must."""

from databases import Missing
from databases import PostgreSQL
from databases import ZEO
from pathlib import Path
from tests.states.clients import MemoryDatabase
from tests.states.clients import SharedDatabase
from tests.states.signin_machine import SignInStates
from tests.states.test_states import run
from tests.states.test_states import RUNS

import pytest


IN_CI = 12


def test_sign_in_gives_what_the_model_says() -> None:
    run(MemoryDatabase, RUNS or IN_CI, SignInStates)
    # Else the model was not asked about much.
    assert SignInStates.verdicts["lives"] > len(SignInStates.verdicts)


@pytest.mark.long
@pytest.mark.skipif(not RUNS, reason="long: make attack-states")
def test_sign_in_gives_what_the_model_says_with_two_clients_of_a_zeo_server(
    tmp_path: Path,
) -> None:
    with ZEO(tmp_path) as server:
        run(
            lambda: SharedDatabase(server, server_sync=True),
            max(RUNS // 5, 1),
            SignInStates,
        )


@pytest.mark.long
@pytest.mark.skipif(not RUNS, reason="long: make attack-states")
def test_sign_in_gives_what_the_model_says_with_two_clients_of_postgresql() -> None:
    try:
        server = PostgreSQL()
    except Missing as missing:
        pytest.skip(str(missing))
    try:
        server.start()
        run(lambda: SharedDatabase(server), max(RUNS // 10, 1), SignInStates)
    finally:
        server.remove()
