"""Importing what ftw.tokenauth has exported."""

from collections.abc import Callable
from datetime import datetime
from datetime import timezone
from pas.plugins.tokenauth.core.keys import generate_key_pair
from pas.plugins.tokenauth.events import IIssuedEvent
from pas.plugins.tokenauth.events import ISettingsChangedEvent
from pas.plugins.tokenauth.events import IssuedEvent
from pas.plugins.tokenauth.events import SettingsChangedEvent
from pas.plugins.tokenauth.servicekeys.ftw_import import import_service_keys
from pas.plugins.tokenauth.servicekeys.ftw_import import ImportReport
from pas.plugins.tokenauth.site.errors import NotAllowed
from pas.plugins.tokenauth.site.requester import Requester
from typing import Any
from zope.i18n import interpolate

import pytest
import transaction


NOW = 1_800_000_000.0
DAY = 24 * 60 * 60
PAIR = generate_key_pair("RS256", NOW)
OLD_ENDPOINT = "https://old.example.org/Plone/@@oauth2-token"
RECORD = {
    "key_id": "b1946ac92492d2347c6235b4d2611184aabbccdd",
    "client_id": "c7a5d2e51f7c4a1e9d0cb2d0e6f3a981",
    "user_id": "manager",
    "title": "Nightly export",
    "issued": "2018-07-09T18:10:03+02:00",
    "ip_range": "10.0.0.0/8,192.0.2.7",
    "public_key": PAIR.public_key.pem,
    "token_uri": OLD_ENDPOINT,
}


def run(
    site: Any, people: dict[str, Requester], *records: Any, requester: str = "operator"
) -> ImportReport:
    return import_service_keys(site.context, people[requester], records, NOW)


def imported(site: Any) -> Any:
    return site.context.storage["service_key"].get(RECORD["client_id"])


def test_a_key_keeps_what_it_had(site: Any, people: dict[str, Requester]) -> None:
    report = run(site, people, {**RECORD, "user_id": "owner"})
    assert report.imported == [RECORD["client_id"]]
    key = imported(site)
    assert key.owner == "owner"
    assert key.title == "Nightly export"
    assert key.ip_ranges == "10.0.0.0/8, 192.0.2.7"
    issued = datetime(2018, 7, 9, 16, 10, 3, tzinfo=timezone.utc)
    assert key.issued_at == issued.timestamp()
    assert key.expires_at is None
    (public_key,) = key.public_keys
    assert (public_key.kid, public_key.algorithm) == (PAIR.public_key.kid, "RS256")


@pytest.mark.parametrize("owner", ["manager", "administrator"])
def test_a_key_of_who_administers_may_administer_for_a_year(
    site: Any, people: dict[str, Requester], owner: str
) -> None:
    report = run(site, people, {**RECORD, "user_id": owner})
    key = imported(site)
    assert (key.scopes, key.expires_at) == (("plone.admin",), NOW + 365 * DAY)
    assert report.administrative == [RECORD["client_id"]]


def test_a_key_of_who_does_not_administer_works_on_content(
    site: Any, people: dict[str, Requester]
) -> None:
    report = run(site, people, {**RECORD, "user_id": "owner"})
    assert imported(site).scopes == ("plone.write",)
    assert report.administrative == []


def test_a_key_does_not_administer_where_the_site_does_without_that(
    site: Any, people: dict[str, Requester]
) -> None:
    site.plugin.allow_admin_scopes = False
    report = run(site, people, RECORD)
    key = imported(site)
    assert (key.scopes, key.expires_at) == (("plone.write",), None)
    assert report.administrative == []


@pytest.mark.parametrize(
    ("owner", "expected"), [("manager", True), ("administrator", False)]
)
def test_a_key_may_impersonate_if_its_owner_may(
    site: Any, people: dict[str, Requester], owner: str, expected: bool
) -> None:
    run(site, people, {**RECORD, "user_id": owner})
    assert imported(site).may_impersonate is expected


def test_a_key_without_a_title_is_called_like_its_id(
    site: Any, people: dict[str, Requester]
) -> None:
    run(site, people, {**RECORD, "title": " "})
    assert imported(site).title == RECORD["client_id"]


def test_the_transaction_tells_what_was_imported(
    site: Any, people: dict[str, Requester]
) -> None:
    told = f"tokenauth: import {RECORD['client_id']} by {people['operator'].name}"
    for expected in (told, ""):
        transaction.commit()
        run(site, people, {**RECORD, "token_uri": None})
        assert transaction.get().description == expected


def test_an_import_is_announced_once(
    site: Any, people: dict[str, Requester], listen: Callable[[Any], list[Any]]
) -> None:
    heard = listen(IIssuedEvent)
    for _ in range(2):
        run(site, people, {**RECORD, "token_uri": None})
    requester = people["operator"].name
    assert heard == [
        IssuedEvent(
            kind="service_key",
            credential_id=RECORD["client_id"],
            owner="manager",
            requester=requester,
            details={"imported": True},
        )
    ]


def test_importing_again_changes_nothing(
    site: Any, people: dict[str, Requester]
) -> None:
    run(site, people, RECORD)
    before = dict(imported(site).__dict__)
    report = run(site, people, {**RECORD, "title": "Changed there"})
    assert report.unchanged == [RECORD["client_id"]] and not report.imported
    assert imported(site).__dict__ == before


def test_a_revoked_key_is_not_brought_back(
    site: Any, people: dict[str, Requester]
) -> None:
    run(site, people, RECORD)
    site.context.storage["service_key"].mark_revoked(RECORD["client_id"], "x", NOW)
    run(site, people, RECORD)
    assert not imported(site).is_live(NOW)


class TestFormerEndpoints:
    def test_the_url_in_the_old_keyfile_stays_accepted(
        self, site: Any, people: dict[str, Requester]
    ) -> None:
        run(site, people, RECORD, {**RECORD, "client_id": "another"})
        assert [found.url for found in site.plugin.former_token_endpoints] == [
            OLD_ENDPOINT
        ]
        for days, welcome in ((0, True), (364, True), (366, False)):
            audiences = site.context.audiences(NOW + days * DAY)
            assert (OLD_ENDPOINT in audiences) is welcome

    def test_a_setting_that_changes_is_announced(
        self,
        site: Any,
        people: dict[str, Requester],
        listen: Callable[[Any], list[Any]],
    ) -> None:
        heard = listen(ISettingsChangedEvent)
        requester = people["operator"].name
        for _ in range(2):
            run(site, people, RECORD)
            assert heard == [
                SettingsChangedEvent(
                    requester=requester, names=("former_token_endpoints",)
                )
            ]

    @pytest.mark.parametrize("url", ["", None, "http://old.example.org", "nonsense"])
    def test_a_url_that_is_no_endpoint_is_left_out(
        self, site: Any, people: dict[str, Requester], url: str | None
    ) -> None:
        assert run(site, people, {**RECORD, "token_uri": url}).imported
        assert site.plugin.former_token_endpoints == ()

    def test_the_own_endpoint_is_no_former_one(
        self, site: Any, people: dict[str, Requester]
    ) -> None:
        run(site, people, {**RECORD, "token_uri": site.endpoint})
        assert site.plugin.former_token_endpoints == ()

    def test_an_old_client_obtains_a_token(
        self, site: Any, people: dict[str, Requester]
    ) -> None:
        """The keyfile stays as it is: its own URL, no key id in the grant."""
        run(site, people, {**RECORD, "ip_range": None})
        site.commit()
        keyfile = {
            "client_id": RECORD["client_id"],
            "token_uri": OLD_ENDPOINT,
            "private_key": PAIR.private_pem,
            "algorithm": "RS256",
        }
        answer = site.exchange(site.grant(keyfile, headers={}))
        assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    "values",
    [
        {"user_id": "nobody"},
        {"user_id": "admin"},
        {"user_id": 7},
        {"client_id": ""},
        {"client_id": "a\nb"},
        {"client_id": "a" * 101},
        {"client_id": 7},
        {"issued": "yesterday"},
        {"issued": None},
        {"issued": "0001-01-01T00:00:00+14:00"},
        {"token_uri": 7},
        {"client_id": " bad "},
        {"ip_range": "10.0.0.1/8"},
        {"public_key": "nonsense"},
        {"public_key": PAIR.private_pem},
        {"public_key": generate_key_pair("ES256", NOW).public_key.pem},
    ],
)
def test_a_bad_record_is_reported_and_the_others_are_imported(
    site: Any, people: dict[str, Requester], values: dict[str, Any]
) -> None:
    bad = {**RECORD, "client_id": "bad", **values}
    report = run(site, people, bad, RECORD)
    assert report.imported == [RECORD["client_id"]]
    assert len(report.refused) == 1
    assert "PRIVATE" not in repr(report)
    assert site.context.storage["service_key"].get("bad") is None


@pytest.mark.parametrize(
    ("client_id", "shown"),
    [("bad", "bad"), (" a\nb", "ab"), ("a" * 101, "a" * 100), (7, ""), (None, "")],
)
def test_a_bad_record_is_named_as_far_as_it_goes(
    site: Any, people: dict[str, Requester], client_id: Any, shown: str
) -> None:
    report = run(site, people, {**RECORD, "client_id": client_id, "ip_range": "x"})
    assert [refused.client_id for refused in report.refused] == [shown]


def test_a_member_of_the_wrong_type_is_named(
    site: Any, people: dict[str, Requester]
) -> None:
    (refused,) = run(site, people, {**RECORD, "token_uri": 7}).refused
    message: Any = refused.message
    assert interpolate(message, message.mapping) == "token_uri must be a string."


def test_a_client_id_of_a_personal_access_token_is_refused(
    site: Any, people: dict[str, Requester], issue_token: Callable[..., Any]
) -> None:
    token_id = issue_token("manager").credential.credential_id
    assert run(site, people, {**RECORD, "client_id": token_id}).refused


def test_a_client_id_of_another_key_is_refused(
    site: Any, people: dict[str, Requester]
) -> None:
    run(site, people, RECORD)
    other = generate_key_pair("RS256", NOW).public_key.pem
    for values in ({"public_key": other}, {"user_id": "administrator"}):
        assert run(site, people, {**RECORD, **values}).refused


def test_a_key_may_be_as_old_as_time(site: Any, people: dict[str, Requester]) -> None:
    assert run(site, people, {**RECORD, "issued": "1970-01-01T00:00:00"}).imported
    assert imported(site).issued_at == 0


def test_a_key_from_the_future_counts_from_now(
    site: Any, people: dict[str, Requester]
) -> None:
    run(site, people, {**RECORD, "issued": "2100-01-01T00:00:00"})
    assert imported(site).issued_at == NOW


@pytest.mark.parametrize("who", ["owner", "administrator", "program"])
def test_only_who_may_issue_for_others_imports(
    site: Any, people: dict[str, Requester], who: str
) -> None:
    with pytest.raises(NotAllowed):
        run(site, people, RECORD, requester=who)
