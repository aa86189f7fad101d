"""Owners learn that a credential is used from where it was not used before."""

from pas.plugins.tokenauth.events import NewAddressEvent
from pas.plugins.tokenauth.storage.usagelog import UsageEntry
from pas.plugins.tokenauth.tokens.issue import issue_access_token
from pas.plugins.tokenauth.usage.addresses import new_address
from pas.plugins.tokenauth.usage.client import ClientInfo
from pas.plugins.tokenauth.usage.recorder import UseRecorder
from types import SimpleNamespace
from typing import Any
from zope.component import getGlobalSiteManager
from zope.component.hooks import getSite

import logging
import pytest
import time


pytest_plugins = ["tests.mailserver"]

NOW = 1_800_000_000.0
DAY = 24 * 60 * 60
HOME, NEXT_DOOR, AWAY, FAR = "192.0.2.7", "192.0.2.99", "198.51.100.1", "2001:db8::1"


class Credential(SimpleNamespace):
    credential_id = "svc-1"
    owner = "owner"
    told_of_address_at = 0.0


@pytest.fixture
def use() -> Any:
    """Uses a credential from an address, and tells whether its owner is told."""
    credential = Credential(networks={})
    settings = SimpleNamespace(tell_of_new_addresses=True, usage_log_retention=7)

    def use(address: str, days: float = 0) -> bool:
        entry = UsageEntry(
            credential_id="svc-1",
            time=NOW + days * DAY,
            subject="owner",
            address=address,
            user_agent="curl",
        )
        return new_address(settings, credential, entry) is not None

    use.credential, use.settings = credential, settings  # type: ignore[attr-defined]
    return use


def test_the_first_use_is_from_no_new_place(use: Any) -> None:
    assert not use(HOME)
    assert not use(HOME, 3)


def test_another_network_is_told_and_then_known(use: Any) -> None:
    use(HOME)
    assert use(AWAY, 1)
    assert not use(AWAY, 3)
    assert not use(HOME, 3)


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        (HOME, NEXT_DOOR, False),
        ("192.0.2.255", "192.0.3.0", True),
        ("::ffff:192.0.2.7", HOME, False),
        ("2001:db8::1", "2001:db8::ffff:ffff:ffff:ffff", False),
        ("2001:db8::1", "2001:db8:0:1::1", True),
        (HOME, "", False),
        (HOME, "no address", False),
    ],
)
def test_neighbours_are_one_place(
    use: Any, first: str, second: str, told: bool
) -> None:
    use(first)
    assert use(second, 2) is told


def test_an_owner_is_told_once_a_day(use: Any) -> None:
    use(HOME)
    assert use(AWAY, 1)
    assert not use(FAR, 1.9)
    assert use("203.0.113.1", 2)


def test_networks_are_forgotten_with_the_usage_log_but_for_the_newest(
    use: Any,
) -> None:
    use(HOME)
    assert use(AWAY, 2)
    assert not use(AWAY, 30)
    assert set(use.credential.networks) == {"198.51.100.0/24"}
    assert use(HOME, 31)


def test_a_use_that_changes_nothing_writes_nothing(use: Any) -> None:
    use(HOME)
    before = use.credential.networks
    use(HOME, 0.9)
    assert use.credential.networks is before


def test_the_setting_turns_it_off(use: Any) -> None:
    use(HOME)
    use.settings.tell_of_new_addresses = False
    assert not use(AWAY, 1)
    assert set(use.credential.networks) == {"192.0.2.0/24"}


def test_places_are_bounded(use: Any) -> None:
    for number in range(250):
        use(f"10.0.{number}.1", number / 100)
    assert len(use.credential.networks) == 100


@pytest.fixture
def owner(site: Any, mail_server: Any) -> None:
    """An owner who can get mail."""
    site.add_user("owner", "Manager")
    member = site.portal.portal_membership.getMemberById("owner")
    member.setMemberProperties({"email": "owner@example.org"})
    site.commit()


def test_a_key_that_is_used_from_elsewhere_is_told_by_mail(
    site: Any, owner: None, mail_server: Any
) -> None:
    key = site.service_key(site.issue("owner", title="Import"))
    mail_server.raw.clear()
    for address in (HOME, AWAY):
        client = ClientInfo(address=address, user_agent="curl/8")
        issue_access_token(site.context, key, "owner", client, time.time())
        site.commit()
        site.record_uses()
    (mail,) = mail_server.to("owner@example.org")
    assert mail["Subject"] == "Intranet: “Import” is used from a new address"
    lines = mail.get_content().splitlines()
    assert f"Client address: {AWAY}" in lines
    assert not any(line.startswith("Done by") for line in lines)
    assert f"{site.url}/@@manage-service-keys" in lines


@pytest.fixture
def used(site: Any) -> Any:
    """Uses a personal access token from addresses, and writes the uses."""
    recording = UseRecorder(in_background=False)
    issued = site.issue_personal_access_token("owner", title="Backup")
    site.sync()

    def used(*addresses: str) -> None:
        for address in addresses:
            client = ClientInfo(address=address, user_agent="curl/8")
            credential_id = issued.credential.credential_id
            recording.note_use(site.plugin, credential_id, "owner", client, time.time())
            recording.flush(everything=True)

    return used


def test_a_token_that_is_used_from_elsewhere_is_told_off_the_path_of_requests(
    site: Any, owner: None, used: Any, mail_server: Any
) -> None:
    mail_server.raw.clear()
    here = getSite()
    used(HOME, AWAY, FAR)
    (mail,) = mail_server.to("owner@example.org")
    assert mail["Subject"] == "Intranet: “Backup” is used from a new address"
    assert f"Client address: {AWAY}" in mail.get_content()
    assert getSite() is here


def test_subscribers_hear_of_it(site: Any, used: Any) -> None:
    heard: list[Any] = []
    registry = getGlobalSiteManager()
    registry.registerHandler(heard.append, (NewAddressEvent,))
    try:
        used(HOME, AWAY)
    finally:
        registry.unregisterHandler(heard.append, (NewAddressEvent,))
    (event,) = heard
    assert (event.owner, event.address, event.user_agent) == ("owner", AWAY, "curl/8")


def test_a_subscriber_that_fails_keeps_no_use_from_being_written(
    site: Any, used: Any, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(event: Any) -> None:
        raise ValueError("nobody home")

    caplog.set_level(logging.ERROR)
    registry = getGlobalSiteManager()
    registry.registerHandler(fail, (NewAddressEvent,))
    try:
        used(HOME, AWAY, AWAY)
    finally:
        registry.unregisterHandler(fail, (NewAddressEvent,))
    assert "Nobody is told of new addresses" in caplog.text
    site.sync()
    (token,) = site.context.storage["personal_access_token"].owned_by("owner")
    log = site.context.storage["usage_log"]
    assert log.uses(token.credential_id, 0, time.time() + 1) == 3
