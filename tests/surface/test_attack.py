"""The long run: a real server in a process of its own, and many more requests.

``make attack-http`` runs it; TOKENAUTH_ATTACK says how many requests, and
TOKENAUTH_ATTACK_SEED makes others.
"""

from collections.abc import Iterator
from pathlib import Path
from tests.surface.campaign import Campaign
from tests.surface.campaign import fields_of
from tests.surface.campaign import Report
from tests.surface.discovery import entries
from tests.surface.discovery import Entry
from tests.surface.documents import hostile_documents
from tests.surface.realsite import attacked_site
from tests.surface.realsite import Process
from tests.surface.realsite import renew
from tests.surface.world import front_channel_fields
from typing import Any
from urllib.parse import urlsplit

import os
import pytest
import re


COUNT = int(os.environ.get("TOKENAUTH_ATTACK", "0"))
SEED = int(os.environ.get("TOKENAUTH_ATTACK_SEED", "1"))
#: Requests until the attacker logs in again and what was broken is repaired.
ROUND = 500

#: The last line of a traceback that is meant to be.
REFUSAL = re.compile(r"zExceptions\.")

pytestmark = pytest.mark.skipif(not COUNT, reason="set TOKENAUTH_ATTACK to a number")


@pytest.fixture(scope="module")
def attacked() -> Iterator[tuple[Any, Process, tuple[str, ...]]]:
    with hostile_documents(SEED) as documents:
        host = urlsplit(documents[0]).netloc
        with attacked_site("attack", host) as (instance, process):
            yield instance, process, documents


def test_a_real_server_answers_everything_rightly(
    keep_layers: None, attacked: tuple[Any, Process, tuple[str, ...]]
) -> None:
    """TE-19, ZP-02, ZP-05: like test_fuzz.py, in a server as it is used."""
    instance, process, documents = attacked
    found = [each for each in entries() for _ in range(_weight(each))]
    report = Report()
    world = renew(instance)
    fields = fields_of(world, entries())
    before = process.memory()
    for number, start in enumerate(range(0, COUNT, ROUND)):
        world = renew(instance)
        world.fields = fields
        world.values["client_id"] += documents
        # Zope names the place; the server's log tells where a request has failed.
        campaign = Campaign(world, found, SEED * 10_000 + number)
        made = campaign.run(min(ROUND, COUNT - start))
        report.add(made)
        print(f"{report.requests} of {COUNT}", *made.findings, sep="\n")
    print(report.summary())
    print(f"memory: {before / 1e6:.0f} MB before, {process.peak() / 1e6:.0f} MB peak")
    assert not report.findings, "\n\n".join(report.findings[:40])
    assert _failures_of_ours(instance.log) == []


def _weight(entry: Entry) -> int:
    """How often an entry is asked: where anybody gets in, more often than others."""
    gets_in = entry.kind == "oauth" or bool(front_channel_fields(entry.path))
    return 6 if gets_in else 1


def _failures_of_ours(log: Path) -> list[str]:
    """What the error log has of our code, but for refusals."""
    records = re.split(r"\n(?=\d{4}-\d\d-\d\d )", log.read_text("utf-8", "replace"))
    return [
        record
        for record in records
        if "Module pas.plugins.tokenauth" in record
        and not REFUSAL.match(record.strip().rpartition("\n")[2])
    ]
