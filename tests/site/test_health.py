"""``@@tokenauth-health``: whether a process can do its work."""

from collections.abc import Iterator
from pas.plugins.tokenauth.site.health import check_clock
from pas.plugins.tokenauth.site.interfaces import IHealthCheck
from persistent.timestamp import TimeStamp
from typing import Any
from zope.component import getGlobalSiteManager
from zope.interface import provider

import pytest


WELL: dict[str, Any] = {
    "status": "ok",
    "checks": {
        "clock": "ok",
        "database": "ok",
        "sealing_key": "none: nobody can be signed in to applications",
        "sync": "ok",
    },
}


def test_a_process_that_can_work_is_well(site: Any) -> None:
    answer = site.get("/@@tokenauth-health")
    assert (answer.status_code, answer.json()) == (200, WELL)
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_load_balancer_may_ask_by_head(site: Any) -> None:
    answer = site.request("HEAD", "/@@tokenauth-health")
    assert (answer.status_code, answer.content) == (200, b"")


def test_anybody_may_ask_where_the_site_is_private(site: Any) -> None:
    site.portal.manage_permission("View", ["Manager"])
    site.commit()
    assert site.get("/@@tokenauth-health").json() == WELL


def test_nothing_is_stored(site: Any) -> None:
    site.get("/@@tokenauth-health")
    before = site.app._p_jar.db().lastTransaction()
    site.get("/@@tokenauth-health")
    assert site.app._p_jar.db().lastTransaction() == before


def storage_of(site: Any) -> Any:
    return site.app._p_jar.db().storage


def fail(*_: Any, **__: Any) -> None:
    raise OSError("secret.example:8100 is gone")


def test_a_database_that_cannot_be_read_is_seen(
    site: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(storage_of(site), "load", fail, raising=False)
    answer = site.get("/@@tokenauth-health")
    assert answer.status_code == 503
    assert answer.json()["status"] == "failing"
    assert answer.json()["checks"]["database"] == "cannot be checked"
    assert "The check of database has failed: builtins.OSError" in caplog.text
    assert "secret" not in answer.text + caplog.text


def test_a_database_that_takes_nothing_in_is_seen(
    site: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage_of(site), "isReadOnly", lambda: True, raising=False)
    answer = site.get("/@@tokenauth-health")
    assert answer.status_code == 503
    assert answer.json()["checks"]["database"].startswith("is read-only")


def test_a_server_that_does_not_answer_is_seen(
    site: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That of ZEO, by which one process hears of the others."""
    monkeypatch.setattr(storage_of(site), "ping", fail, raising=False)
    answer = site.get("/@@tokenauth-health")
    assert answer.status_code == 503
    assert answer.json()["checks"] == {**WELL["checks"], "sync": "cannot be checked"}


@pytest.mark.parametrize(
    ("behind", "problem"),
    [
        (-3600, ""),
        (0, ""),
        (59, ""),
        (61, "is 61 seconds behind that of the database"),
        (7200, "is 7200 seconds behind that of the database"),
    ],
)
def test_a_clock_that_is_behind_by_more_than_the_leeway_is_seen(
    site: Any, behind: float, problem: str
) -> None:
    newest = TimeStamp(site.app._p_jar.db().lastTransaction()).timeTime()
    assert check_clock(site.context, newest - behind) == problem


@pytest.fixture
def check() -> Iterator[list[str]]:
    """A check of an add-on, which fails when a test says so."""
    problems: list[str] = [""]

    @provider(IHealthCheck)
    def check(site: Any, now: float) -> str:
        return problems[0]

    registry = getGlobalSiteManager()
    registry.registerUtility(check, IHealthCheck, "key")
    yield problems
    registry.unregisterUtility(check, IHealthCheck, "key")


def test_others_register_checks_of_their_own(site: Any, check: Any) -> None:
    assert site.get("/@@tokenauth-health").json()["checks"]["key"] == "ok"
    check[0] = "is missing"
    answer = site.get("/@@tokenauth-health")
    assert (answer.status_code, answer.json()["checks"]["key"]) == (503, "is missing")
