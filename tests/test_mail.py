"""Mails to owners, as a mail server gets them."""

from collections.abc import Callable
from email.message import EmailMessage
from pas.plugins.tokenauth.core.scopes import READ
from pas.plugins.tokenauth.core.scopes import WRITE
from pas.plugins.tokenauth.credentials.disabling import disable_credentials
from pas.plugins.tokenauth.credentials.disabling import enable_credentials
from pas.plugins.tokenauth.credentials.service import revoke_credentials
from pas.plugins.tokenauth.mail import notify
from pas.plugins.tokenauth.mail import NotifyResult
from pas.plugins.tokenauth.mail import reminding
from pas.plugins.tokenauth.mail import sends_mail
from pas.plugins.tokenauth.mail.addresses import is_address
from pas.plugins.tokenauth.mail.delivery import MAX_AT_ONCE
from pas.plugins.tokenauth.mail.recipients import recipient_of
from pas.plugins.tokenauth.personaltokens.kind import IssuedPersonalAccessToken
from pas.plugins.tokenauth.personaltokens.kind import PERSONAL_ACCESS_TOKEN
from pas.plugins.tokenauth.servicekeys.kind import SERVICE_KEY
from pas.plugins.tokenauth.site.requester import Operator
from pathlib import Path
from plone import api
from Products.MailHost.MailHost import MailHost
from Products.PluggableAuthService.interfaces.plugins import IUserEnumerationPlugin
from tests.credentials.doing import change_credential
from tests.credentials.doing import rotate_service_key
from tests.openid.people import add_person
from tests.site.sources import info
from tests.site.sources import Source
from tests.site.sources import source as source
from threading import Thread
from typing import Any
from zope.i18n import translate

import base64
import pytest
import re
import secrets
import time
import transaction


pytest_plugins = ["tests.mailserver"]

DAY = 24 * 60 * 60
ES256 = {"algorithm": "ES256"}


@pytest.fixture
def user(site: Any) -> Callable[..., None]:
    """Adds a user with a mail address."""

    def user(user_id: str, **properties: str) -> None:
        if site.context.users.get(user_id) is None:
            site.add_user(user_id, "Manager")
        properties.setdefault("email", f"{user_id}@example.org")
        api.user.get(userid=user_id).setMemberProperties(properties)
        site.commit()

    return user


@pytest.fixture
def key(site: Any, user: Any) -> Callable[..., Any]:
    """Makes a key with some days left of 90; nobody is told of its issue."""

    def key(days_left: float, owner: str = "owner", **options: Any) -> Any:
        if site.context.users.get(owner) is None:
            user(owner)
        now = time.time()
        options.setdefault("expires_at", now + days_left * DAY)
        keyfile = site.issue(owner, "ES256", **options)
        service_key = site.service_key(keyfile)
        service_key.issued_at = now - (90 - days_left) * DAY
        site.commit()
        return service_key

    return key


@pytest.fixture
def personal_access_token(site: Any, user: Any) -> Callable[..., Any]:
    """Makes a token with some days left of 90; nobody is told of its issue."""

    def personal_access_token(days_left: float, **options: Any) -> Any:
        user("owner")
        now = time.time()
        options.setdefault("expires_at", now + days_left * DAY)
        credential = issue_token(site, "owner", **options).credential
        credential.issued_at = now - (90 - days_left) * DAY
        site.commit()
        return credential

    return personal_access_token


def issue_token(
    site: Any, owner: str, requester: str = "owner", **options: Any
) -> IssuedPersonalAccessToken:
    options.setdefault("expires_at", time.time() + 90 * DAY)
    issued = PERSONAL_ACCESS_TOKEN.issue(
        site.context,
        site.requester(requester),
        dict(**{"title": "A token", "scopes": (READ,), **options}),
        time.time(),
        secrets.token_hex(),
        owner=owner,
    )
    site.commit()
    return issued


@pytest.fixture
def inbox(mail_server: Any) -> Callable[..., list[str]]:
    """What a reminder run sends, as strings; what came before is thrown away."""

    def inbox(site: Any, now: float | None = None) -> list[str]:
        mail_server.raw.clear()
        notify(site.context, time.time() if now is None else now)
        return [text_of(mail) for mail in mail_server.mails]

    return inbox


def lines_of(mail: EmailMessage) -> list[str]:
    """The lines of a mail's text."""
    return str(mail.get_content()).splitlines()


def text_of(mail: EmailMessage) -> str:
    """The text of a mail on one line."""
    return " ".join(" ".join(lines_of(mail)).split())


# -- whether there is mail at all ---------------------------------------------


def test_a_new_site_sends_no_mail(site: Any, key: Any) -> None:
    assert not sends_mail(site.portal)
    service_key = key(2)
    assert notify(site.context, time.time()) == NotifyResult()
    assert service_key.reminded is None


@pytest.mark.parametrize(
    "record, value",
    [
        ("smtp_host", ""),
        ("email_from_address", ""),
        ("email_from_address", "two words"),
    ],
)
def test_a_site_without_server_or_sender_sends_no_mail(
    site: Any, mail_server: Any, record: str, value: str
) -> None:
    assert sends_mail(site.portal)
    api.portal.set_registry_record(f"plone.{record}", value)
    assert not sends_mail(site.portal)


# -- before a key expires -----------------------------------------------------


def test_an_owner_gets_one_mail_about_all_keys(
    site: Any, key: Any, mail_server: Any
) -> None:
    keys = [key(13, title="Nightly import"), key(2, title="Übersetzer")]
    key(50, title="Another")
    mail_server.raw.clear()
    assert notify(site.context, time.time()) == NotifyResult(sent=1)
    (mail,) = mail_server.mails
    assert mail["To"] == "owner@example.org"
    assert mail["Subject"] == "Intranet: 2 of your service keys expire soon"
    text = mail.get_content()
    assert text.index("Title: Übersetzer") < text.index("Title: Nightly import")
    assert all(f"Client id: {key.client_id}" in text for key in keys)
    assert "Another" not in text
    assert re.findall(r"\S+://\S+", text) == [f"{site.url}/@@manage-service-keys"]


def test_an_owner_is_told_once_about_a_step(site: Any, key: Any, inbox: Any) -> None:
    expires_at = key(10).expires_at
    assert len(inbox(site)) == 1
    assert inbox(site) == []
    (text,) = inbox(site, expires_at - 3 * DAY)
    assert text.startswith("One of your service keys in “Intranet” expires soon.")
    assert inbox(site, expires_at - 2 * DAY) == []


def test_an_owner_gets_one_mail_about_all_personal_access_tokens(
    site: Any, personal_access_token: Any, mail_server: Any
) -> None:
    tokens = [
        personal_access_token(13, title="Export"),
        personal_access_token(2, title="Backup"),
    ]
    personal_access_token(50, title="Another")
    mail_server.raw.clear()
    assert notify(site.context, time.time()) == NotifyResult(sent=1)
    (mail,) = mail_server.mails
    assert mail["Subject"] == "Intranet: 2 of your personal access tokens expire soon"
    text = mail.get_content()
    assert text.index("Title: Backup") < text.index("Title: Export")
    assert {f"Id: {token.credential_id}" for token in tokens} < set(lines_of(mail))
    assert "Another" not in text
    assert "service key" not in text
    assert re.findall(r"\S+://\S+", text) == [
        f"{site.url}/@@manage-personal-access-tokens"
    ]


def test_an_owner_is_told_14_and_3_days_before_a_personal_access_token_expires(
    site: Any, personal_access_token: Any, inbox: Any
) -> None:
    expires_at = personal_access_token(20).expires_at
    assert inbox(site, expires_at - 14 * DAY - 1) == []
    (text,) = inbox(site, expires_at - 14 * DAY)
    assert text.startswith(
        "One of your personal access tokens in “Intranet” expires soon."
    )
    assert (
        "give the token a later expiry, rotate it, or issue a new one in time:" in text
    )
    assert inbox(site, expires_at - 3 * DAY - 1) == []
    assert len(inbox(site, expires_at - 3 * DAY)) == 1
    assert inbox(site, expires_at - 2 * DAY) == []


def test_one_mail_tells_of_keys_and_personal_access_tokens(
    site: Any, key: Any, personal_access_token: Any, mail_server: Any
) -> None:
    service_key = key(13, title="Import")
    token = personal_access_token(2, title="Backup")
    mail_server.raw.clear()
    assert notify(site.context, time.time()) == NotifyResult(sent=1)
    (mail,) = mail_server.mails
    assert mail["Subject"] == "Intranet: 2 of your keys, tokens and links expire soon"
    text = mail.get_content()
    assert text.index("Title: Backup") < text.index("Title: Import")
    assert {
        f"Id: {token.credential_id}",
        f"Client id: {service_key.client_id}",
    } < set(lines_of(mail))
    assert re.findall(r"\S+://\S+", text) == [
        f"{site.url}/@@manage-personal-access-tokens",
        f"{site.url}/@@manage-service-keys",
    ]


def test_without_an_issuer_a_mail_about_both_kinds_has_no_link(
    site: Any, key: Any, personal_access_token: Any, inbox: Any
) -> None:
    key(10)
    personal_access_token(10)
    site.plugin.issuer = ""
    site.commit()
    (text,) = inbox(site)
    assert "://" not in text
    assert "in time:" not in text


def test_the_end_of_a_key_is_told_in_the_time_zone_of_the_site(
    site: Any, key: Any, inbox: Any
) -> None:
    api.portal.set_registry_record("plone.portal_timezone", "Asia/Tokyo")
    key(10, expires_at=1_900_000_000.0)
    (text,) = inbox(site, 1_900_000_000.0 - DAY)
    assert "Expires: Mar 18, 2030 02:46 AM (Asia/Tokyo)" in text


def test_owners_without_an_address_are_told_once_they_have_one(
    site: Any, key: Any, user: Any, mail_server: Any
) -> None:
    user("owner", email="")
    key(10)
    assert notify(site.context, time.time()) == NotifyResult(without_address=1)
    user("owner")
    assert notify(site.context, time.time()) == NotifyResult(sent=1)


def test_an_owner_who_is_gone_is_counted(site: Any, key: Any, mail_server: Any) -> None:
    key(10)
    # As a user source does that announces nothing.
    site.portal.acl_users.source_users.removeUser("owner")
    site.commit()
    assert notify(site.context, time.time()) == NotifyResult(without_address=1)


def test_nobody_gets_the_mail_of_whom_plone_takes_them_for(
    site: Any, source: Source
) -> None:
    """PAS believes the first source, whomever it answers with."""
    add_person(site, "jane")
    add_person(site, "JANE")
    assert recipient_of(site.context, "jane") is not None
    source.answer = (info("JANE"),)
    site.portal.acl_users.plugins.movePluginsTop(IUserEnumerationPlugin, ["source"])
    assert recipient_of(site.context, "jane") is None


def test_one_refused_mail_does_not_keep_others_from_theirs(
    site: Any, key: Any, mail_server: Any, caplog: pytest.LogCaptureFixture
) -> None:
    service_keys = [key(10, owner) for owner in ("anna", "bert", "cleo")]
    mail_server.raw.clear()
    mail_server.refused.append("bert@")
    assert notify(site.context, time.time()) == NotifyResult(sent=2, failed=1)
    assert [bool(key.reminded) for key in service_keys] == [True, False, True]
    (record,) = [it for it in caplog.records if "bert@" in it.getMessage()]
    assert record.exc_info is None
    mail_server.refused.clear()
    assert notify(site.context, time.time()) == NotifyResult(sent=1)
    assert len(mail_server.to("bert@example.org")) == 1


def test_a_mail_server_that_is_down_is_asked_three_times(
    site: Any, key: Any, no_mail_server: None, caplog: pytest.LogCaptureFixture
) -> None:
    service_keys = [key(10, f"user-{number}") for number in range(5)]
    caplog.clear()
    assert notify(site.context, time.time()) == NotifyResult(failed=5)
    messages = [record.getMessage() for record in caplog.records]
    assert len([text for text in messages if "ConnectionRefused" in text]) == 3
    assert "2 owners left" in messages[-1]
    site.sync()
    assert [key.reminded for key in service_keys] == [None] * 5


def test_one_of_two_runs_at_once_sends_the_mail(
    site: Any, key: Any, mail_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    service_key = key(10)
    mail_server.raw.clear()
    mark = reminding.mark_reminded

    def while_another_run_does(keys: Any, now: float) -> None:
        monkeypatch.setattr(reminding, "mark_reminded", mark)
        other = Thread(target=mark_in_another_connection, args=(service_key, now))
        other.start()
        other.join()
        mark(keys, now)

    monkeypatch.setattr(reminding, "mark_reminded", while_another_run_does)
    assert notify(site.context, time.time()) == NotifyResult()
    assert service_key.reminded == (service_key.expires_at, 14)
    assert mail_server.raw == []


def mark_in_another_connection(service_key: Any, now: float) -> None:
    manager = transaction.TransactionManager()
    connection = service_key._p_jar.db().open(manager)
    try:
        reminding.mark_reminded([connection.get(service_key._p_oid)], now)
        manager.commit()
    finally:
        connection.close()


# -- when something is done to a key ------------------------------------------


def test_an_owner_is_told_of_a_new_key_even_by_themselves(
    site: Any, user: Any, mail_server: Any
) -> None:
    user("owner")
    keyfile = site.issue("owner", "ES256", title="Import", ip_ranges="192.0.2.0/24")
    (mail,) = mail_server.mails
    assert mail["To"] == "owner@example.org"
    assert mail["Subject"] == ("Intranet: a service key was issued for your account")
    assert {
        "Title: Import",
        f"Client id: {keyfile['client_id']}",
        "Done by: your account, owner",
    } < set(lines_of(mail))
    assert "from 192.0.2.0/24 only. It never expires." in text_of(mail)
    assert "other users" not in text_of(mail)


def test_a_mail_holds_no_secret_and_no_link_that_acts(
    site: Any, user: Any, mail_server: Any
) -> None:
    user("owner")
    keyfile = site.issue("owner")
    (raw,) = mail_server.raw
    assert b"PRIVATE" not in raw
    assert keyfile["private_key"][100:140].encode() not in raw
    (link,) = re.findall(r"\S+://\S+", mail_server.mails[0].get_content())
    assert link == f"{site.url}/@@manage-service-keys"


def test_the_link_is_made_from_the_issuer(
    site: Any, key: Any, mail_server: Any, inbox: Any
) -> None:
    key(10)
    site.plugin.issuer = "https://www.example.org/intern"
    site.commit()
    (text,) = inbox(site)
    assert text.endswith(" https://www.example.org/intern/@@manage-service-keys")


def test_without_an_issuer_there_is_no_link(site: Any, key: Any, inbox: Any) -> None:
    key(10)
    site.plugin.issuer = ""
    site.commit()
    (text,) = inbox(site)
    assert "://" not in text


def test_a_mail_says_in_words_what_a_key_may_do(
    site: Any, user: Any, mail_server: Any
) -> None:
    user("owner")
    site.issue("owner", "ES256", may_impersonate=True, scopes=("plone.admin",))
    text = text_of(mail_server.mails[0])
    assert "It can be used from anywhere." in text
    assert "The program may act as other users of the site." in text
    assert "The program has the administrative rights of the owner." in text


def test_an_owner_is_told_of_a_new_personal_access_token_even_by_themselves(
    site: Any, user: Any, mail_server: Any
) -> None:
    user("owner")
    issued = issue_token(site, "owner", title="Backup", ip_ranges="192.0.2.0/24")
    (mail,) = mail_server.mails
    assert mail["To"] == "owner@example.org"
    assert mail["Subject"] == (
        "Intranet: a personal access token was issued for your account"
    )
    assert {
        "Title: Backup",
        f"Id: {issued.credential.credential_id}",
        "Done by: your account, owner",
    } < set(lines_of(mail))
    text = text_of(mail)
    assert "It can be used from 192.0.2.0/24 only. It expires on" in text
    assert "revoke it immediately" in text
    assert text.endswith(f" {site.url}/@@manage-personal-access-tokens")


def test_an_owner_is_told_of_a_personal_access_token_that_somebody_else_issued(
    site: Any, user: Any, mail_server: Any
) -> None:
    user("owner")
    user("boss")
    issue_token(site, "owner", requester="boss")
    (mail,) = mail_server.mails
    assert mail["To"] == "owner@example.org"
    assert "Done by: boss" in lines_of(mail)


def test_no_mail_holds_any_part_of_a_personal_access_token(
    site: Any, user: Any, mail_server: Any
) -> None:
    user("owner")
    user("boss")
    expires_at = time.time() + 20 * DAY
    issued = issue_token(site, "owner", title="Ümläut", expires_at=expires_at)
    issued.credential.issued_at -= 70 * DAY
    change(site, issued.credential.credential_id, "boss", ip_ranges="192.0.2.0/24")
    assert notify(site.context, expires_at - DAY).sent == 1
    assert len(mail_server.raw) == 3
    everything = everything_in(mail_server)
    assert "Title:Ümläut" in everything
    assert "ptp_" not in everything
    for start in range(len(issued.token) - 7):
        assert issued.token[start : start + 8] not in everything
    digest = issued.credential.newest_secret.digest
    assert digest.hex()[:16] not in everything
    assert base64.b64encode(digest).decode()[:16] not in everything


def everything_in(mail_server: Any) -> str:
    """All mails as they were sent, and as they are read, without white space."""
    sent = [raw.decode("ascii").replace("=\r\n", "") for raw in mail_server.raw]
    read = [f"{mail['Subject']} {mail.get_content()}" for mail in mail_server.mails]
    return "".join(" ".join(sent + read).split())


@pytest.mark.parametrize("scopes, only_reads", [((READ,), True), ((WRITE,), False)])
def test_an_owner_is_told_that_a_program_may_only_read(
    site: Any,
    user: Any,
    mail_server: Any,
    scopes: tuple[str, ...],
    only_reads: bool,
) -> None:
    user("owner")
    site.issue("owner", "ES256", scopes=scopes)
    issue_token(site, "owner", scopes=scopes)
    texts = [text_of(mail) for mail in mail_server.mails]
    assert ["The program may only read." in text for text in texts] == [only_reads] * 2


def test_an_owner_is_told_of_changes_of_a_personal_access_token_by_others_only(
    site: Any, user: Any, mail_server: Any
) -> None:
    user("owner")
    user("boss")
    token_id = issue_token(site, "owner").credential.credential_id
    mail_server.raw.clear()
    change(site, token_id, "owner", title="Mine")
    assert mail_server.raw == []
    change(site, token_id, "boss", ip_ranges="192.0.2.0/24")
    (mail,) = mail_server.mails
    assert mail["To"] == "owner@example.org"
    assert mail["Subject"] == "Intranet: one of your personal access tokens was changed"
    assert {"Done by: boss", "Title: Mine", f"Id: {token_id}"} < set(lines_of(mail))


def test_an_owner_is_told_of_a_rotation(site: Any, user: Any, mail_server: Any) -> None:
    user("owner")
    client_id = site.issue("owner", "ES256")["client_id"]
    mail_server.raw.clear()
    rotate_service_key(
        site.context, site.requester("owner"), client_id, time.time(), DAY, ES256
    )
    site.commit()
    (mail,) = mail_server.mails
    assert mail["Subject"] == ("Intranet: one of your service keys got a new key pair")
    assert "An earlier key pair works until" in text_of(mail)


def test_an_owner_is_told_of_changes_by_others_only(
    site: Any, user: Any, mail_server: Any
) -> None:
    user("owner")
    user("boss")
    client_id = site.issue("owner", "ES256")["client_id"]
    mail_server.raw.clear()
    change(site, client_id, "owner", title="Mine")
    assert mail_server.raw == []
    change(site, client_id, "boss", require_jti=True)
    (mail,) = mail_server.mails
    assert mail["To"] == "owner@example.org"
    assert "Done by: boss" in lines_of(mail)


def test_an_owner_is_told_when_somebody_else_disables_and_enables(
    site: Any, user: Any, mail_server: Any
) -> None:
    user("owner")
    user("boss")
    ids = [site.issue("owner", "ES256", title="Import")["client_id"]]
    mail_server.raw.clear()
    disable_credentials(site.context, site.requester("owner"), ids, time.time())
    enable_credentials(site.context, site.requester("owner"), ids)
    site.commit()
    assert mail_server.raw == []
    disable_credentials(site.context, site.requester("boss"), ids, time.time())
    site.commit()
    enable_credentials(site.context, site.requester("boss"), ids)
    site.commit()
    disabled, enabled = mail_server.mails
    assert disabled["Subject"] == "Intranet: “Import” was disabled"
    assert "“Import” (Service key), which is yours, in “Intranet”" in text_of(disabled)
    assert "Done by: boss" in lines_of(disabled)
    assert enabled["Subject"] == "Intranet: “Import” was enabled again"


@pytest.mark.parametrize("way", ["itself", "holder", "boss", "owner"])
def test_an_owner_is_told_when_somebody_else_ends_a_personal_access_token(
    site: Any, user: Any, mail_server: Any, way: str
) -> None:
    """Its program, a finder, an administrator: its owner need not be told."""
    user("owner")
    user("boss")
    issued = site.issue_personal_access_token(title="Import")
    mail_server.raw.clear()
    if way == "itself":
        site.api("DELETE", "/@personal-access-tokens/self", issued.text)
    elif way == "holder":
        site.request("POST", "/@@oauth2-revoke", data={"token": issued.text})
    else:
        ids = [issued.credential.credential_id]
        revoke_credentials(site.context, site.requester(way), ids, time.time())
        site.commit()
    if way == "owner":
        assert mail_server.raw == []
        return
    (mail,) = mail_server.mails
    assert mail["Subject"] == "Intranet: “Import” was revoked"
    who = "boss" if way == "boss" else "holder of the token"
    assert f"Done by: {who}" in lines_of(mail)
    assert "If this surprises you, tell an administrator" in text_of(mail)


def test_the_end_of_a_key_or_of_an_access_token_is_not_announced(
    site: Any, user: Any, mail_server: Any
) -> None:
    user("owner")
    user("boss")
    keyfile = site.issue("owner", "ES256")
    mail_server.raw.clear()
    token = site.token(keyfile)
    site.request("POST", "/@@oauth2-revoke", data={"token": token})
    site.sync()
    ids = [keyfile["client_id"]]
    revoke_credentials(site.context, site.requester("boss"), ids, time.time())
    site.commit()
    assert mail_server.raw == []


def change(site: Any, credential_id: str, user_id: str, **options: Any) -> None:
    change_credential(
        site.context,
        site.requester(user_id),
        credential_id,
        options,
        time.time(),
    )
    site.commit()


def test_a_key_from_the_command_line_is_announced_with_who_typed_it(
    site: Any, user: Any, mail_server: Any
) -> None:
    user("owner")
    issue_for_others(site, ["owner"])
    site.commit()
    (mail,) = mail_server.mails
    assert "Done by: root (command line)" in lines_of(mail)
    assert "Client address" not in text_of(mail)


def issue_for_others(site: Any, owners: list[str]) -> None:
    for owner in owners:
        SERVICE_KEY.issue(
            site.context,
            Operator("root (command line)"),
            {"title": "A key"},
            time.time(),
            secrets.token_hex(),
            material=ES256,
            owner=owner,
        )


def test_an_aborted_transaction_sends_no_mail(
    site: Any, user: Any, mail_server: Any
) -> None:
    user("owner")
    issue_for_others(site, ["owner"])
    transaction.abort()
    site.commit()
    assert mail_server.raw == []


def test_a_mail_server_that_is_down_keeps_nobody_from_a_key(
    site: Any,
    user: Any,
    no_mail_server: None,
    caplog: pytest.LogCaptureFixture,
) -> None:
    user("owner")
    keyfile = site.issue("owner", "ES256")
    assert site.service_key(keyfile) is not None
    assert [record.exc_info for record in caplog.records] == [None]
    assert "owner@example.org is not sent: ConnectionRefused" in caplog.text


def test_a_dead_mail_server_is_asked_once_in_a_request(
    site: Any, user: Any, no_mail_server: None, caplog: pytest.LogCaptureFixture
) -> None:
    user("owner")
    issue_for_others(site, ["owner"] * 3)
    site.commit()
    assert caplog.text.count("ConnectionRefused") == 1
    assert "Nor are 2 other mails sent." in caplog.text


@pytest.mark.parametrize("more, sent", [(0, MAX_AT_ONCE), (1, 0)])
def test_bulk_work_of_an_administrator_sends_no_mails(
    site: Any,
    user: Any,
    mail_server: Any,
    caplog: pytest.LogCaptureFixture,
    more: int,
    sent: int,
) -> None:
    user("owner")
    issue_for_others(site, ["owner"] * (MAX_AT_ONCE + more))
    site.commit()
    assert len(mail_server.raw) == sent
    assert ("no owner gets mail" in caplog.text) is bool(more)


# -- queues -------------------------------------------------------------------


@pytest.fixture
def queue(site: Any, mail_server: Any, tmp_path: Path, monkeypatch: Any) -> Path:
    """A queue that nobody serves; the folder with its new mails."""
    monkeypatch.setenv("MAILHOST_QUEUE_ONLY", "1")
    site.portal.MailHost.smtp_queue = True
    site.portal.MailHost.smtp_queue_directory = str(tmp_path / "queue")
    site.commit()
    return tmp_path / "queue" / "new"


def test_a_mail_host_with_a_queue_gets_mails_with_the_transaction(
    site: Any, user: Any, mail_server: Any, queue: Path
) -> None:
    user("owner")
    issue_for_others(site, ["owner"])
    transaction.abort()
    assert not queue.exists() or list(queue.iterdir()) == []
    site.issue("owner", "ES256")
    (file,) = queue.iterdir()
    first, second, rest = file.read_bytes().split(b"\n", 2)
    assert first.endswith('Ümläut AG, IT" <site@example.org>'.encode())
    assert second == b"X-Zope-To: owner@example.org"
    assert b"Subject: Intranet: a service key was issued" in rest
    assert mail_server.raw == []


def test_reminders_go_to_the_queue(site: Any, key: Any, queue: Path) -> None:
    key(10)
    before = set(queue.iterdir())
    assert notify(site.context, time.time()) == NotifyResult(sent=1)
    (file,) = set(queue.iterdir()) - before
    assert b"expires soon" in file.read_bytes()


def test_a_broken_queue_keeps_nobody_from_a_key(
    site: Any,
    user: Any,
    queue: Path,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    user("owner")
    (tmp_path / "queue").write_text("no folder")
    assert site.service_key(site.issue("owner", "ES256")) is not None
    assert "is not sent" in caplog.text


def test_the_mail_host_decides_how_to_send(
    site: Any, user: Any, mail_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As with add-ons that print mails on a developer's computer instead."""
    printed: list[Any] = []
    monkeypatch.setattr(
        MailHost,
        "_send",
        lambda self, mfrom, mto, text, immediate=False: printed.append(text),
    )
    user("owner")
    site.issue("owner", "ES256")
    assert len(printed) == 1
    assert mail_server.raw == []


# -- what a mail looks like ---------------------------------------------------


def test_a_mail_is_ascii_with_the_line_ends_of_smtp(
    site: Any, user: Any, mail_server: Any
) -> None:
    user("owner")
    site.issue("owner", "ES256", title="Prüfung " + "x" * 92)
    (raw,) = mail_server.raw
    assert raw.isascii()
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(len(line) for line in raw.splitlines()) <= 78
    (mail,) = mail_server.mails
    assert mail["From"].addresses[0].display_name == "Ümläut AG, IT"
    assert mail["From"].addresses[0].addr_spec == "site@example.org"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"].endswith("@example.org>")
    assert mail.get_content_type() == "text/plain"
    assert "Title: Prüfung x" in mail.get_content()


def test_no_string_makes_a_header_or_a_line_of_its_own(
    site: Any, user: Any, mail_server: Any
) -> None:
    evil = "x\r\nBcc: spy@example.org\r\n\r\nClick: https://evil.example"
    user("owner")
    client_id = site.issue("owner", "ES256")["client_id"]
    # As in a database that something else has written to.
    site.context.storage["service_key"].get(client_id).title = evil
    for name in ("site_title", "email_from_name"):
        field = site.portal.portal_registry.records[f"plone.{name}"]
        site.portal.portal_registry.records._values[field.__name__] = evil
    mail_server.raw.clear()
    rotate_service_key(site.context, Operator(evil), client_id, time.time(), DAY, ES256)
    site.commit()
    (mail,) = mail_server.mails
    assert mail["Bcc"] is None
    assert mail["To"] == "owner@example.org"
    assert not [line for line in lines_of(mail) if line.startswith(("Bcc", "Click"))]


@pytest.mark.parametrize(
    "value",
    [
        "",
        None,
        "owner",
        "a@example.org, b@example.org",
        "a@example.org\nBcc: b@example.org",
        "<a@example.org>",
        "A <a@example.org>",
        "ä@example.org",
        "a@",
        "@example.org",
        'a"b@example.org',
        "a..b@example.org",
        ".a@example.org",
        "a@example..org",
        "a@example.org.",
        "=?utf-8?b?YSxi?=@example.org",
        "a" * 250 + "@example.org",
    ],
)
def test_an_unusable_address_gets_no_mail(
    site: Any, user: Any, mail_server: Any, value: Any
) -> None:
    assert not is_address(value)
    user("owner", email=value)
    site.issue("owner", "ES256")
    assert mail_server.raw == []


@pytest.mark.parametrize(
    "value", ["a@localhost", "first.last+tag@sub.example.org", "o'neil@example.org"]
)
def test_a_usable_address_gets_mail(
    site: Any, user: Any, mail_server: Any, value: str
) -> None:
    user("owner", email=value)
    site.issue("owner", "ES256")
    assert len(mail_server.to(value)) == 1


# -- languages ----------------------------------------------------------------


@pytest.mark.parametrize(
    "own, site_language, expected",
    [
        ("de", "en", "de"),
        ("", "de", "de"),
        ("fr", "de", "de"),
        ("en", "de", "en"),
    ],
)
def test_a_mail_speaks_the_language_of_its_reader(
    site: Any,
    key: Any,
    user: Any,
    mail_server: Any,
    own: str,
    site_language: str,
    expected: str,
) -> None:
    api.portal.set_registry_record("plone.available_languages", ["de", "en"])
    api.portal.set_registry_record("plone.default_language", site_language)
    user("owner", language=own)
    key(10, expires_at=1_900_000_000.0)
    mail_server.raw.clear()
    notify(site.context, 1_900_000_000.0 - DAY)
    (mail,) = mail_server.mails
    assert mail["Content-Language"] == expected
    label = translate("Title", "pas.plugins.tokenauth", target_language=expected)
    assert f"{label}: A key" in lines_of(mail)
    day = {"de": "17.03.2030", "en": "Mar 17, 2030"}[expected]
    assert day in text_of(mail)
