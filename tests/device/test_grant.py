"""The device grant, where time and repetition matter."""

from pas.plugins.tokenauth.core.errors import GrantEnded
from pas.plugins.tokenauth.core.errors import InvalidClient
from pas.plugins.tokenauth.core.errors import InvalidGrant
from pas.plugins.tokenauth.core.errors import InvalidRequest
from pas.plugins.tokenauth.core.tokens import digest
from pas.plugins.tokenauth.device.grant import DeviceCodeGrant
from pas.plugins.tokenauth.device.page import DevicePage
from pas.plugins.tokenauth.device.protocol import ExpiredToken
from pas.plugins.tokenauth.signin.page import NoAnswer
from pas.plugins.tokenauth.usage.client import ClientInfo
from tests.device.conftest import Device
from tests.device.conftest import Person
from typing import Any

import pytest
import time


def exchange(
    site: Any,
    apps: Any,
    code: str | None,
    after: float = 0,
    client: Any = "app-1",
    **info: Any,
) -> Any:
    site.sync()
    sender = ClientInfo(
        address="127.0.0.1", user_agent="", client=apps.get(client), **info
    )
    parameters = {} if code is None else {"device_code": code}
    return DeviceCodeGrant(site.context)(parameters, sender, time.time() + after)


def test_a_code_that_nobody_has_entered_expires(
    site: Any, apps: Any, device: Device, person: Person
) -> None:
    """Conformance: DG-07, DG-15."""
    codes = device.codes()
    with pytest.raises(ExpiredToken):
        exchange(site, apps, codes["device_code"], 600)
    with pytest.raises(InvalidGrant):
        exchange(site, apps, codes["device_code"], 600 + 15 * 60)


def test_an_answer_does_not_make_a_code_live_longer(
    site: Any, apps: Any, device: Device, person: Person
) -> None:
    """Conformance: DG-07."""
    codes = device.codes()
    person.allow(codes["user_code"])
    with pytest.raises(ExpiredToken):
        exchange(site, apps, codes["device_code"], 600)


def test_a_question_that_was_asked_in_time_is_answered_in_time(
    site: Any, apps: Any, device: Device, person: Person
) -> None:
    """Conformance: DG-15."""
    codes = device.codes()
    site.sync()
    page = DevicePage(site.portal, None)
    page.now = time.time() + 600
    with pytest.raises(NoAnswer, match="expired"):
        page._waiting(digest(codes["device_code"]))


def test_a_repeated_transaction_is_no_replay(
    site: Any, apps: Any, device: Device, person: Person
) -> None:
    """Conformance: DG-09, CR-12."""
    codes = device.codes()
    person.allow(codes["user_code"])
    token = device.poll(codes["device_code"]).json()["access_token"]
    with pytest.raises(InvalidGrant) as refused:
        exchange(site, apps, codes["device_code"], is_repeated=True)
    assert not isinstance(refused.value, GrantEnded)
    assert site.api("GET", "/@users/alice", token).status_code == 200


def test_a_replay_that_conflicts_is_one_still(
    site: Any, apps: Any, device: Device, person: Person, conflict_once: None
) -> None:
    """Conformance: DG-09, CR-12: whoever has the tokens could make it conflict."""
    codes = device.codes()
    person.allow(codes["user_code"])
    token = device.poll(codes["device_code"]).json()["access_token"]
    assert device.error(codes["device_code"]) == "invalid_grant"
    assert site.api("GET", "/@users/alice", token).status_code == 401


def test_a_client_that_nobody_knows_is_refused(
    site: Any, apps: Any, device: Device
) -> None:
    """Conformance: DG-05."""
    with pytest.raises(InvalidClient):
        exchange(site, apps, device.codes()["device_code"], client="x")


def test_a_request_without_a_code_is_refused(
    site: Any, apps: Any, device: Device
) -> None:
    with pytest.raises(InvalidRequest):
        exchange(site, apps, None)
