"""What a state machine has done, for whoever lets it run."""

from collections.abc import Callable
from hypothesis.stateful import RuleBasedStateMachine
from typing import Any
from typing import ClassVar


class CountedStates(RuleBasedStateMachine):
    """A state machine that counts what it does; begin by clearing the counts.

    A subclass makes its world when it is made.
    """

    #: Makes the database of one run.
    new_database: ClassVar[Callable[[], Any]]
    #: How many steps were made, by what they are.
    steps: ClassVar[dict[str, int]] = {}
    #: How often a verdict was compared, by verdict.
    verdicts: ClassVar[dict[str, int]] = {}
    #: Called after each run.
    after_run: ClassVar[Callable[[], None]]

    world: Any

    def teardown(self) -> None:
        self.world.close()
        type(self).after_run()

    def _step(self, what: str) -> None:
        self._count(what)
        self.world.next_client()

    def _count(self, what: str) -> None:
        self.steps[what] = self.steps.get(what, 0) + 1
