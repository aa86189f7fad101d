"""Refusals of credentials on record."""

from pas.plugins.tokenauth.events import RefusedEvent
from pas.plugins.tokenauth.usage.recorder import recorder
from pas.plugins.tokenauth.usage.refusals import record_refusal
from pas.plugins.tokenauth.usage.refusals import UNKNOWN
from pas.plugins.tokenauth.usage.writer import MAX_REFUSALS
from typing import Any

import pytest


@pytest.fixture
def noted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Ids of the credentials of which a refusal waits to be written."""
    ids: list[str] = []
    monkeypatch.setattr(
        recorder,
        "note_use",
        lambda _plugin, credential_id, *_, **_more: ids.append(credential_id),
    )
    return ids


def refuse(
    credential_id: str, reason: str = "expired", only_named: bool = False
) -> None:
    record_refusal(
        RefusedEvent(
            what="token",
            credential_id=credential_id,
            only_named=only_named,
            reason=reason,
            address="::1",
        )
    )


def test_the_refusal_of_a_known_credential_is_kept(site: Any, noted: list[str]) -> None:
    credential_id = site.issue()["client_id"]
    refuse(credential_id)
    assert noted == [credential_id]


@pytest.mark.parametrize("credential_id", ["", "svc-unknown", "x" * 1000])
def test_the_refusal_of_what_nobody_knows_is_counted_and_takes_no_memory(
    site: Any, noted: list[str], credential_id: str
) -> None:
    """Whoever asks chooses the id, and how long it is."""
    before = UNKNOWN.number
    refuse(credential_id)
    assert noted == []
    assert UNKNOWN.number == before + 1


def test_who_only_names_a_credential_pushes_no_refusal_out(site: Any) -> None:
    """Threat: what matters is gone when anybody has named it often enough."""
    credential_id = site.issue()["client_id"]
    site.commit()
    refuse(credential_id, "client address is outside the IP ranges")
    recorder.flush(everything=True)
    for number in range(MAX_REFUSALS + 20):
        refuse(credential_id, f"reason {number}", only_named=True)
    recorder.flush(everything=True)
    site.sync()
    log = site.context.storage["refusal_log"]
    reasons = [entry.reason for entry in log.entries(credential_id)]
    assert len(reasons) == MAX_REFUSALS
    assert "client address is outside the IP ranges" in reasons
