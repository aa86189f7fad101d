"""Requests of devices, and what people have answered."""

from pas.plugins.tokenauth.storage.devicerequests import DeviceAnswer
from pas.plugins.tokenauth.storage.devicerequests import DeviceRequest
from pas.plugins.tokenauth.storage.devicerequests import DeviceRequests
from pas.plugins.tokenauth.storage.records import REMEMBERED
from tests.storage.conftest import Database
from tests.storage.conftest import digest_of
from tests.storage.conftest import NOW
from tests.storage.test_authorizations import authorization
from ZODB.POSException import ConflictError

import pytest


CODE, USER_CODE, TOKEN = digest_of(1), digest_of(2), digest_of(3)
END = NOW + 600
REQUEST = DeviceRequest(
    client_id="app-1",
    scope="plone.read",
    resource="",
    address="192.0.2.7",
    user_agent="television/1",
    requested_at=NOW,
    expires_at=END,
)
REFUSAL = DeviceAnswer(authorization=None, data={})


@pytest.fixture
def requests() -> DeviceRequests:
    found = DeviceRequests()
    found.ask(CODE, USER_CODE, REQUEST)
    return found


def test_a_request_is_found_by_both_codes(requests: DeviceRequests) -> None:
    assert requests.get(CODE, NOW) == REQUEST
    assert requests.waiting(USER_CODE, NOW) == CODE
    assert requests.get(TOKEN, NOW) is None
    assert requests.waiting(TOKEN, NOW) is None


def test_a_user_code_ends_before_the_request_is_forgotten(
    requests: DeviceRequests,
) -> None:
    """DG-07, DG-15: the device learns that it has expired, the person does not."""
    assert requests.waiting(USER_CODE, END - 1) == CODE
    assert requests.waiting(USER_CODE, END) is None
    assert requests.get(CODE, END + REMEMBERED - 1) == REQUEST
    assert requests.get(CODE, END + REMEMBERED) is None


def test_two_that_wait_never_have_the_same_user_code(requests: DeviceRequests) -> None:
    with pytest.raises(KeyError):
        requests.ask(TOKEN, USER_CODE, REQUEST)
    assert requests.get(TOKEN, NOW) is None


def test_an_answer_is_kept_with_what_was_authorized(requests: DeviceRequests) -> None:
    given = authorization()
    answer = DeviceAnswer(
        authorization=given, scope="plone.read", data={"openid": {"sid": "1"}}
    )
    assert requests.answer_of(CODE, NOW) is None
    requests.answer(CODE, REQUEST, answer, NOW)
    assert requests.answer_of(CODE, NOW) == answer


def test_a_request_is_answered_once(requests: DeviceRequests) -> None:
    """DG-15: what was answered waits no more."""
    requests.answer(CODE, REQUEST, REFUSAL, NOW)
    assert requests.answer_of(CODE, NOW) == REFUSAL
    assert requests.waiting(USER_CODE, NOW) is None
    with pytest.raises(KeyError):
        requests.answer(CODE, REQUEST, REFUSAL, NOW)


def test_a_code_is_used_once(requests: DeviceRequests) -> None:
    """DG-09."""
    assert requests.made_of(CODE, NOW) is None
    requests.use(CODE, TOKEN, REQUEST, NOW)
    assert requests.made_of(CODE, NOW) == TOKEN
    with pytest.raises(KeyError):
        requests.use(CODE, TOKEN, REQUEST, NOW)


def test_expired_requests_are_dropped(requests: DeviceRequests) -> None:
    requests.answer(CODE, REQUEST, REFUSAL, NOW)
    requests.use(CODE, TOKEN, REQUEST, NOW)
    requests.drop_expired(NOW + 3 * 3600)
    assert not any(
        list(groups)
        for each in (
            requests._records,
            requests._by_user_code,
            requests._answers,
            requests._used,
        )
        for groups in each._shards
    )


@pytest.mark.parametrize("what", ["answer", "use"])
def test_two_processes_cannot_both_finish_a_request(
    database: Database, what: str
) -> None:
    """DG-09: of two at once one conflicts."""
    database.run(lambda root: root["device_requests"].ask(CODE, USER_CODE, REQUEST))
    first, second = database.session(), database.session()
    for session in (first, second):
        store = session.root["device_requests"]
        if what == "answer":
            store.answer(CODE, REQUEST, REFUSAL, NOW)
        else:
            store.use(CODE, TOKEN, REQUEST, NOW)
    first.commit()
    with pytest.raises(ConflictError):
        second.commit()
