"""The examples for developers, as the documentation shows them."""

from collections.abc import Iterator
from importlib.util import module_from_spec
from importlib.util import spec_from_file_location
from pas.plugins.tokenauth.core import clock
from pas.plugins.tokenauth.credentials.scopes import IScope
from pas.plugins.tokenauth.site.administrative import reasons
from pathlib import Path
from tests.plone_fixtures import PASSWORD
from tests.registrations import passing_registrations
from types import ModuleType
from types import SimpleNamespace
from typing import Any
from zope.component import getGlobalSiteManager
from zope.component.hooks import setSite
from zope.configuration import xmlconfig

import Products.Five
import pytest
import sys
import time
import types


EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
WORKDAY = "urn:example:grant-type:workday"
A_SUNDAY = 1795348800


@pytest.fixture
def extending(site: Any) -> Iterator[ModuleType]:
    """The examples as a package, with their ZCML loaded."""
    package = types.ModuleType("extending_examples")
    package.__path__ = [str(EXAMPLES)]
    name = f"{package.__name__}.extending"
    spec = spec_from_file_location(name, EXAMPLES / "extending.py")
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[package.__name__] = package
    sys.modules[name] = module
    spec.loader.exec_module(module)
    with passing_registrations():
        # As when Zope starts: no site is in force.
        setSite(None)
        context = xmlconfig.file("meta.zcml", package=Products.Five)
        xmlconfig.file("extending.zcml", package=package, context=context)
        setSite(site.portal)
        yield module
    del sys.modules[name], sys.modules[package.__name__]


def test_a_grant_type_is_a_registration(
    site: Any, extending: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyfile = site.issue()
    for day, status in ((1, 200), (0, 400)):
        now = A_SUNDAY + day * 24 * 60 * 60
        monkeypatch.setattr(clock, "time", SimpleNamespace(time=lambda now=now: now))
        grant = site.grant(keyfile, iat=now, exp=now + 60)
        answer = site.exchange(grant, grant_type=WORKDAY)
        assert answer.status_code == status, answer.text
    assert answer.json()["error_description"] == "Come back on Monday."


def test_a_subscriber_hears_of_refusals(site: Any, extending: ModuleType) -> None:
    keyfile = site.issue()
    site.exchange(site.grant(keyfile, iat=time.time() - 9000, exp=time.time() - 8000))
    assert extending.refused == [
        (
            keyfile["client_id"],
            "The assertion has expired: exp is in the past.",
            "127.0.0.1",
        )
    ]


def test_a_view_is_closed_to_tokens(site: Any, extending: ModuleType) -> None:
    assert site.get("/@@sms-login").text == "Logged in."
    answer = site.get("/@@sms-login", site.token(site.issue()))
    assert answer.status_code == 403
    assert answer.json()["message"] == "This is closed to access tokens."


def test_a_scope_is_a_registration(site: Any, extending: ModuleType) -> None:
    """RS-10, RS-11: the scope that is needed is named."""
    path = "/@@sales-report"
    answer = site.get(path, site.personal_access_token())
    assert (answer.status_code, answer.json()["error"]) == (403, "insufficient_scope")
    named = answer.headers["WWW-Authenticate"].partition('scope="')[2]
    assert "shop.reports" in named.partition('"')[0].split()
    token = site.personal_access_token(scopes=("shop.reports",))
    assert site.get(path, token).text == "42 sold."
    # It may read, and not write.
    assert site.api("GET", "", token).status_code == 200
    body = {"@type": "Document", "title": "No"}
    assert site.api("POST", "", token, json=body).status_code == 403
    # A person is not asked.
    assert site.get(path, auth=("owner", PASSWORD)).text == "42 sold."


def test_a_permission_is_administrative_by_a_registration(
    site: Any, extending: ModuleType
) -> None:
    site.portal.manage_permission("Shop: Manage prices", ["Manager", "Seller"])
    assert "Seller" in reasons(site.portal)
    assert reasons(site.portal)["Seller"] == {"Shop: Manage prices"}


def test_without_its_add_on_a_scope_grants_nothing(
    site: Any, extending: ModuleType
) -> None:
    token = site.personal_access_token(scopes=("shop.reports",))
    getGlobalSiteManager().unregisterUtility(
        extending.reports, IScope, name="shop.reports"
    )
    answer = site.api("GET", "", token)
    assert (answer.status_code, answer.json()["error"]) == (403, "insufficient_scope")
    named = answer.headers["WWW-Authenticate"].partition('scope="')[2]
    assert "plone.read" in named.partition('"')[0].split()
