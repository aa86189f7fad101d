"""The third kind of credential of docs/examples, through every door.

No file of the package knows it: it is one folder that registers itself.
"""

from collections.abc import Iterator
from pas.plugins.tokenauth.cli import kinds
from pas.plugins.tokenauth.credentials.interfaces import ICredentialKind
from pas.plugins.tokenauth.credentials.kinds import credentials_of
from pas.plugins.tokenauth.credentials.kinds import kinds as known_kinds
from pas.plugins.tokenauth.credentials.serializers import serialize_credential
from pas.plugins.tokenauth.credentials.service import revoke_credentials
from pas.plugins.tokenauth.permissions import MANAGE_OWN_SERVICE_KEYS
from pas.plugins.tokenauth.site.requester import Operator
from pas.plugins.tokenauth.storage.usagelog import UsageEntry
from pathlib import Path
from plone.testing.zca import stackConfigurationContext
from tests.credentials.pages.conftest import form_of
from tests.credentials.pages.conftest import parsed
from tests.credentials.pages.conftest import Visitor
from tests.registrations import passing_registrations
from typing import Any
from zope.component import getGlobalSiteManager
from zope.component.hooks import setSite
from zope.configuration import xmlconfig

import json
import logging
import pytest
import sys
import time


pytest_plugins = ["tests.cli.commandline", "tests.mailserver"]

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
PAGE = "@@manage-door-codes"
PANEL = "@@tokenauth-controlpanel"
DAY = 24 * 60 * 60


@pytest.fixture
def door_codes(
    site: Any, functional: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Any]:
    """The add-on as pip installs it, with its ZCML loaded."""
    monkeypatch.syspath_prepend(str(EXAMPLES))
    project = (EXAMPLES / "doorcodes" / "pyproject.toml").read_text(encoding="utf-8")
    commands = next(line for line in project.splitlines() if "COMMANDS" in line)
    info = tmp_path / "doorcodes-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Name: doorcodes\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        f"[{kinds.GROUP}]\n{commands.replace(chr(34), '')}\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    import doorcodes

    with passing_registrations():
        setSite(None)
        # Zope has read the ZCML of the package before, as where it is installed.
        context = stackConfigurationContext(functional["configurationContext"])
        xmlconfig.file("configure.zcml", package=doorcodes, context=context)
        setSite(site.portal)
        permission = "Door codes: Manage own"
        site.portal.manage_permission(permission, ["Manager", "Member"])
        site.commit()
        yield doorcodes
    for name in [name for name in sys.modules if name.split(".")[0] == "doorcodes"]:
        del sys.modules[name]


@pytest.fixture
def owner(site: Any, door_codes: Any) -> Visitor:
    """A user who may have door codes, and nothing more."""
    site.add_user("owner", "Member")
    member = site.portal.portal_membership.getMemberById("owner")
    member.setMemberProperties({"email": "owner@example.org"})
    site.commit()
    return Visitor(site, "owner")


@pytest.fixture
def manager(site: Any, door_codes: Any) -> Visitor:
    site.add_user("boss", "Manager")
    return Visitor(site, "boss")


@pytest.fixture
def issue(site: Any, owner: Visitor) -> Any:
    """Issues a door code to the owner by the form, and returns its page."""

    def issue(**values: str) -> Any:
        form = owner.form(f"{PAGE}-issue")
        return parsed(owner.submit(f"{PAGE}-issue", {**form, **values}))

    return issue


def codes(site: Any) -> list[Any]:
    site.sync()
    kind = known_kinds()["door_code"]
    return list(credentials_of(site.context.storage, kind).all())


def api(visitor: Visitor, method: str, path: str = "", **members: Any) -> Any:
    return visitor.session.request(
        method,
        f"{visitor.site.url}/@door-codes{path}",
        headers={"Accept": "application/json"},
        json=members or None,
        timeout=60,
    )


def test_a_kind_is_registered(door_codes: Any) -> None:
    assert list(known_kinds())[-1] == "door_code"


class TestPages:
    def test_the_form_has_the_fields_of_the_schema(self, owner: Visitor) -> None:
        form = owner.form(f"{PAGE}-issue")
        form.pop("_authenticator"), form.pop("idempotency_key")
        assert form == {
            "title": "",
            "ip_ranges": "",
            "expiry": "30",
            "expires": "",
            "scopes": "plone.read",
            "floor": "0",
            # Not for this user, as it says.
            "at_night": "",
        }

    def test_a_code_is_issued_and_shown_once(
        self, site: Any, owner: Visitor, issue: Any
    ) -> None:
        page = issue(title="Lab", floor="-1")
        secret = page.get_element_by_id("new-secret").value
        (code,) = codes(site)
        assert (code.title, code.floor, code.at_night) == ("Lab", -1, False)
        assert site.get("/@@door", params={"code": secret}).text == "open"
        for name in (PAGE, f"{PAGE}-edit", f"{PAGE}-logs", f"{PAGE}-revoke"):
            answer = owner.get(name, id=code.credential_id)
            assert answer.status_code == 200
            assert "Lab" in answer.text or name.endswith("logs")
            assert secret not in answer.text

    def test_everything_that_is_wrong_is_told_at_once(
        self, site: Any, issue: Any
    ) -> None:
        page = issue(title="", ip_ranges="192.0.2.300", floor="41", at_night="on")
        (alert,) = page.cssselect("[role=alert]")
        links = [(link.get("href"), link.text_content()) for link in alert.iter("a")]
        assert links == [
            ("#credential-title", "Title"),
            ("#credential-ip_ranges", "IP ranges"),
            ("#credential-floor", "Floor"),
            ("#credential-at_night", "At night"),
        ]
        error = page.get_element_by_id("credential-at_night-error")
        assert "You are not allowed to turn this on." in error.text_content()
        for href, _title in links:
            field = page.get_element_by_id(href[1:])
            assert field.get("aria-invalid") == "true"
            error = page.get_element_by_id(f"{href[1:]}-error")
            assert error.get("id") in field.get("aria-describedby").split()
        assert codes(site) == []

    def test_a_code_is_changed_and_revoked(
        self, site: Any, owner: Visitor, issue: Any
    ) -> None:
        issue(title="Lab")
        (code,) = codes(site)
        form = owner.form(f"{PAGE}-edit", id=code.credential_id)
        owner.submit(f"{PAGE}-edit", {**form, "floor": "7"})
        assert codes(site)[0].floor == 7
        for name, disabled_by in (("disable", "owner"), ("enable", "")):
            form = form_of(owner.see(f"{PAGE}-{name}", id=code.credential_id))
            owner.submit(f"{PAGE}-{name}", {**form, "confirmed": "1"})
            assert codes(site)[0].disabled_by == disabled_by
        form = form_of(owner.see(f"{PAGE}-revoke", id=code.credential_id))
        owner.submit(f"{PAGE}-revoke", {**form, "confirmed": "1"})
        assert codes(site)[0].revoked_by == "owner"


class TestREST:
    def test_a_code_is_issued_read_changed_and_revoked(
        self, site: Any, owner: Visitor
    ) -> None:
        answer = api(owner, "POST", title="Lab", expires=None, floor=3)
        assert answer.status_code == 201
        document = answer.json()
        path = f"/{document['code_id']}"
        code = document.pop("code")
        assert site.get("/@@door", params={"code": code}).text == "open"
        assert api(owner, "GET", path).json() == document
        assert (document["floor"], document["at_night"]) == (3, False)
        assert api(owner, "PATCH", path, floor=4).status_code == 204
        (item,) = api(owner, "GET").json()["items"]
        assert item["floor"] == 4
        assert api(owner, "GET", f"{path}/usage").json()["items"] == []
        assert api(owner, "POST", f"{path}/disable").json()["state"] == "disabled"
        assert site.get("/@@door", params={"code": code}).text == "closed"
        assert api(owner, "POST", f"{path}/enable").json()["state"] == "active"
        assert api(owner, "DELETE", path).status_code == 204
        assert codes(site)[0].revoked_by == "owner"

    def test_everything_that_is_wrong_is_told_at_once(self, owner: Visitor) -> None:
        answer = api(owner, "POST", title="", floor="ground", at_night=True)
        assert answer.status_code == 400
        document = answer.json()
        assert document["type"] == "InvalidInput"
        assert document["field"] == "title"
        assert [problem["field"] for problem in document["errors"]] == [
            "title",
            "floor",
            "at_night",
        ]
        assert {problem["error"] for problem in document["errors"]} == {
            "ValidationError"
        }


class TestCommand:
    def test_a_code_is_issued_listed_and_revoked(
        self, site: Any, owner: Visitor, tokenauth: Any
    ) -> None:
        arguments = ("--title", "Lab", "--expires", "30d", "--floor", "9", "--at-night")
        result = tokenauth(
            *("--json", "door", "issue", "--user", "owner", "--output", "-"), *arguments
        )
        assert result.code == 2
        assert "--at-night: You are not allowed to turn this on." in result.err
        result = tokenauth(
            *("door", "issue", "--user", "owner", "--output", "-"), *arguments[:-1]
        )
        assert site.get("/@@door", params={"code": result.out.strip()}).text == "open"
        (document,) = tokenauth("door", "list", "--json").json
        assert (document["floor"], document["owner"]) == (9, "owner")
        assert "Lab" in tokenauth("door", "list").out
        revoked = tokenauth("door", "revoke", document["code_id"])
        assert revoked.out == "Door codes revoked: 1.\n"

    def test_a_code_gets_another_owner(
        self, site: Any, owner: Visitor, issue: Any, tokenauth: Any
    ) -> None:
        issue(title="Lab")
        site.add_user("heir", "Member")
        code_id = codes(site)[0].credential_id
        result = tokenauth("transfer", code_id, "--user", "heir")
        assert result.out == f"{code_id} belongs to heir now.\n"
        assert codes(site)[0].owner == "heir"

    def test_commands_for_any_kind_know_codes(
        self, site: Any, owner: Visitor, issue: Any, tokenauth: Any
    ) -> None:
        issue(title="Lab")
        code_id = codes(site)[0].credential_id
        assert tokenauth("list").out.startswith("Door codes\nCODE ID")
        (found,) = tokenauth("list", "--kind", "door_code", "--json").json
        assert (found["kind"], found["id"]) == ("door_code", code_id)
        assert tokenauth("edit", code_id, "--floor", "3").code == 0
        assert "\nfloor        3\n" in tokenauth("show", code_id).out
        assert "max_door_code_lifetime" in tokenauth("settings").out
        assert tokenauth("revoke", "--all").out == "Credentials revoked: 1.\n"


def test_the_owner_gets_mail(
    site: Any, owner: Visitor, mail_server: Any, tokenauth: Any
) -> None:
    tokenauth(
        *("door", "issue", "--user", "owner", "--output", "-"),
        *("--title", "Lab", "--expires", "never", "--ip", "192.0.2.7"),
    )
    (mail,) = mail_server.mails
    assert mail["Subject"].endswith("a door code for you")
    text = " ".join(mail.get_content().split())
    assert "It can be used from 192.0.2.7 only. It never expires." in text
    assert f"{site.url}/{PAGE}" in text


class TestSettings:
    SITE_SETUP = "@@tokenauth-controlpanel-settings"
    NAME = "max_door_code_lifetime"

    def test_site_setup_shows_and_changes_the_section(
        self, site: Any, manager: Visitor, issue: Any
    ) -> None:
        headings = manager.see(self.SITE_SETUP).cssselect("#content-core h2")
        assert headings[-1].text_content() == "Policies for door codes"
        form = manager.form(self.SITE_SETUP)
        assert form[self.NAME] == ""
        algorithms = list(site.plugin.allowed_algorithms)
        form |= {"allowed_algorithms:list": algorithms, self.NAME: "366"}
        (error,) = parsed(manager.submit(self.SITE_SETUP, form)).cssselect(
            ".invalid-feedback"
        )
        assert "Days, from 1 to 365." in error.text_content()
        manager.submit(self.SITE_SETUP, {**form, self.NAME: "7"})
        site.sync()
        assert site.plugin.max_door_code_lifetime == 7
        issue(title="Lab", expiry="30")
        assert codes(site) == []
        issue(title="Lab")
        assert len(codes(site)) == 1

    def test_the_zmi_shows_the_section(self, manager: Visitor) -> None:
        html = manager.see("acl_users/token_auth/manage_settings")
        headings = [each.text_content() for each in html.cssselect("h2")]
        assert headings[0] == "Address of the site"
        assert headings[-1] == "Policies for door codes"
        assert html.get_element_by_id(self.NAME).get("type") == "number"

    def test_rest_shows_and_changes_the_section(
        self, site: Any, manager: Visitor
    ) -> None:
        def panel(method: str, **members: Any) -> Any:
            return site.api(
                method,
                "/@controlpanels/tokenauth",
                auth=manager.session.auth,
                json=members or None,
            )

        schema = panel("GET").json()["schema"]
        section = schema["fieldsets"][-1]
        assert section["title"] == "Policies for door codes"
        assert section["fields"] == [self.NAME]
        assert panel("PATCH", **{self.NAME: 0}).status_code == 400
        assert panel("PATCH", **{self.NAME: 7}).status_code == 204
        assert panel("GET").json()["data"][self.NAME] == 7


class TestPanel:
    def test_administrators_see_filter_and_change_codes(
        self, site: Any, manager: Visitor, issue: Any
    ) -> None:
        issue(title="Lab")
        (code,) = codes(site)
        html = manager.see(PANEL, kind="door_code")
        (row,) = html.cssselect("#content-core tbody tr")
        assert row.get("id") == code.credential_id
        assert "Door code" in row.text_content()
        assert manager.see(PANEL, kind="service_key").cssselect("tbody tr") == []
        form = manager.form(f"{PANEL}-edit", id=code.credential_id)
        manager.submit(f"{PANEL}-edit", {**form, "at_night": "on"})
        assert codes(site)[0].at_night is False

    def test_the_issue_is_in_the_audit_log(
        self, site: Any, issue: Any, caplog: pytest.LogCaptureFixture
    ) -> None:
        logger = "pas.plugins.tokenauth.audit"
        caplog.set_level(logging.INFO, logger)
        issue(title="Lab")
        (line,) = [each for each in caplog.records if each.name == logger]
        told = json.loads(line.getMessage())
        assert (told["event"], told["kind"]) == ("Issued", "door_code")
        assert told["owner"] == told["requester"] == "owner"
        assert told["credential_id"] == codes(site)[0].credential_id


class TestWithoutTheAddOn:
    """Its ZCML is not loaded any more; what it kept is still there."""

    @pytest.fixture
    def code(self, site: Any, manager: Visitor, issue: Any) -> Any:
        """A door code of somebody, when nothing knows its kind."""
        issue(title="Lab")
        (code,) = codes(site)
        registry = getGlobalSiteManager()
        kind = known_kinds()["door_code"]
        registry.unregisterUtility(kind, ICredentialKind, "door_code")
        return code

    def test_administrators_see_and_revoke_what_it_has_left(
        self, site: Any, manager: Visitor, code: Any
    ) -> None:
        (row,) = manager.see(PANEL).cssselect("#content-core tbody tr")
        assert "Unknown kind" in row.text_content()
        assert "Lab" in row.text_content()
        assert manager.get(f"{PANEL}-logs", id=code.credential_id).status_code == 200
        answer = manager.get(f"{PANEL}-edit", id=code.credential_id)
        assert answer.status_code == 302
        assert "you may only revoke it" in manager.see(PANEL).text_content()
        form = form_of(manager.see(f"{PANEL}-revoke", id=code.credential_id))
        manager.submit(f"{PANEL}-revoke", {**form, "confirmed": "1"})
        site.sync()
        assert code.revoked_by == "boss"

    def test_administrators_see_what_it_has_let_in(
        self, site: Any, manager: Visitor, code: Any
    ) -> None:
        """As long as the usage log keeps it; also where they look for the owner's."""
        entry = UsageEntry(
            credential_id=code.credential_id,
            time=time.time() - 60,
            subject="owner",
            address="192.0.2.7",
            user_agent="Door/1",
        )
        site.context.storage["usage_log"].add(entry, b"12345678")
        site.commit()
        for query in ({}, {"owner": "owner"}, {"credential": code.credential_id}):
            (row,) = manager.see(f"{PANEL}-activity", **query).cssselect("tbody tr")
            assert "Lab" in row.text_content()
            assert "Unknown kind" in row.text_content()

    def test_everything_is_revoked_with_it(
        self, site: Any, code: Any, tokenauth: Any
    ) -> None:
        assert tokenauth("revoke", "--all").out.endswith("revoked: 1.\n")
        site.sync()
        assert code.revoked_at

    def test_its_owner_goes_on_without_it(
        self, site: Any, owner: Visitor, code: Any, tokenauth: Any
    ) -> None:
        site.portal.manage_permission(MANAGE_OWN_SERVICE_KEYS, ["Member", "Manager"])
        site.commit()
        assert owner.see("@@manage-service-keys").cssselect("tbody tr") == []
        for command in (("notify",), ("purge",), ("doctor",)):
            result = tokenauth(*command)
            assert "Traceback" not in result.err, result.err

    def test_revoking_it_is_in_the_audit_log(
        self, site: Any, code: Any, tokenauth: Any, caplog: pytest.LogCaptureFixture
    ) -> None:
        logger = "pas.plugins.tokenauth.audit"
        caplog.set_level(logging.INFO, logger)
        revoke_credentials(
            site.context, Operator("x"), [code.credential_id], time.time()
        )
        site.commit()
        (line,) = [each for each in caplog.records if each.name == logger]
        told = json.loads(line.getMessage())
        assert (told["event"], told["kind"]) == ("Revoked", "door_code")

    def test_json_says_what_every_credential_has(self, site: Any, code: Any) -> None:
        document = serialize_credential(site.context, code, time.time())
        assert document["id"] == code.credential_id
        assert (document["title"], document["state"]) == ("Lab", "active")
        assert "floor" not in document
