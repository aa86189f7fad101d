"""Large requests to the OAuth endpoints; test_monsters.py measures what they cost."""

from collections.abc import Callable
from tests.surface.discovery import entries
from tests.surface.monsters import MONSTERS
from tests.surface.oracle import complaints
from tests.surface.wire import Request
from tests.surface.wire import send
from tests.surface.world import World

import pytest


#: Those of 100 MB take too long here.
QUICK = [each for each in MONSTERS if not each.__name__.startswith("large")]


@pytest.mark.parametrize("monster", QUICK, ids=lambda monster: monster.__name__)
def test_a_large_request_is_refused_like_any_other(
    world: World, monster: Callable[[Request], Request]
) -> None:
    """TE-19, threat plone.rest CVE-2023-42457: no 5xx, JSON, no redirect."""
    for entry in entries():
        if entry.promises_json and not entry.path.startswith("//"):
            request = monster(Request("GET", world.site_path + entry.path))
            answer = send(world.host, world.port, request)
            wrong = complaints(entry, request, answer, world, "anonymous")
            assert wrong == [], (entry, answer)
            assert not 300 <= answer.status < 400, (entry, answer)
