"""Telling the log and the subscribers that somebody was refused."""

from collections.abc import Callable
from pas.plugins.tokenauth.events import IRefusedEvent
from pas.plugins.tokenauth.events import RefusedEvent
from pas.plugins.tokenauth.tokens.refusals import report_refusal
from typing import Any

import pytest


@pytest.mark.parametrize(
    ("credential_id", "address", "told"),
    [
        ("svc-1", "192.0.2.1", "key svc-1, client address 192.0.2.1"),
        ("", "", "key unknown, client address unknown"),
        ("", "1" * 65 + "\n", f"key unknown, client address {'1' * 64}"),
    ],
)
def test_the_log_and_subscribers_learn_who_was_refused_and_why(
    site: Any,
    listen: Callable[[Any], list[Any]],
    caplog: pytest.LogCaptureFixture,
    credential_id: str,
    address: str,
    told: str,
) -> None:
    heard = listen(IRefusedEvent)
    report_refusal("grant", "expired", credential_id, address)
    assert caplog.messages == [f"Refused a grant: expired ({told})"]
    assert heard == [
        RefusedEvent(
            what="grant",
            credential_id=credential_id,
            reason="expired",
            address=address.strip()[:64],
        )
    ]


def test_nothing_that_was_sent_forges_the_log(
    site: Any, listen: Callable[[Any], list[Any]], caplog: pytest.LogCaptureFixture
) -> None:
    """Threat: a line of its own, another order, or a line without end."""
    heard = listen(IRefusedEvent)
    sent = "a\r\nb\u2028c\x1b\u202e" + "x" * 100_000
    report_refusal("grant", sent, sent, sent)
    (line,) = caplog.messages
    assert line.startswith("Refused a grant: abcxx")
    assert line.isprintable()
    assert len(line) < 3000
    (event,) = heard
    assert event.reason == event.credential_id
    assert event.reason.startswith("abcxx")
    assert len(event.reason) < 2000
