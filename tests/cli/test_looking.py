"""``list``, ``show`` and ``usage``, whatever kind a credential is of."""

from pas.plugins.tokenauth.credentials.kinds import kinds
from pas.plugins.tokenauth.servicekeys.kind import SERVICE_KEY
from tests.applications.registering import Register
from tests.applications.registering import register as register
from tests.applications.registering import URI
from typing import Any

import pytest
import re
import time


DAY = 24 * 60 * 60


@pytest.fixture
def one_of_each(site: Any, register: Register) -> dict[str, str]:
    """Ids by kind, of kinds that several ways make."""
    token = site.issue_personal_access_token("owner", title="Script")
    return {
        "service_key": site.issue("owner", title="Nightly")["client_id"],
        "personal_access_token": token.credential.credential_id,
        "application": register(redirect_uris=(URI,)).credential.client_id,
    }


class TestList:
    """It showed keys only, in lines of 200 columns."""

    def test_people_get_a_table_for_each_kind(
        self, tokenauth: Any, one_of_each: dict[str, str]
    ) -> None:
        sections = tokenauth("list").out.strip().split("\n\n")
        headings = [section.splitlines()[0] for section in sections]
        assert headings == ["Service keys", "Personal access tokens", "Applications"]
        keys = sections[0].splitlines()
        assert re.split("  +", keys[1]) == [
            *("CLIENT ID", "OWNER", "NAME", "TITLE", "STATE", "EXPIRES", "LAST USED")
        ]
        key = one_of_each["service_key"]
        assert re.match(f"{key}  owner  -     Nightly  active  ", keys[2])

    def test_programs_get_everything_of_every_kind(
        self, tokenauth: Any, one_of_each: dict[str, str]
    ) -> None:
        found = tokenauth("list", "--json").json
        assert {each["kind"]: each["id"] for each in found} == one_of_each
        key = next(each for each in found if each["kind"] == "service_key")
        assert key["client_id"] == key["id"]
        assert key["revoked"] is None and key["ip_ranges"] == []

    @pytest.mark.parametrize("kind", ["service_key", "application"])
    def test_one_kind_can_be_asked_for(
        self, tokenauth: Any, one_of_each: dict[str, str], kind: str
    ) -> None:
        (found,) = tokenauth("list", "--kind", kind, "--json").json
        assert found["id"] == one_of_each[kind]
        heading, _line = tokenauth("list", "--kind", kind).out.splitlines()
        assert heading.startswith("CLIENT ID")

    def test_every_kind_that_is_registered_can_be_asked_for(
        self, site: Any, tokenauth: Any
    ) -> None:
        for kind in kinds():
            assert tokenauth("list", "--kind", kind).code == 0
        result = tokenauth("list", "--kind", "password")
        assert result.code == 2
        assert f"--kind: use one of {', '.join(kinds())}." in result.err

    @pytest.mark.parametrize("columns", ["80", "100", "300"])
    def test_no_line_is_longer_than_the_terminal(
        self, site: Any, tokenauth: Any, monkeypatch: pytest.MonkeyPatch, columns: str
    ) -> None:
        monkeypatch.setenv("COLUMNS", columns)
        title = "What collects the figures of the branches, each night"
        keyfile = site.issue("owner-with-a-long-id@example.org", title=title)
        result = tokenauth("list", "--kind", "service_key")
        assert max(map(len, result.out.splitlines())) <= int(columns)
        assert keyfile["client_id"] in result.out
        assert (title in result.out) == (columns == "300")

    @pytest.mark.parametrize(
        ("arguments", "titles"),
        [
            ([], ["Other", "Nightly"]),
            (["--user", "owner"], ["Nightly"]),
            (["--user", "nobody"], []),
            (["--search", "nightly"], ["Nightly"]),
            (["--state", "expiring"], ["Other"]),
            (["--state", "revoked"], []),
        ],
    )
    def test_the_arguments_find_credentials(
        self, site: Any, tokenauth: Any, arguments: list[str], titles: list[str]
    ) -> None:
        site.issue("owner", title="Nightly")
        site.issue("other", title="Other", expires_at=time.time() + DAY)
        found = tokenauth("list", "--json", *arguments).json
        assert [key["title"] for key in found] == titles

    def test_an_empty_list_says_so(self, site: Any, tokenauth: Any) -> None:
        result = tokenauth("list")
        assert (result.code, result.out) == (0, "There are no such credentials.\n")
        assert tokenauth("pat", "list").out.endswith("personal access tokens.\n")


class TestShow:
    """There was no way to look at one."""

    @pytest.mark.parametrize(
        "kind", ["service_key", "personal_access_token", "application"]
    )
    def test_one_of_any_kind_is_shown(
        self, tokenauth: Any, one_of_each: dict[str, str], kind: str
    ) -> None:
        document = tokenauth("show", one_of_each[kind], "--json").json
        assert (document["kind"], document["id"]) == (kind, one_of_each[kind])
        lines = tokenauth("show", one_of_each[kind]).out.splitlines()
        assert max(map(len, lines)) <= 100
        first = [line for line in lines if line[0] != " "]
        shown = dict(re.split("  +", line, maxsplit=1) for line in first)
        assert shown.keys() == document.keys() - {"id"}
        assert shown["state"] == document["state"]

    def test_what_nobody_has_chosen_is_marked(self, site: Any, tokenauth: Any) -> None:
        keyfile = site.issue("owner", title="Nightly")
        SERVICE_KEY.rotate(
            site.context,
            site.requester("owner"),
            site.service_key(keyfile),
            time.time(),
            material={"algorithm": "ES256"},
            options={"expires_at": None},
        )
        site.commit()
        out = tokenauth("show", keyfile["client_id"]).out
        assert re.search("^ip_ranges +anywhere \\(default\\)$", out, re.M)
        assert re.search("^may_impersonate +no \\(default\\)$", out, re.M)
        # It is not what a key expires by where nobody says.
        assert re.search("^expires +never$", out, re.M)
        assert re.search("^title +Nightly$", out, re.M)

    def test_what_is_not_there_is_exit_code_3(self, site: Any, tokenauth: Any) -> None:
        result = tokenauth("show", "svc-none")
        assert result.code == 3
        assert "There is no such credential in this site." in result.err


class TestUsage:
    def test_the_log_shows_who_obtained_tokens(self, site: Any, tokenauth: Any) -> None:
        keyfile = site.issue()
        site.token(keyfile)
        result = tokenauth("usage", keyfile["client_id"])
        heading, line = result.out.splitlines()
        columns = ["TIME", "SUBJECT", "ADDRESS", "KID", "USER AGENT"]
        assert re.split("  +", heading) == columns
        kid = keyfile["key_id"]
        assert re.search(f"owner +127.0.0.1 +{kid} +python-requ", line)
        (entry,) = tokenauth("usage", keyfile["client_id"], "--json").json
        assert (entry["subject"], entry["address"]) == ("owner", "127.0.0.1")

    def test_a_key_that_was_never_used_says_so(self, site: Any, tokenauth: Any) -> None:
        result = tokenauth("usage", site.issue()["client_id"])
        assert result.out == "It has not been used yet.\n"

    def test_a_key_that_is_not_there_is_exit_code_3(
        self, site: Any, tokenauth: Any
    ) -> None:
        assert tokenauth("usage", "svc-none").code == 3
