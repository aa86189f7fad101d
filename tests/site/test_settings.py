"""Who may change which settings of the site."""

from collections.abc import Callable
from datetime import date
from pas.plugins.tokenauth.events import ISettingsChangedEvent
from pas.plugins.tokenauth.site.errors import InvalidInput
from pas.plugins.tokenauth.site.errors import NotAllowed
from pas.plugins.tokenauth.site.interfaces import ITokenSettings
from pas.plugins.tokenauth.site.issuer import FormerTokenEndpoint
from pas.plugins.tokenauth.site.requester import Requester
from pas.plugins.tokenauth.site.settings import change_settings
from pas.plugins.tokenauth.site.settings import propose_issuer
from typing import Any
from zope.i18n import interpolate

import pytest
import transaction


NOW = 1_800_000_000.0
ELSEWHERE = FormerTokenEndpoint("https://elsewhere.example.org/token", date(2030, 1, 1))


@pytest.fixture
def seen(listen: Callable[[Any], list[Any]]) -> list[Any]:
    """Events about settings."""
    return listen(ISettingsChangedEvent)


@pytest.mark.parametrize("who", ["administrator", "manager", "root", "operator"])
def test_administrators_change_limits_and_policies(
    site: Any, people: dict[str, Requester], who: str
) -> None:
    values = {"access_token_lifetime": 600, "max_key_lifetime": 90}
    changed = change_settings(site.context, people[who], values, NOW)
    assert changed == set(values)
    assert site.plugin.access_token_lifetime == 600


def test_a_change_of_settings_is_in_the_history_of_the_database(
    site: Any, people: dict[str, Requester]
) -> None:
    change_settings(site.context, people["manager"], {"leeway": 0}, NOW)
    assert "settings by manager" in transaction.get().description


def test_the_url_of_the_site_is_proposed_where_there_is_no_issuer(site: Any) -> None:
    """AS-06: and only where it can be one."""
    for url in ("http://www.example.org", ""):
        site.plugin.issuer = ""
        propose_issuer(site.plugin, url)
        assert site.plugin.issuer == ""
    for url in ("https://www.example.org", "https://other.example.org"):
        propose_issuer(site.plugin, url)
        assert site.plugin.issuer == "https://www.example.org"


@pytest.mark.parametrize("who", ["owner", "member", "program"])
def test_nobody_else_changes_settings(
    site: Any, people: dict[str, Requester], who: str
) -> None:
    with pytest.raises(NotAllowed):
        change_settings(site.context, people[who], {"leeway": 0}, NOW)
    assert site.plugin.leeway == 60


@pytest.mark.parametrize(
    "values",
    [
        {"issuer": "https://elsewhere.example.org"},
        {"former_token_endpoints": (ELSEWHERE,)},
        {"pages_url": "https://elsewhere.example.org"},
        {"leeway": 0, "issuer": ""},
    ],
)
def test_only_managers_change_where_programs_and_people_are_sent(
    site: Any, people: dict[str, Requester], values: dict[str, Any]
) -> None:
    """Else an administrator could collect grants and passwords of a Manager."""
    before = dict(site.plugin.__dict__)
    with pytest.raises(NotAllowed):
        change_settings(site.context, people["administrator"], values, NOW)
    assert site.plugin.__dict__ == before
    assert change_settings(site.context, people["manager"], values, NOW)


def test_an_administrator_may_send_the_issuer_along_unchanged(
    site: Any, people: dict[str, Requester]
) -> None:
    values = {"issuer": site.plugin.issuer, "leeway": 5}
    changed = change_settings(site.context, people["administrator"], values, NOW)
    assert changed == {"leeway"}
    assert site.plugin.former_token_endpoints == ()


def former(site: Any) -> set[tuple[str, date]]:
    return {(each.url, each.until) for each in site.plugin.former_token_endpoints}


def test_a_former_issuer_is_an_audience_for_ninety_days(
    site: Any, people: dict[str, Requester]
) -> None:
    """And its endpoint, each once, from the last time on that it was the issuer."""
    urls = [f"https://{name}.example.org" for name in "abab"]
    site.plugin.issuer = ""
    for days, url in enumerate(urls):
        now = NOW + days * 86400
        change_settings(site.context, people["manager"], {"issuer": url}, now)
        change_settings(site.context, people["manager"], {"leeway": days}, now)
    until = date(2027, 4, 18)
    assert len(site.plugin.former_token_endpoints) == 2
    assert former(site) == {
        (urls[0], until),
        (f"{urls[0]}/@@oauth2-token", until),
    }


@pytest.mark.parametrize(
    "values",
    [
        {"issuer": "https://a.example"},
        {"issuer": "https://a.example/"},
        {"former_token_endpoints": "given", "issuer": "https://a.example"},
    ],
)
def test_an_issuer_that_comes_back_is_not_a_former_one(
    site: Any, people: dict[str, Requester], values: dict[str, Any]
) -> None:
    site.plugin.issuer = ""
    for issuer in ("https://a.example", "https://b.example/Plone"):
        change_settings(site.context, people["manager"], {"issuer": issuer}, NOW)
    assert {url for url, _ in former(site)} == {
        "https://a.example",
        "https://a.example/@@oauth2-token",
    }
    if "former_token_endpoints" in values:
        given = site.plugin.former_token_endpoints
        values = {**values, "former_token_endpoints": given}
    change_settings(site.context, people["manager"], values, NOW)
    assert {url for url, _ in former(site)} == {
        "https://b.example/Plone",
        "https://b.example/Plone/@@oauth2-token",
    }


@pytest.mark.parametrize("suffix", ["", "/", "/@@oauth2-token"])
def test_the_issuer_in_force_cannot_be_noted_as_a_former_one(
    site: Any, people: dict[str, Requester], suffix: str
) -> None:
    own = FormerTokenEndpoint(f"{site.plugin.issuer}{suffix}", date(2100, 1, 1))
    values = {"former_token_endpoints": (own, ELSEWHERE)}
    change_settings(site.context, people["manager"], values, NOW)
    assert site.plugin.former_token_endpoints == (ELSEWHERE,)


def test_without_an_issuer_the_last_one_is_a_former_one(
    site: Any, people: dict[str, Requester]
) -> None:
    before = site.plugin.issuer
    change_settings(site.context, people["manager"], {"issuer": ""}, NOW)
    assert {url for url, _ in former(site)} == {before, f"{before}/@@oauth2-token"}


def test_a_former_issuer_keeps_an_end_that_is_later(
    site: Any, people: dict[str, Requester]
) -> None:
    kept = FormerTokenEndpoint(site.plugin.issuer, date(2100, 1, 1))
    values = {"issuer": ELSEWHERE.url, "former_token_endpoints": (kept,)}
    change_settings(site.context, people["manager"], values, NOW)
    assert kept in site.plugin.former_token_endpoints


def test_an_issuer_loses_spaces_and_the_slash_at_its_end(
    site: Any, people: dict[str, Requester]
) -> None:
    values = {"issuer": " https://www.example.org/X/ "}
    change_settings(site.context, people["manager"], values, NOW)
    assert site.plugin.issuer == "https://www.example.org/X"


def test_a_refusal_says_what_is_acceptable(
    site: Any, people: dict[str, Requester]
) -> None:
    with pytest.raises(InvalidInput) as refused:
        change_settings(site.context, people["manager"], {"leeway": 301}, NOW)
    message: Any = refused.value.message
    assert interpolate(message, message.mapping) == (
        f"This value cannot be used. {ITokenSettings['leeway'].description}"
    )


def test_saving_what_is_there_changes_nothing(
    site: Any, people: dict[str, Requester], seen: list[Any]
) -> None:
    site.commit()
    changed = change_settings(site.context, people["manager"], {"leeway": 60}, NOW)
    assert changed == frozenset()
    assert not seen
    assert site.app._p_jar._registered_objects == []


def test_the_event_names_what_changed_and_by_whom(
    site: Any, people: dict[str, Requester], seen: list[Any]
) -> None:
    values = {"leeway": 5, "grant_lifetime": 60, "usage_log_retention": 7}
    change_settings(site.context, people["manager"], values, NOW)
    (event,) = seen
    assert event.requester == "manager"
    assert event.names == ("grant_lifetime", "leeway")


@pytest.mark.parametrize(
    "values",
    [
        {"leeway": 301},
        {"max_key_lifetime": 0},
        {"max_keys_per_user": 1001},
        {"allowed_algorithms": ()},
        {"allowed_algorithms": ("RS256", "RS256")},
        {"allowed_algorithms": ("HS256",)},
        {"require_ip_ranges": "yes"},
        {"issuer": "http://www.example.org"},
        {"leeway": 5, "grant_lifetime": "60"},
    ],
)
def test_a_value_that_cannot_be_used_changes_nothing(
    site: Any, people: dict[str, Requester], values: dict[str, Any]
) -> None:
    before = dict(site.plugin.__dict__)
    with pytest.raises(InvalidInput) as refused:
        change_settings(site.context, people["manager"], values, NOW)
    assert refused.value.field in values
    assert site.plugin.__dict__ == before
