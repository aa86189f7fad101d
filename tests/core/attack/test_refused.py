"""One fact is wrong, and everything else right: that fact is why it is refused."""

from hypothesis import given
from tests.core.attack.drafts import Draft
from tests.core.attack.effort import CASES
from tests.core.attack.effort import count
from tests.core.attack.effort import effort
from tests.core.attack.effort import WANTED
from tests.core.attack.reasons import Reason
from tests.core.attack.table import TABLE
from tests.core.attack.world import Kind
from tests.core.attack.world import world

import pytest


@pytest.mark.parametrize(
    "reason, kind", TABLE, ids=[f"{kind}-{reason.name}" for reason, kind in TABLE]
)
def test_an_assertion_with_one_fault_is_refused_for_this_fault(
    reason: Reason, kind: Kind
) -> None:
    """JB-04, JB-25, JS-27: one error, one message, and nothing else is raised."""
    name = f"{kind}: {reason.name}"

    @effort(name)
    @given(reason.cases(world(), kind))
    def attack(case: tuple[Draft, str]) -> None:
        draft, assertion = case
        count(name, assertion)
        reason.check(draft, assertion)

    attack()
    assert CASES[name] >= WANTED
