"""``pat issue``, ``pat list``, ``pat rotate``, ``pat usage`` and ``pat revoke``."""

from collections.abc import Callable
from pas.plugins.tokenauth.core.tokens import is_well_formed
from pas.plugins.tokenauth.core.tokens import prefix_of
from pas.plugins.tokenauth.storage.usagelog import UsageEntry
from pathlib import Path
from typing import Any

import pytest
import re
import time


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "token.txt"


@pytest.fixture
def issued(tokenauth: Any) -> Callable[..., Any]:
    """Issues a token, and returns its document with the token."""

    def issued(owner: str, *arguments: object) -> Any:
        given = issue(owner, "--expires", "90d", "--output", "-", *arguments)
        return tokenauth("--json", *given).json

    return issued


def issue(owner: str, *arguments: object) -> list[object]:
    return ["pat", "issue", "--user", owner, "--title", "A token", *arguments]


def tokens(site: Any) -> list[Any]:
    """What the site keeps of its tokens."""
    site.sync()
    return list(site.context.storage["personal_access_token"].all())


def live(site: Any) -> list[str]:
    """Titles of everything that is not revoked, of whatever kind."""
    site.sync()
    every = (
        each for kind in site.context.storage.kinds.values() for each in kind.all()
    )
    return sorted(each.title for each in every if each.revoked_at is None)


class TestIssue:
    def test_the_token_authorizes_requests(
        self, site: Any, owner: str, tokenauth: Any, output: Path
    ) -> None:
        result = tokenauth(*issue(owner, "--expires", "90d", "--output", output))
        assert (result.code, output.stat().st_mode & 0o777) == (0, 0o600)
        token = output.read_text().removesuffix("\n")
        assert prefix_of(token) == "ptp_" and is_well_formed(token)
        assert site.api("GET", "/@users/owner", token).json()["id"] == "owner"

    def test_the_command_says_what_was_issued_and_not_the_token(
        self, site: Any, owner: str, tokenauth: Any, output: Path
    ) -> None:
        result = tokenauth(*issue(owner, "--expires", "2099-12-31", "--output", output))
        (token,) = tokens(site)
        assert result.out == (
            f"Issued {token.credential_id} of owner, expires:"
            f" 2099-12-31T23:59:59+00:00. Token: {output}\n"
        )

    def test_beside_a_file_the_document_has_no_token(
        self, owner: str, tokenauth: Any, output: Path
    ) -> None:
        given = issue(owner, "--expires", "90d", "--output", output)
        result = tokenauth("--json", *given)
        assert result.json["output"] == str(output)
        assert result.json["token_id"].startswith("pat-")
        assert "token" not in result.json
        assert "ptp_" not in result.out + result.err

    def test_the_token_is_printed_only_when_asked_for(
        self, site: Any, owner: str, tokenauth: Any
    ) -> None:
        given = issue(owner, "--expires", "90d", "--output", "-")
        printed = tokenauth(*given)
        assert is_well_formed(printed.out.removesuffix("\n"))
        assert "ptp_" not in printed.err
        assert is_well_formed(tokenauth("--json", *given).json["token"])

    def test_a_token_never_expires_only_where_the_site_allows_it(
        self, site: Any, owner: str, tokenauth: Any, output: Path
    ) -> None:
        site.plugin.max_personal_access_token_lifetime = None
        site.plugin.personal_access_tokens_may_never_end = True
        site.commit()
        result = tokenauth(*issue(owner, "--expires", "never", "--output", output))
        assert result.code == 0 and "expires: never." in result.out

    @pytest.mark.parametrize(
        ("policy", "value"),
        [
            ("max_personal_access_token_lifetime", 30),
            ("max_personal_access_tokens_per_user", 1),
            ("require_ip_ranges", True),
        ],
    )
    def test_a_policy_of_the_site_is_exit_code_4(
        self,
        site: Any,
        owner: str,
        issued: Any,
        tokenauth: Any,
        output: Path,
        policy: str,
        value: object,
    ) -> None:
        issued(owner)
        setattr(site.plugin, policy, value)
        site.commit()
        result = tokenauth(*issue(owner, "--expires", "90d", "--output", output))
        assert result.code == 4 and "s policy" in result.err
        assert not output.exists()


class TestList:
    def test_people_get_the_tokens_as_a_table(
        self, owner: str, issued: Any, tokenauth: Any
    ) -> None:
        token_id = issued(owner)["token_id"]
        heading, line = tokenauth("pat", "list").out.splitlines()
        assert re.split("  +", heading) == [
            *("TOKEN ID", "OWNER", "TITLE", "SCOPES", "STATE", "EXPIRES", "LAST USED")
        ]
        assert line.startswith(f"{token_id}  owner  A token  plone.read  active")

    def test_keys_and_tokens_have_lists_of_their_own(
        self, site: Any, owner: str, issued: Any, tokenauth: Any
    ) -> None:
        token_id, client_id = issued(owner)["token_id"], site.issue()["client_id"]
        (token,) = tokenauth("pat", "list", "--json").json
        (key,) = tokenauth("list", "--kind", "service_key", "--json").json
        assert (token["token_id"], key["client_id"]) == (token_id, client_id)

    def test_the_list_shows_no_secret(
        self, owner: str, issued: Any, tokenauth: Any
    ) -> None:
        issued(owner)
        assert "ptp_" not in tokenauth("pat", "list", "--json").out


class TestUsage:
    def test_the_log_shows_when_a_token_was_used(
        self, site: Any, owner: str, issued: Any, tokenauth: Any
    ) -> None:
        token_id = issued(owner)["token_id"]
        entry = UsageEntry(
            credential_id=token_id,
            time=time.time(),
            subject="owner",
            address="192.0.2.7",
            user_agent="curl/8",
            uses=12,
        )
        site.context.storage["usage_log"].add(entry, b"\0")
        site.commit()
        out = tokenauth("pat", "usage", token_id).out
        # Any id does without the word for its kind.
        assert tokenauth("usage", token_id).out == out
        heading, line = out.splitlines()
        assert re.split("  +", heading) == ["TIME", "USES", "ADDRESS", "USER AGENT"]
        assert re.split("  +", line)[1:] == ["12", "192.0.2.7", "curl/8"]
        (document,) = tokenauth("pat", "usage", token_id, "--json").json
        assert (document["subject"], document["uses"]) == ("owner", 12)

    def test_the_id_of_the_other_kind_is_exit_code_3(
        self, site: Any, owner: str, issued: Any, tokenauth: Any
    ) -> None:
        result = tokenauth("pat", "usage", site.issue()["client_id"])
        assert result.code == 3
        assert "no such personal access token in this site" in result.err


class TestRevoke:
    @pytest.fixture
    def one_of_each(self, site: Any, issued: Any) -> tuple[str, str]:
        """The ids of a key and of a token."""
        client_id = site.issue(title="Key")["client_id"]
        return client_id, issued("owner", "--title", "Token")["token_id"]

    def test_a_token_is_revoked_at_once(
        self, site: Any, owner: str, issued: Any, tokenauth: Any
    ) -> None:
        token = issued(owner)
        result = tokenauth("pat", "revoke", token["token_id"])
        assert result.out == "Personal access tokens revoked: 1.\n"
        assert site.api("GET", "/@users/owner", token["token"]).status_code == 401

    def test_a_key_is_not_revoked_as_a_token(
        self, site: Any, one_of_each: tuple[str, str], tokenauth: Any
    ) -> None:
        result = tokenauth("pat", "revoke", *reversed(one_of_each))
        assert (result.code, live(site)) == (3, ["Key", "Token"])
        assert "no such personal access token in this site" in result.err

    @pytest.mark.parametrize("which", [["--all"], ["--issued-before", "2099-01-01"]])
    def test_all_tokens_and_no_key_are_revoked(
        self,
        site: Any,
        one_of_each: tuple[str, str],
        tokenauth: Any,
        which: list[str],
    ) -> None:
        assert tokenauth("pat", "revoke", *which, "--json").json == {"revoked": 1}
        assert live(site) == ["Key"]

    def test_newer_tokens_are_spared(
        self, site: Any, one_of_each: tuple[str, str], tokenauth: Any
    ) -> None:
        before = ["--issued-before", "2020-01-01"]
        assert tokenauth("pat", "revoke", *before, "--json").json == {"revoked": 0}

    @pytest.mark.parametrize("which", [["--all"], ["--issued-before", "2099-01-01"]])
    def test_the_panic_button_ends_everything(
        self,
        site: Any,
        one_of_each: tuple[str, str],
        tokenauth: Any,
        which: list[str],
    ) -> None:
        result = tokenauth("revoke", *which)
        assert result.out == "Credentials revoked: 2.\n"
        assert live(site) == []

    def test_any_id_can_be_revoked_without_knowing_its_kind(
        self, site: Any, one_of_each: tuple[str, str], tokenauth: Any
    ) -> None:
        assert tokenauth("revoke", *one_of_each, "--json").json == {"revoked": 2}
        result = tokenauth("revoke", "lost")
        assert result.code == 3
        assert "There is no such credential in this site." in result.err


def test_a_token_is_rotated_into_a_new_file(
    site: Any, issued: Any, tokenauth: Any, output: Path
) -> None:
    site.add_user("owner", "Manager")
    old = issued("owner")
    result = tokenauth("pat", "rotate", old["token_id"], "--output", output)
    assert result.out.startswith(f"Rotated {old['token_id']} of owner")
    assert result.out.endswith(f"Token: {output}\n")
    for token in (old["token"], output.read_text().strip()):
        assert site.get("", token).status_code == 200
    result = tokenauth(
        *("pat", "rotate", old["token_id"], "--output", "-", "--overlap", "0d")
    )
    assert site.get("", result.out.strip()).status_code == 200
    assert site.get("", output.read_text().strip()).status_code == 401
