"""Requests by the grammar to every entry, from a fixed seed."""

from tests.surface.campaign import Campaign
from tests.surface.campaign import fields_of
from tests.surface.conftest import PASSWORD
from tests.surface.discovery import entries
from tests.surface.people import sign_in
from tests.surface.tracebacks import Failures
from tests.surface.world import World

import pytest


SEED = 20261128
#: Requests by kind of entry; pages of Plone take longer than the rest.
COUNTS = {
    "oauth": 500,
    "metadata": 200,
    "service": 300,
    "panel": 100,
    "page": 350,
    "static": 50,
    "zmi": 120,
}


@pytest.mark.long
@pytest.mark.parametrize("kind", COUNTS)
def test_no_request_is_answered_wrongly(world: World, kind: str) -> None:
    """TE-19, ZP-02, ZP-05: no 5xx of ours, no traceback, JSON where it is promised."""
    sign_in(world, ("owner", PASSWORD))
    attacked = [entry for entry in entries() if entry.kind == kind]
    world.fields = fields_of(world, attacked)
    with Failures() as failures:
        campaign = Campaign(world, attacked, SEED, failures)
        report = campaign.run(COUNTS[kind])
    assert not report.findings, "\n\n".join(report.findings)
    assert report.requests == COUNTS[kind]
