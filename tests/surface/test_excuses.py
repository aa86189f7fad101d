"""The table of excuses holds: each row is needed, and the failure is not ours."""

from collections.abc import Iterator
from tests.surface.discovery import entries
from tests.surface.excuses import Excuse
from tests.surface.excuses import EXCUSES
from tests.surface.excuses import filled_in
from tests.surface.tracebacks import Failures
from tests.surface.wire import send
from tests.surface.world import World

import pytest


@pytest.fixture
def failures() -> Iterator[Failures]:
    with Failures() as failures:
        yield failures


@pytest.mark.parametrize("excuse", EXCUSES, ids=lambda excuse: excuse.why)
def test_plone_itself_fails_in_the_same_way(
    world: World, failures: Failures, excuse: Excuse
) -> None:
    """ZP-05 among others. A row that Zope no longer needs has to go."""
    for below in ("/@@manage-service-keys", "/@@overview-controlpanel"):
        request = filled_in(excuse.example, world.site_path, below)
        assert excuse.fits(request)
        failures.forget()
        assert send(world.host, world.port, request).status == excuse.status
        assert not failures.in_our_code()


@pytest.mark.parametrize(
    "excuse", [each for each in EXCUSES if not each.is_early], ids=lambda each: each.why
)
def test_our_oauth_endpoints_have_no_such_excuse(world: World, excuse: Excuse) -> None:
    """TE-19: where Zope's publisher has the request, the answer is ours."""
    for entry in entries():
        if not entry.promises_json or entry.path.startswith("//"):
            continue
        request = filled_in(excuse.example, world.site_path, entry.path)
        answer = send(world.host, world.port, request)
        assert 200 <= answer.status < 500, (entry, answer)
        assert answer.media_type == "application/json"
