"""Where applications are signed in: seen and ended, by the person and by others."""

from collections.abc import Callable
from pas.plugins.tokenauth.delegation.kind import AUTHORIZATION
from pas.plugins.tokenauth.delegation.service import authorizations_of
from pas.plugins.tokenauth.delegation.service import device_of
from pas.plugins.tokenauth.delegation.service import end_device
from pas.plugins.tokenauth.delegation.service import revoke_authorizations_of
from pas.plugins.tokenauth.site.errors import InvalidInput
from pas.plugins.tokenauth.site.errors import NotAllowed
from tests.delegation.conftest import Browser
from tests.delegation.conftest import fields_of
from tests.delegation.conftest import Redeem
from tests.delegation.flow import Flow
from tests.delegation.flow import NOW
from tests.delegation.test_refreshing import families
from tests.delegation.test_refreshing import refresh_token
from tests.delegation.test_refreshing import sign_in
from tests.delegation.test_refreshing import staying
from typing import Any

import json
import pytest
import requests
import time


pytest_plugins = ["tests.applications.registering", "tests.cli.commandline"]

PASSWORD = "correct-horse-battery-1"
MINE = "/@@manage-authorizations"
PANEL = "/@@tokenauth-controlpanel"


@pytest.fixture
def flow(flow: Flow) -> Flow:
    return staying(flow)


@pytest.fixture
def devices(flow: Flow, browser: Browser, redeem: Redeem) -> list[dict[str, Any]]:
    """The answers of two sign-ins of alice."""
    answers = [redeem(browser.code()).json() for _ in range(2)]
    flow.site.sync()
    return answers


@pytest.fixture
def manager(site: Any, devices: Any) -> Browser:
    site.add_user("manager", "Manager")
    browser = Browser(site)
    browser.log_in("manager")
    return browser


def ids(flow: Flow) -> list[str]:
    flow.site.sync()
    return [each.family_id for each in families(flow) if not each.has_ended]


def works(flow: Flow, answer: dict[str, Any]) -> bool:
    return flow.works(answer["access_token"], time.time())


def test_nobody_is_warned_that_the_list_has_no_form(
    flow: Flow, browser: Browser, devices: Any
) -> None:
    """They come to be by consent; the empty list says what they are."""
    flow.site.add_user("newcomer", "Member")
    newcomer = Browser(flow.site)
    newcomer.log_in("newcomer")
    for who, introduced in ((browser, False), (newcomer, True)):
        page = who.get(flow.site.url + MINE).text
        assert "alert-warning" not in page
        assert ("You have allowed these applications" in page) is introduced


# -- the service ---------------------------------------------------------------


def test_one_device_ends_at_once_and_the_others_go_on(flow: Flow) -> None:
    """Conformance: CO-11."""
    first, second = sign_in(flow), sign_in(flow)
    requester = flow.site.requester("alice")
    family = families(flow)[0]
    end_device(flow.site.context, requester, flow.authorization, family.family_id, NOW)
    assert family.ended_by == "alice"
    assert not flow.works(first.access_token)
    assert flow.works(second.access_token)
    assert flow.refresh(refresh_token(second))


def test_a_device_that_has_ended_is_none(flow: Flow) -> None:
    sign_in(flow)
    family = families(flow)[0]
    site, authorization = flow.site.context, flow.authorization
    assert device_of(site, authorization, family.family_id, NOW) is family
    family.end("alice", NOW)
    for device_id in (family.family_id, "fam-x", ""):
        with pytest.raises(InvalidInput, match="signed out"):
            device_of(site, authorization, device_id, NOW)


def test_all_of_an_application_ends_for_everybody(flow: Flow) -> None:
    """Conformance: CO-18: what people have let others do stays."""
    first = sign_in(flow)
    other = flow.redeem(flow.code(request=flow.request("app-2")), "app-2")
    flow.site.add_user("manager", "Manager")
    manager, site = flow.site.requester("manager"), flow.site.context
    assert len(authorizations_of(site, manager, "app-1", NOW)) == 1
    assert authorizations_of(site, manager, "app", NOW) == []
    assert revoke_authorizations_of(site, manager, "app-1", NOW) == 1
    assert revoke_authorizations_of(site, manager, "app-1", NOW) == 0
    assert not flow.works(first.access_token)
    assert flow.works(other.access_token)


def test_only_administrators_see_those_of_everybody(flow: Flow) -> None:
    """Conformance: CO-18."""
    sign_in(flow)
    with pytest.raises(NotAllowed):
        authorizations_of(flow.site.context, flow.site.requester("alice"), "app-1", NOW)


# -- the person's pages --------------------------------------------------------


def test_people_see_what_acts_for_them_and_where(
    flow: Flow, browser: Browser, devices: Any
) -> None:
    """Conformance: CO-11."""
    page = browser.get(flow.site.url + MINE)
    assert page.status_code == 200
    assert "Wonder &lt;App&gt;" in page.text
    url = f"{flow.site.url}{MINE}-edit?id={flow.authorization.credential_id}"
    page = browser.get(url)
    assert "Devices on which it is signed in" in page.text
    assert page.text.count("python-requests") >= 2
    for device_id in ids(flow):
        assert device_id in page.text
    for answer in devices:
        assert answer["access_token"] not in page.text
        assert answer["refresh_token"] not in page.text


def test_people_sign_an_application_out_on_one_device(
    flow: Flow, browser: Browser, devices: Any
) -> None:
    """Conformance: CO-11, CO-03: by a form of the site only."""
    device, other = ids(flow)
    aut = flow.authorization.credential_id
    url = f"{flow.site.url}{MINE}-end-device"
    page = browser.get(f"{url}?id={aut}&device={device}")
    assert "signed out at once on the device" in page.text
    fields = fields_of(page.text)
    assert fields["device"] == device
    browser.post(url, {"id": aut, "device": device})
    assert ids(flow) == [device, other]
    answer = browser.post(url, fields)
    assert answer.status_code == 302
    assert ids(flow) == [other]
    assert [works(flow, each) for each in devices] == [False, True]


def test_a_form_for_a_device_that_is_gone_says_so(
    flow: Flow, browser: Browser, devices: Any
) -> None:
    aut = flow.authorization.credential_id
    url = f"{flow.site.url}{MINE}-end-device?id={aut}&device=fam-x"
    page = browser.get(url)
    assert page.status_code == 200
    assert "There is no such device" in page.text


def test_people_end_what_an_application_may_do_at_all(
    flow: Flow, browser: Browser, devices: Any
) -> None:
    """Conformance: CO-11."""
    url = f"{flow.site.url}{MINE}-revoke"
    page = browser.get(f"{url}?ids:list={flow.authorization.credential_id}")
    browser.post(url, {**fields_of(page.text), "confirmed": "1"})
    flow.site.sync()
    assert not any(works(flow, each) for each in devices)


def test_nobody_sees_the_devices_of_another_person(flow: Flow, devices: Any) -> None:
    flow.site.add_user("bob")
    bob = Browser(flow.site)
    bob.log_in("bob")
    aut, (device, _) = flow.authorization.credential_id, ids(flow)
    for page in ("edit", "end-device"):
        url = f"{flow.site.url}{MINE}-{page}?id={aut}&device={device}"
        assert device not in bob.get(url).text
    assert len(ids(flow)) == 2


# -- administrators ------------------------------------------------------------


def test_administrators_list_by_application_and_by_person(
    flow: Flow, manager: Browser, devices: Any
) -> None:
    """Conformance: CO-18: as a page and as a file."""
    for query in ("search=app-1", "owner=alice"):
        url = f"{flow.site.url}{PANEL}%s?kind=authorization&{query}"
        assert flow.authorization.credential_id in manager.get(url % "").text
        lines = manager.get(url % "-csv").text.splitlines()
        assert len(lines) == 2
        assert flow.authorization.credential_id in lines[1]
    for query in ("search=app-2", "owner=bob"):
        url = f"{flow.site.url}{PANEL}-csv?kind=authorization&{query}"
        assert len(manager.get(url).text.splitlines()) == 1


def test_administrators_sign_out_one_device(
    flow: Flow, manager: Browser, devices: Any
) -> None:
    """Conformance: CO-18."""
    device, other = ids(flow)
    url = f"{flow.site.url}{PANEL}-end-device"
    aut = flow.authorization.credential_id
    page = manager.get(f"{url}?id={aut}&device={device}")
    manager.post(url, fields_of(page.text))
    assert ids(flow) == [other]


def test_a_page_for_devices_is_for_nothing_else(
    flow: Flow, manager: Browser, site: Any, devices: Any
) -> None:
    keyfile = site.issue()
    url = f"{site.url}{PANEL}-end-device?id={keyfile['client_id']}&device=x"
    assert manager.get(url).status_code == 403
    url = f"{site.url}{PANEL}-revoke-authorizations?id={keyfile['client_id']}"
    assert manager.get(url).status_code == 403


def test_administrators_end_all_of_an_application(
    flow: Flow, manager: Browser, register: Callable[..., Any], redeem: Redeem
) -> None:
    """Conformance: CO-18: from the page about it."""
    application = register(redirect_uris=("https://app.example.org/cb",))
    client_id = application.credential.client_id
    flow.apps.pop("app-1")
    browser = Browser(flow.site)
    browser.log_in("alice")
    code = browser.code(client_id=client_id)
    token = redeem(code, client_id=client_id, client_secret=application.secret).json()[
        "access_token"
    ]
    url = f"{flow.site.url}{PANEL}-%s?id={client_id}"
    page = manager.get(url % "edit").text
    assert "People who let it act for them" in page
    assert f"search={client_id}" in page
    page = manager.get(url % "revoke-authorizations").text
    assert "Authorizations that end: 1." in page
    place = f"{flow.site.url}{PANEL}-revoke-authorizations"
    answer = manager.post(place, fields_of(page))
    assert answer.status_code == 302
    flow.site.sync()
    assert not flow.works(token, time.time())
    assert "Revoke all" not in manager.get(url % "edit").text


# -- programs ------------------------------------------------------------------


def api(flow: Flow, method: str, path: str, **members: Any) -> requests.Response:
    return requests.request(
        method,
        f"{flow.site.url}/{path}",
        json=members or None,
        auth=("alice", PASSWORD),
        headers={"Accept": "application/json"},
        timeout=30,
    )


def test_devices_are_listed_and_ended_over_rest(flow: Flow, devices: Any) -> None:
    """Conformance: CO-11."""
    listed = api(flow, "GET", "@authorizations").json()
    (item,) = listed["items"]
    assert item["client_id"] == "app-1"
    path = f"@authorizations/{item['authorization_id']}"
    items = api(flow, "GET", f"{path}/devices").json()["items"]
    assert [each["device"] for each in items] == ids(flow)
    assert set(items[0]) == {
        "device",
        "signed_in",
        "last_used",
        "expires",
        "address",
        "user_agent",
        "scope",
    }
    answer = api(flow, "POST", f"{path}/end-device", device=items[0]["device"])
    assert [each["device"] for each in answer.json()["items"]] == ids(flow)
    assert ids(flow) == [items[1]["device"]]
    for device in ("fam-x", 7):
        refused = api(flow, "POST", f"{path}/end-device", device=device)
        assert refused.status_code == 400
    assert api(flow, "POST", f"{path}/end-device", other="x").status_code == 400
    assert api(flow, "DELETE", path).status_code == 204
    flow.site.sync()
    assert not works(flow, devices[1])


def test_all_of_an_application_end_over_rest(
    flow: Flow, manager: Browser, register: Callable[..., Any]
) -> None:
    """Conformance: CO-18: for administrators only."""
    client_id = register().credential.client_id
    url = f"{flow.site.url}/@applications/{client_id}/revoke-authorizations"
    headers = {"Accept": "application/json"}

    def ask(user_id: str, members: Any) -> requests.Response:
        return requests.post(
            url, json=members, auth=(user_id, PASSWORD), headers=headers, timeout=30
        )

    assert ask("manager", {}).json() == {"revoked": 0}
    assert ask("manager", {"x": 1}).status_code == 400
    assert ask("alice", {}).status_code == 401


def test_devices_are_listed_and_ended_by_command(
    flow: Flow, devices: Any, tokenauth: Any
) -> None:
    """Conformance: CO-11, CO-18."""
    aut = flow.authorization.credential_id
    assert aut in tokenauth("list", "--search", "app-1").out
    listed = json.loads(tokenauth("--json", "devices", aut).out)
    assert [each["device"] for each in listed] == ids(flow)
    assert "python-requests" in tokenauth("devices", aut).out
    device, other = ids(flow)
    done = tokenauth("end-device", aut, device)
    assert f"Signed out: {device}." in done.out
    assert ids(flow) == [other]
    tokenauth("end-device", aut, other)
    assert "signed in nowhere" in tokenauth("devices", aut).out
    done = tokenauth("revoke-authorizations", "app-1")
    assert "Authorizations revoked: 1." in done.out
    flow.site.sync()
    assert flow.authorization.revoked_at is not None


def test_the_kind_has_a_place_of_its_own() -> None:
    assert AUTHORIZATION.page == "manage-authorizations"
    assert AUTHORIZATION.endpoint == "@authorizations"
