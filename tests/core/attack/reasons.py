"""The table of reasons to refuse an assertion."""

from collections.abc import Callable
from collections.abc import Collection
from dataclasses import dataclass
from hypothesis import strategies as st
from pas.plugins.tokenauth.core.errors import OAuthError
from tests.core.attack.drafts import Draft
from tests.core.attack.drafts import drafts
from tests.core.attack.drafts import NAMES
from tests.core.attack.world import Kind
from tests.core.attack.world import KINDS
from tests.core.attack.world import World
from typing import Any


#: Spoils exactly one fact of a draft and returns the assertion, signed again.
Spoiler = Callable[[Any, Draft], str]


@dataclass(frozen=True)
class Reason:
    """A reason to refuse.

    :param spoil: makes an assertion that is refused for this reason
    :param says: what the log says then
    :param is_signed: whether a key of the client has signed it all the same, so that
        the client learns the reason too
    :param algorithms: names of the algorithms to which it applies
    """

    name: str
    spoil: Spoiler
    says: str
    is_signed: bool
    kinds: Collection[Kind]
    algorithms: Collection[str]

    def cases(self, world: World, kind: Kind) -> st.SearchStrategy[tuple[Draft, str]]:
        """Assertions that must be refused for this reason."""

        @st.composite
        def case(draw: Any) -> tuple[Draft, str]:
            draft = draw(drafts(world, kind, list(self.algorithms)))
            return draft, self.spoil(draw, draft)

        return case()

    def check(self, draft: Draft, assertion: str) -> None:
        """Fails unless it is refused, for this reason and in these words."""
        try:
            found = draft.judged(assertion)
        except OAuthError as error:
            self._check_error(draft, error)
        else:
            raise AssertionError(f"{assertion} was accepted: {found}")

    def _check_error(self, draft: Draft, error: OAuthError) -> None:
        assert type(error) is draft.kind.error
        assert error.description == self.description(draft.kind)
        assert error.reason == self.says
        assert error.credential_id == (draft.client_id if self.is_signed else "")

    def description(self, kind: Kind) -> str:
        """What the client learns."""
        return self.says if self.is_signed else kind.not_ours


REASONS: dict[str, Reason] = {}


def add(
    name: str,
    spoil: Spoiler,
    says: str,
    *,
    is_signed: bool = False,
    kinds: Collection[Kind] = KINDS,
    algorithms: Collection[str] = NAMES,
) -> None:
    """Put a reason into the table."""
    assert name not in REASONS
    REASONS[name] = Reason(name, spoil, says, is_signed, kinds, algorithms)


def reason(says: str, **options: Any) -> Callable[[Spoiler], Spoiler]:
    """Put a function into the table, under its name."""

    def decorate(spoil: Spoiler) -> Spoiler:
        add(spoil.__name__.replace("_", " "), spoil, says, **options)
        return spoil

    return decorate
