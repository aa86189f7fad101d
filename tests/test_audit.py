"""The audit log: one JSON object per line, written when something has happened."""

from pas.plugins.tokenauth.events import ChangedEvent
from pas.plugins.tokenauth.events import IssuedEvent
from typing import Any
from zope.event import notify

import json
import logging
import pytest
import transaction


LOGGER = "pas.plugins.tokenauth.audit"


def issued(credential_id: str, requester: str = "owner") -> IssuedEvent:
    return IssuedEvent(
        kind="service_key",
        credential_id=credential_id,
        owner="owner",
        requester=requester,
    )


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Any:
    """What the log holds, as a function that reads it."""
    caplog.set_level(logging.INFO, LOGGER)

    def lines() -> list[dict[str, Any]]:
        records = [record for record in caplog.records if record.name == LOGGER]
        return [json.loads(record.getMessage()) for record in records]

    return lines


def test_a_key_and_its_tokens_leave_a_line_each(site: Any, lines: Any) -> None:
    keyfile = site.issue()
    token = site.token(keyfile)
    issued, used = lines()
    assert (issued["event"], issued["kind"]) == ("Issued", "service_key")
    assert issued["requester"] == "owner"
    assert (used["event"], used["kind"]) == ("Issued", "access_token")
    assert used["subject"] == "owner"
    assert used["address"] == "127.0.0.1"
    assert used["kid"] == keyfile["key_id"]
    assert issued["credential_id"] == used["credential_id"] == keyfile["client_id"]
    assert token not in json.dumps(lines())
    assert "PRIVATE" not in json.dumps(lines())


def test_a_refusal_leaves_a_line_with_its_reason(site: Any, lines: Any) -> None:
    site.get(token="pta_x")
    (refused,) = lines()
    assert refused["event"] == "Refused"
    assert refused["what"] == "token"
    assert refused["reason"] == "malformed token"


def test_an_aborted_transaction_leaves_no_line(site: Any, lines: Any) -> None:
    notify(issued("svc-1"))
    transaction.abort()
    assert lines() == []
    notify(issued("svc-2"))
    assert lines() == []
    transaction.commit()
    assert [line["credential_id"] for line in lines()] == ["svc-2"]


def test_a_string_from_outside_stays_on_its_line(site: Any, lines: Any) -> None:
    notify(issued("svc-1", "owner\nforged"))
    transaction.commit()
    assert lines()[0]["requester"] == "owner\nforged"


def test_the_details_of_an_event_stand_beside_the_rest(site: Any, lines: Any) -> None:
    event = ChangedEvent(
        kind="service_key",
        credential_id="svc-1",
        owner="owner",
        requester="other",
        details={"kid": "new"},
    )
    notify(event)
    transaction.commit()
    (line,) = lines()
    assert line["kid"] == "new"
    assert "details" not in line
