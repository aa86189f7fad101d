"""A device without a browser, and the person in front of it."""

from collections.abc import Iterator
from pas.plugins.tokenauth.core.granttypes import DEVICE_CODE
from pas.plugins.tokenauth.device import limits
from pas.plugins.tokenauth.site.memory import OfEachSite
from tests.delegation.conftest import App
from tests.delegation.conftest import Apps
from tests.delegation.conftest import apps as apps
from tests.delegation.conftest import Browser
from tests.delegation.conftest import browser as browser
from tests.delegation.conftest import conflict_once as conflict_once
from tests.delegation.conftest import fields_of
from typing import Any

import pytest
import requests


@pytest.fixture(autouse=True)
def fresh_counts(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What one test counts is nothing to the others."""
    from pas.plugins.tokenauth.device import endpoint
    from pas.plugins.tokenauth.device import grant
    from pas.plugins.tokenauth.device import page

    monkeypatch.setattr(page, "guesses", OfEachSite(limits.Guesses))
    monkeypatch.setattr(endpoint, "requests", OfEachSite(limits.Requests))
    monkeypatch.setattr(grant, "polls", limits.Polls())
    yield


class Device:
    """A program without a browser, which is the public client app-1."""

    def __init__(self, site: Any) -> None:
        self.site = site
        self.url = f"{site.url}/@@oauth2-device-authorization"

    def ask(self, **changes: Any) -> requests.Response:
        data = {"client_id": "app-1", "scope": "plone.read plone.write", **changes}
        sent = {name: value for name, value in data.items() if value is not None}
        headers = {"User-Agent": "television/1"}
        return requests.post(self.url, data=sent, headers=headers, timeout=30)

    def codes(self, **changes: Any) -> dict[str, Any]:
        answer = self.ask(**changes)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def poll(self, device_code: str, **changes: Any) -> requests.Response:
        data = {
            "grant_type": DEVICE_CODE,
            "client_id": "app-1",
            "device_code": device_code,
            **changes,
        }
        sent = {name: value for name, value in data.items() if value is not None}
        return requests.post(self.site.endpoint, data=sent, timeout=30)

    def error(self, device_code: str, **changes: Any) -> str:
        answer = self.poll(device_code, **changes)
        assert answer.status_code == 400, answer.text
        return answer.json()["error"]


class Person:
    """Enters codes, and answers."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.url = f"{browser.site.url}/@@device"

    def enter(self, user_code: str, **changes: Any) -> requests.Response:
        form = self.browser.get(self.url)
        assert form.status_code == 200, form.text
        data = {**fields_of(form.text), "user_code": user_code, **changes}
        return self.browser.post(self.url, data)

    def answer(
        self, page: requests.Response, answer: str = "allow", **changes: Any
    ) -> requests.Response:
        assert page.status_code == 200, page.text
        assert 'name="pending"' in page.text, page.text
        data = {
            **fields_of(page.text),
            "scope": ["plone.read", "plone.write"],
            "answer": answer,
            **changes,
        }
        return self.browser.post(self.url, data)

    def allow(self, user_code: str, **changes: Any) -> requests.Response:
        answer = self.answer(self.enter(user_code), **changes)
        assert "can go on" in answer.text, answer.text
        return answer


@pytest.fixture
def device(site: Any, apps: Apps, sealing_key: str) -> Device:
    site.plugin.device_grant_enabled = True
    site.commit()
    for client_id in list(apps):
        apps.change(client_id, grant_types=frozenset({DEVICE_CODE}))
    apps["app-3"] = App(
        client_id="app-3", is_public=False, grant_types=frozenset({DEVICE_CODE})
    )
    return Device(site)


@pytest.fixture
def person(device: Device, browser: Browser) -> Person:
    return Person(browser)
