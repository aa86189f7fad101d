"""What the command line does and refuses: every cell of its table."""

from . import discovery
from .table import COMMANDS
from .table import Row
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pas.plugins.tokenauth.cas.kind import CAS_SERVICE
from pas.plugins.tokenauth.cli.main import main
from pas.plugins.tokenauth.core.tokens import TokenDigest
from pas.plugins.tokenauth.delegation.families import start_family
from pas.plugins.tokenauth.partners.kind import PARTNER
from pas.plugins.tokenauth.sealing.configuration import KEY_VARIABLE
from pas.plugins.tokenauth.sealing.keyring import make_key
from pas.plugins.tokenauth.servicekeys.kind import SERVICE_KEY
from pas.plugins.tokenauth.signedlinks.kind import SIGNED_LINK
from pas.plugins.tokenauth.simplesso.kind import SIMPLE_SSO_CONSUMER
from pas.plugins.tokenauth.site.requester import Operator
from pas.plugins.tokenauth.storage.authorizations import Authorization
from pas.plugins.tokenauth.storage.sessions import Session
from pas.plugins.tokenauth.usage.client import ClientInfo
from pathlib import Path
from plone import api
from tests.applications.registering import register_at
from tests.applications.registering import URI
from tests.cli.test_imports import export
from tests.cli.test_imports import RECORD
from typing import Any

import json
import pytest
import secrets
import time
import transaction


pytest_plugins = ["tests.cli.commandline"]

THERE = "with what is there"
NOT_THERE = "with what is not there"
POLICY = "against a policy"
RECORDED = "the record names the account"
#: What the records say of whoever runs the tests.
ACCOUNT = "(command line)"
#: What the site is without, but for these commands.
NEED_SEALING = ("partners", "simple-sso", "sign-url")
SEALING_KEY = make_key()


@dataclass(frozen=True)
class Known:
    """What a command is about: that is there, or not."""

    user: str
    key: str
    secret: str
    token: str
    link: str
    page: str
    application: str
    cas_service: str
    partner: str
    consumer: str
    file: Path
    authorization: str
    device: str


@pytest.fixture(scope="module")
def there(prepare: Any, tmp_path_factory: pytest.TempPathFactory) -> Known:
    """What a command is about that is there."""
    file = tmp_path_factory.mktemp("commands") / "export.json"
    file.write_text(export(RECORD))
    return prepare(partial(issue_all, file))


def issue_all(file: Path, site: Any) -> Known:
    """One credential of each kind."""
    keyfile = site.issue("owner", algorithm="ES256")
    SERVICE_KEY.rotate(
        site.context,
        site.requester("owner"),
        site.service_key(keyfile),
        time.time(),
        material={"algorithm": "ES256"},
    )
    site.commit()
    site.add_user("heir", "Manager")
    token = site.issue_personal_access_token("owner").credential
    application = register_at(site, redirect_uris=(URI,)).credential.client_id
    site.plugin.cas_enabled = True
    site.plugin.partners_enabled = site.plugin.simple_sso_enabled = True
    shop = {"title": "Shop", "urls": (URI,)}

    def issue(kind: Any, **options: Any) -> str:
        issued = kind.issue(
            site.context, Operator("tests"), {**shop, **options}, time.time(), "1"
        )
        return str(issued.credential.credential_id)

    with pytest.MonkeyPatch.context() as configured:
        configured.setenv(KEY_VARIABLE, SEALING_KEY)
        partner = issue(PARTNER, purpose="outgoing")
        consumer = issue(SIMPLE_SSO_CONSUMER)
    cas_service = issue(CAS_SERVICE)
    uid = api.content.create(site.portal, "Document", "page").UID()
    link = SIGNED_LINK.issue(
        site.context,
        site.requester("owner"),
        {"title": "A link", "expires_at": time.time() + 3600},
        time.time(),
        idempotency_key="1",
        material={"object": uid},
    ).credential
    digest = TokenDigest(secrets.token_bytes(32))
    site.context.storage["sessions"].add(Session(digest, "owner"), time.time())
    site.commit()
    authorization, family = authorize(site, application)
    return Known(
        user="owner",
        key=keyfile["client_id"],
        secret=keyfile["key_id"],
        token=token.credential_id,
        link=link.credential_id,
        page="/page",
        application=application,
        cas_service=cas_service,
        partner=partner,
        consumer=consumer,
        file=file,
        authorization=authorization,
        device=family,
    )


@pytest.fixture
def arguments(
    there: Known, site: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str, str], list[Any]]:
    """The arguments of a command that is about something in a column."""
    absent = Known(
        *("nobody", "svc-no", there.secret, "pat-no", "lnk-no", "/nothing"),
        *("app-no", "cas-no", "partner-no", "sso-no", tmp_path / "nothing.json"),
        authorization="aut-no",
        device="fam-no",
    )

    def arguments(command: str, column: str) -> list[Any]:
        if command.startswith(NEED_SEALING):
            monkeypatch.setenv(KEY_VARIABLE, SEALING_KEY)
        known = absent if column == NOT_THERE else there
        output = ["--output", tmp_path / f"{command} {column}"]
        by_command: dict[str, list[Any]] = {
            "issue": ["--user", known.user, "--title", "New", *output],
            "ensure": ["--user", known.user, "--name", "new", *output],
            "revoke": [known.key],
            "disable": [known.key],
            "enable": [known.key],
            "transfer": [known.key, "--user", "heir"],
            "end-secret": [known.key, known.secret],
            "rotate": [known.key, *output],
            "usage": [known.key],
            "show": [known.key],
            "edit": [known.key, "--title", "Other", "--expires", "300d"],
            "devices": [known.authorization],
            "end-device": [known.authorization, known.device],
            "revoke-authorizations": [known.application],
            "sign-out": [known.user],
            "pat issue": [
                *["--user", known.user, "--title", "New", "--expires", "90d"],
                *output,
            ],
            "pat rotate": [known.token, *output],
            "pat usage": [known.token],
            "pat revoke": [known.token],
            "link issue": [
                *["--user", known.user, "--title", "New", "--expires", "7d"],
                *["--object", known.page, *output],
            ],
            "link usage": [known.link],
            "link revoke": [known.link],
            "applications issue": [
                *["--title", "New", "--runs-as", known.user, *output],
            ],
            "applications rotate": [known.application, *output],
            "applications usage": [known.application],
            "applications revoke": [known.application],
            "cas-services issue": ["--title", "New", "--url", URI],
            "cas-services usage": [known.cas_service],
            "cas-services revoke": [known.cas_service],
            "partners issue": ["--title", "New", "--user", known.user, *output],
            "partners rotate": [known.partner, *output],
            "partners usage": [known.partner],
            "partners revoke": [known.partner],
            "simple-sso issue": [
                *["--title", "New", "--url", URI, "--user", known.user],
                *output,
            ],
            "simple-sso rotate": [known.consumer, *output],
            "simple-sso usage": [known.consumer],
            "simple-sso revoke": [known.consumer],
            "sign-url": [URI, "--partner", known.partner, "--auth-user", "jane"],
            "import": [known.file],
            "sealing-key": [
                "--output",
                tmp_path / ("nothing" if known is absent else "") / "sealing.key",
            ],
        }
        return [*command.split(), *by_command.get(command, [])]

    return arguments


def authorize(site: Any, client_id: str) -> tuple[str, str]:
    """Let an application act for the owner: ids of the authorization and the device."""
    authorization = Authorization(
        "aut-1",
        owner="owner",
        application=client_id,
        resource="",
        address="",
        title="Shop",
        issued_at=time.time(),
    )
    site.context.storage[Authorization.kind].add(authorization)
    client = ClientInfo(address="", user_agent="")
    family, _ = start_family(
        site.context, authorization, "plone.read", {}, client, time.time()
    )
    site.commit()
    return authorization.credential_id, family.family_id


def state(site: Any) -> list[Any]:
    """All credentials and sessions, in a form that can be compared."""
    site.sync()
    found = []
    for kind in site.context.storage.kinds.values():
        for each in kind.all():
            each._p_activate()
            found.append(dict(vars(each)))
            devices = getattr(each, "families", ())
            found.append([device.ended_at for device in devices])
    sessions = site.context.storage["sessions"]
    return [*found, len(sessions.of_user("owner", time.time()))]


def forbid(site: Any) -> None:
    """Policies that none of the arguments obeys."""
    site.plugin.require_ip_ranges = True
    site.plugin.max_key_lifetime = 1
    site.plugin.max_keys_per_user = 1
    site.plugin.max_personal_access_tokens_per_user = 1
    site.plugin.require_signed_link_password = True
    site.commit()


def cell(row: Row, column: str) -> str:
    """What the table says; its second column is a result, too."""
    return row.request if column == THERE else row.cells[column]


CELLS = [
    pytest.param(row, column, id=f"{row.what} {column}")
    for row in COMMANDS
    for column in (THERE, NOT_THERE, POLICY)
    if cell(row, column) and row.what != "token"
]
RECORDED_ROWS = [row for row in COMMANDS if row.cells[RECORDED]]
WRITING = (
    "issue",
    "edit",
    "ensure",
    "revoke",
    "disable",
    "enable",
    "transfer",
    "rotate",
    *("import", "end-secret", "end-device", "revoke-authorizations", "sign-out"),
)


def test_every_command_has_a_row() -> None:
    assert discovery.commands() == {row.what for row in COMMANDS}
    assert len(CELLS) > 25


@pytest.mark.long
@pytest.mark.parametrize("row, column", CELLS)
def test_a_command_ends_as_the_table_says(
    site: Any, tokenauth: Any, arguments: Any, row: Row, column: str
) -> None:
    if column == POLICY:
        forbid(site)
    if row.what == "enable":
        tokenauth(*arguments("disable", THERE))
    before = state(site)
    result = tokenauth(*arguments(row.what, column))
    assert str(result.code) == cell(row, column), result.err
    writes = row.what.split()[-1] in WRITING
    assert (state(site) != before) == (writes and column == THERE)


@pytest.mark.parametrize(
    "row", [row for row in COMMANDS if row.cells[RECORDED]], ids=str
)
def test_the_record_names_who_ran_the_command(
    site: Any, tokenauth: Any, arguments: Any, row: Row, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes = []
    note = transaction.Transaction.note

    def noting(txn: Any, text: str) -> None:
        notes.append(text)
        note(txn, text)

    if row.what == "enable":
        tokenauth(*arguments("disable", THERE))
    monkeypatch.setattr(transaction.Transaction, "note", noting)
    assert tokenauth(*arguments(row.what, THERE)).code == 0
    assert any(text.endswith(ACCOUNT) for text in notes), notes


@pytest.mark.parametrize(
    "row", [row for row in COMMANDS if not row.cells[RECORDED]], ids=str
)
def test_a_command_that_changes_nothing_has_no_record(row: Row) -> None:
    assert row.what.split()[-1] not in WRITING


def test_asking_for_a_token_asks_the_site(site: Any, tmp_path: Path) -> None:
    """It runs where the client runs, and may do what its keyfile lets it, no more."""
    (row,) = [row for row in COMMANDS if row.what == "token"]
    keyfile = tmp_path / "key.json"
    keyfile.write_text(json.dumps(site.issue("owner", algorithm="ES256")))
    assert str(main(["token", str(keyfile)])) == cell(row, THERE)
    assert str(main(["token", str(tmp_path / "none.json")])) == cell(row, NOT_THERE)
